#!/usr/bin/env bats
# What a reader accepts, from a file and from a pipe, and what fl-show says of it.
load helper

# shown FILE : exit status of fl-show, the same from a file, from a pipe, and when everything is read; stderr is one line or none.
shown() {
	local a=0 b=0 c=0
	fl-show "$1" > out.json 2> err || a=$?
	fl-show --tensors "$1" > /dev/null 2>> err || b=$?
	fl-show < <(cat "$1") > /dev/null 2>> err || c=$?
	[ "$a" = "$b" ] && [ "$a" = "$c" ] && [ "$(wc -l < err)" = $((a ? 3 : 0)) ] && echo "$a" || echo "$a $b $c: $(cat err)"
}

@test "the corpus of bad files is answered as its names say, and stricter where we are" {
	bad=$(shared tools/mkbad.py)
	py "$bad" corpus
	[ "$(ls corpus | wc -l)" = 53 ]
	for f in corpus/*; do
		case $f in
		corpus/ok-* | corpus/edge-misaligned.* | corpus/edge-nan.*) want=0 ;;
		*) want=65 ;;
		esac
		got=$(shown "$f")
		[ "$got" = $want ] || { echo "$f: $got, want $want"; wrong=1; }
		rc=0
		fl-show --check "$f" > check.json || rc=$?
		[ $rc = $((want ? 1 : 0)) ] || { echo "$f: --check: $rc"; wrong=1; }
	done
	[ -z "$wrong" ]
}

@test "our own corpus of fuzzing seeds is answered as its names say" {
	for f in "$TOP"/tests/fuzz/corpus/safetensors/{ok,bad}-*; do
		case $f in */ok-*) want=0 ;; *) want=65 ;; esac
		got=$(shown "$f")
		[ "$got" = $want ] || { echo "$f: $got, want $want"; wrong=1; }
	done
	[ -z "$wrong" ]
}

@test "a header length of 2^63, or of 25 MB that never come, costs no memory" {
	printf '\0\0\0\0\0\0\0\200{}' > huge.st
	printf '\100\170\175\001\0\0\0\0{}' > long.st
	small() (ulimit -v 20000 && fl-show "$@")
	small --version > /dev/null 2>&1 || skip "this build needs more memory to start"
	fails 65 "header length 9223372036854775808" small huge.st
	fails 65 "ends within the header" small long.st
}

@test "every file of ours is read by other means and written again byte for byte" {
	updates 2
	fl-init --schema schema.json --model mlp:8,4 --seed 1 > mlp.st
	fl-train --data silo-01.train.csv < mlp.st > mlp-update.st
	fl-aggregate --partial u1.st u2.st > partial.st
	fl-aggregate u1.st u2.st < m.st > next.st
	fl-stats --data silo-01.train.csv --schema schema.json > stats.st
	fl-aggregate stats.st stats.st > folded.st
	for f in m.st u1.st mlp.st mlp-update.st next.st stats.st folded.st; do
		st copy $f again
		cmp $f again
	done
	st copy partial.st again # its tensors lie in the order in which they are computed
	fl-show --diff partial.st again
}

@test "the object has the members of the manual" {
	updates 1
	fl-show --tensors u1.st > shown.json
	digest=$(b2sum -l 256 u1.st | cut -d ' ' -f 1)
	base=$(b2sum -l 256 m.st | cut -d ' ' -f 1)
	rows=$(($(wc -l < silo-01.train.csv) - 1))
	py - "$digest" "$base" $rows <<-'END'
		import json, math, os, safetensors as s, sys
		j = json.load(open("shown.json"))
		assert j["file"] == "u1.st" and j["kind"] == "update" and j["bytes"] == os.path.getsize("u1.st")
		assert j["digest"] == "b2-256:" + sys.argv[1] and j["fl"]["base"] == "b2-256:" + sys.argv[2]
		assert j["fl"]["weight"] == int(sys.argv[3]) and j["fl"]["stages"][0]["op"] == "train"
		tensors = s.read("u1.st")[1]
		assert j["n_tensors"] == 2 and j["n_values"] == 70 and [t["name"] for t in j["tensors"]] == list(tensors)
		for t in j["tensors"]:
		    x = tensors[t["name"]]
		    assert t["dtype"] == "F32" and t["shape"] == x.shape and t["bytes"] == len(x.bytes())
		    assert t["min"] == min(x.data) and t["max"] == max(x.data)
		    assert math.isclose(t["mean"], math.fsum(x.data) / len(x.data), rel_tol=1e-12)
		    assert math.isclose(t["norm"], math.sqrt(math.fsum(v * v for v in x.data)), rel_tol=1e-12)
	END
}

@test "--values prints every value; NaN is null; a tensor that is not there is an error" {
	updates 1
	st edit u1.st odd.st 't["weight"].data[1] = float("nan")'
	fl-show --values weight odd.st > shown.json
	py -c 'import json, safetensors as s
v = json.load(open("shown.json"))["tensor"]["values"]; x = s.read("odd.st")[1]["weight"].data
assert v[1] is None and v[0] == x[0] and v[2:] == list(x[2:])'
	fails 65 'has no tensor "x"' fl-show --values x u1.st
}

@test "--check looks at every file, and says why one is not sound" {
	updates 1
	st edit u1.st nan.st 't["weight"].data[1] = float("nan")'
	st edit u1.st chain.st 'fl["stages"].append({"op": "train"})'
	head -c 500 u1.st > cut.st
	run -1 fl-show --check nan.st cut.st chain.st u1.st
	[ "${#lines[@]}" = 4 ]
	[[ ${lines[0]} == *'"ok": false'*'tensor \"weight\"'* ]]
	[[ ${lines[1]} == *'"ok": false'*'ends '* ]]
	[[ ${lines[2]} == *'"ok": false'*'train after train'* ]]
	[[ ${lines[3]} == *'"ok": true'* ]]
	fl-show --check u1.st m.st > /dev/null
	fails 66 "absent.st" fl-show --check absent.st
}

@test "--diff names what differs, and only that" {
	updates 2
	fl-show --diff u1.st u1.st > same.json
	grep -q '"same": true' same.json
	st edit u1.st other.st 't["bias"].data[0] += 1; fl["weight"] = 3'
	run -1 fl-show --diff u1.st other.st
	[[ $output == *'"fl": ["weight"]'* && $output == *'"name": "bias", "differ": 1'* && $output != *'"name": "weight"'* ]]
	fails 64 "--diff wants two files" fl-show --diff u1.st
}

@test "a pipe is read to its end: the writer is not cut off" {
	updates 1
	set -o pipefail
	fl-init --schema schema.json --model mlp:1000,200 --seed 1 | fl-show > /dev/null
}

@test "people get a table on a terminal" {
	need script
	updates 1
	script -qec "fl-show --tensors u1.st" /dev/null < /dev/null > table
	grep -q 'u1.st: update' table
	grep -qE 'weight +F32 +\[1,69\]' table
	! grep -q '{' table
}
