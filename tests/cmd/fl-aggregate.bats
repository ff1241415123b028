#!/usr/bin/env bats
# A round is a sum: exact, in any order, by any tree; and what does not belong to it is named.
load helper

setup() {
	fresh
	updates 3
}

# odd CODE TEXT CODE-FOR-edit : u2.st, changed, is refused and named, and nothing is written.
odd() {
	st edit u2.st odd.st "$3"
	fails "$1" "odd.st: " fl-aggregate u1.st odd.st u3.st < m.st
	fails "$1" "$2" fl-aggregate u1.st odd.st u3.st -o none.st < m.st
	[ ! -e none.st ] && [ -z "$(find . -name '.none*')" ]
}

@test "the model is base plus the weighted mean, in exact fractions rounded to float32" {
	fl-aggregate u1.st u2.st u3.st < m.st > next.st
	st mean m.st u1.st u2.st u3.st > want.json
	for name in weight bias; do
		fl-show --values $name next.st | py -c '
import json, sys
have, want = json.load(sys.stdin)["tensor"], json.load(open("want.json"))
assert have["values"] == want[have["name"]], (have["values"], want[have["name"]])'
	done
}

@test "the model is that of NumPy in doubles, to float32" {
	need_python numpy
	fl-aggregate u1.st u2.st u3.st < m.st > next.st
	py - <<-'END'
		import json, numpy as np, safetensors as s
		base, files = s.read("m.st")[1], [s.read("u%d.st" % i) for i in (1, 2, 3)]
		w = [json.loads(meta["fl"])["weight"] for meta, _ in files]
		for name, t in s.read("next.st")[1].items():
		    want = np.array(base[name].data, float) + np.average([np.array(f[name].data, float) for _, f in files], 0, w)
		    assert np.all(np.abs(np.array(t.data, float) - want) <= 2 ** -23 * np.abs(want) + 1e-12), name
	END
}

@test "one client is local training, up to one rounding" {
	fl-train --data silo-01.train.csv --seed 1 --emit model < m.st > local.st
	fl-aggregate u1.st < m.st > one.st
	py - <<-'END'
		import safetensors as s
		a, b = s.read("local.st")[1], s.read("one.st")[1]
		for name in a:
		    assert all(abs(x - y) <= 1.2e-7 * (1 + abs(x)) for x, y in zip(a[name].data, b[name].data)), name
	END
}

@test "equal updates give that update, whatever they weigh" {
	st edit u1.st heavy.st 'fl["weight"] = 16777215.5'
	fl-aggregate u1.st < m.st > one.st
	fl-aggregate u1.st heavy.st u1.st < m.st > three.st
	fl-show --diff one.st three.st > diff.json || grep -q '"tensors": \[\]' diff.json
}

@test "order, grouping, threads and repetition do not change a byte" {
	fl-aggregate u1.st u2.st u3.st < m.st > want.st
	fl-aggregate u3.st u1.st u2.st < m.st | cmp - want.st
	fl-aggregate --threads 1 u1.st u2.st u3.st < m.st | cmp - want.st
	fl-aggregate --threads 2 u1.st u2.st u3.st < m.st | cmp - want.st
	fl-aggregate --partial u1.st u2.st > p12.st
	fl-aggregate --partial u2.st u1.st | cmp - p12.st
	fl-aggregate p12.st u3.st < m.st | cmp - want.st
	fl-aggregate --partial u3.st > p3.st
	fl-aggregate --partial p3.st p12.st > p312.st
	fl-aggregate --partial u1.st u2.st u3.st | cmp - p312.st
	fl-aggregate p312.st < m.st | cmp - want.st
}

@test "the same holds where the updates differ in what they say of themselves" {
	st edit u1.st a.st 'fl["note"] = "one"; fl["stages"].append({"op": "clip", "norm": 1.0})'
	st edit u2.st b.st 'fl["stages"][0]["lr"] = 0.5'
	fl-aggregate a.st b.st u3.st < m.st > want.st
	fl-aggregate u3.st b.st a.st < m.st | cmp - want.st
	fl-aggregate --partial a.st u3.st > p.st
	fl-aggregate --partial u3.st a.st | cmp - p.st
	fl-aggregate b.st p.st < m.st | cmp - want.st
}

@test "models are averaged, in any order, into the round after the latest" {
	for i in 1 2; do fl-train --data silo-0$i.train.csv --seed $i --emit model < m.st > e$i.st; done
	fl-aggregate u1.st u2.st < m.st > next.st
	fl-aggregate e1.st e2.st next.st > mean.st < /dev/null
	fl-aggregate next.st e2.st e1.st < /dev/null | cmp - mean.st
	fl-show mean.st | grep -q '"round": 2'
	fail_kind() { fails 65 "u1.st: is an update, the files before it are models" fl-aggregate e1.st u1.st; }
	fail_kind < m.st
}

@test "layers of any size come through: more values than a block, on two threads" {
	fl-init --schema schema.json --model mlp:1200,100 --seed 1 > big.st
	for i in 1 2; do fl-train --data silo-0$i.train.csv --seed $i < big.st > b$i.st; done
	fl-aggregate --threads 1 b1.st b2.st < big.st > want.st
	fl-aggregate --threads 2 b2.st b1.st < big.st | cmp - want.st
	fl-aggregate --partial b1.st > p1.st
	fl-aggregate --threads 2 b2.st p1.st < big.st | cmp - want.st
}

@test "--server-lr is the step along the mean; 0 leaves the weights" {
	fl-aggregate --server-lr 0 u1.st u2.st < m.st > same.st
	for name in weight bias; do
		[ "$(fl-show --values $name same.st | grep -o '"tensor".*')" = "$(fl-show --values $name m.st | grep -o '"tensor".*')" ]
	done
	fails 64 "--server-lr" fl-aggregate --server-lr -1 u1.st < m.st
}

@test "an update of another round, schema, shape or version is refused, and named" {
	odd 65 "another base" 'fl["base"] = "b2-256:" + "0" * 64'
	odd 65 "another schema" 'fl["schema"] = "b2-256:" + "0" * 64'
	odd 65 "another spec_digest" 'fl["spec_digest"] = "b2-256:" + "0" * 64'
	odd 65 "another type or shape" 't["weight"].shape.reverse()'
	odd 65 "another type or shape" 't["bias"] = Tensor("F64", [1], bytes(8))'
	odd 65 "has 1 tensors" 'del t["bias"]'
	odd 65 "has 3 tensors" 't["more"] = Tensor("F32", [1], bytes(4))'
	odd 65 'no tensor "bias"' 't["b"] = t.pop("bias")'
	odd 76 "newer" 'fl["v"] = 2'
	odd 65 "without its weight" 'del fl["weight"]'
	odd 65 '"weight"' 'fl["weight"] = 0.3'
	odd 65 "not an artefact" 'fl.clear(); meta.clear()'
	odd 65 "is of kind stats" 'fl["kind"] = "stats"'
}

@test "a value that is not finite, or beyond a million, is refused with the name of its tensor" {
	odd 65 'tensor "weight" holds' 't["weight"].data[17] = float("nan")'
	odd 65 'tensor "bias" holds' 't["bias"].data[0] = float("inf")'
	odd 65 'tensor "bias" holds' 't["bias"].data[0] = -1e7'
	st edit u2.st edge.st 't["bias"].data[0] = 1e6'
	fl-aggregate u1.st edge.st < m.st > edge-model.st
}

@test "one masked update among plain ones is refused, in any place" {
	st edit u2.st odd.st 'fl["stages"].append({"op": "mask"})'
	fails 77 "odd.st: aggregate after mask" fl-aggregate u1.st odd.st u3.st < m.st
	fails 77 "odd.st: aggregate after mask" fl-aggregate odd.st u1.st < m.st
	fails 77 "odd.st: aggregate after mask" fl-aggregate --partial u1.st odd.st
}

@test "a partial that no sum can have given is refused" {
	fl-aggregate --partial u1.st u2.st > p.st
	st edit p.st odd.st 'fl["grid"] = 30'
	fails 76 "odd.st: is a partial on another grid" fl-aggregate odd.st < m.st
	st edit p.st odd.st 'del fl["weight_sum"]'
	fails 65 "odd.st: a partial without" fl-aggregate odd.st < m.st
	st edit p.st odd.st 't["bias/hi"].data[0] = 2 ** 39'
	fails 65 'odd.st: tensor "bias" holds' fl-aggregate odd.st < m.st
	st edit p.st odd.st 'del t["bias/hi"]'
	fails 65 "odd.st: has" fl-aggregate odd.st < m.st
}

@test "a base that the updates did not start from is refused" {
	fl-aggregate u1.st < m.st > next.st
	fails 65 "is not the base model of u1.st" fl-aggregate u1.st < next.st
	fl-init --schema schema.json --model mlp:4 --seed 1 > other.st
	fails 65 "standard input: has 4 tensors" fl-aggregate u1.st < other.st
	fails 65 "u1.st: is of kind update, want a file of kind model" fl-aggregate --base u1.st u1.st
}

@test "weights of nothing are refused, and no update at all is wrong usage" {
	st edit u1.st zero.st 'fl["weight"] = 0'
	fails 65 "weights of all updates are 0" fl-aggregate zero.st zero.st < m.st
	fails 64 "UPDATE is missing" fl-aggregate < m.st
	fails 64 "no updates" fl-aggregate --files-from /dev/null < m.st
}

@test "names come from a list, ended by lines or NUL, from a file or standard input" {
	fl-aggregate u1.st u2.st u3.st < m.st > want.st
	printf 'u2.st\n\nu3.st' > list
	fl-aggregate u1.st --files-from list < m.st | cmp - want.st
	mv u3.st $'a\nb.st'
	printf 'u1.st\0u2.st\0a\nb.st\0' | fl-aggregate -0 --files-from - --base m.st | cmp - want.st
	fails 64 "standard input cannot be both" fl-aggregate --files-from - < list
	fails 66 "absent" fl-aggregate --files-from absent < m.st
	echo absent.st > list
	fails 66 "absent.st: No such file" fl-aggregate --files-from list < m.st
}

@test "three thousand updates need few open files" {
	for i in $(seq 1000); do echo u1.st; echo u2.st; echo u3.st; done > list
	fl-aggregate u1.st u2.st u3.st < m.st > want.st
	(ulimit -n 64 && fl-aggregate --files-from list < m.st > many.st)
	fl-show --diff want.st many.st > diff.json || grep -q '"tensors": \[\]' diff.json
}

@test "an update may come through a pipe, a FIFO or standard input" {
	fl-aggregate u1.st u2.st < m.st > want.st
	cat m.st | fl-aggregate <(cat u1.st) u2.st | cmp - want.st
	mkfifo f
	cat u2.st > f &
	fl-aggregate u1.st f --base m.st | cmp - want.st
	fl-aggregate u1.st - --base m.st < u2.st | cmp - want.st
	cat u2.st | fl-aggregate u1.st - --base m.st | cmp - want.st
	fails 65 "/dev/fd/" fl-aggregate <(head -c 800 u1.st) < m.st
}

@test "metadata of others survive, ours and theirs" {
	st edit m.st mx.st 'meta["their"] = "text é"; fl["later"] = {"a": [1]}'
	fl-train --data silo-01.train.csv --seed 1 < mx.st > ux.st
	fl-aggregate ux.st < mx.st > next.st
	for f in ux.st next.st; do
		fl-show $f > shown.json
		py -c 'import json; j = json.load(open("shown.json")); assert j["fl"]["later"] == {"a": [1]} and j["metadata"] == {"their": "text é"}'
	done
}

@test "--metrics writes one object with the keys of the manual" {
	fl-aggregate u1.st u2.st u3.st --metrics metrics.json < m.st > next.st
	fl-aggregate u1.st u2.st u3.st --metrics fd:3 3> fd.json < m.st > /dev/null
	py - "$TOP/man/fl-aggregate.1" <<-'END'
		import json, re, sys
		section = open(sys.argv[1]).read().split(".Sh METRICS")[1].split(".Sh ")[0]
		for name in ("metrics.json", "fd.json"):
		    lines = open(name).read().splitlines()
		    m = json.loads(lines[0])
		    assert len(lines) == 1 and m["event"] == "aggregate" and m["updates"] == 3 and m["round"] == 1 and m["values"] == 70
		    for key in m:
		        assert re.search(r"\b%s\b" % key, section), key + " is not in the manual"
	END
	[ "$(fl-show next.st | py -c 'import json, sys; print(json.load(sys.stdin)["fl"]["round"])')" = 1 ]
}
