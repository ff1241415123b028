#!/usr/bin/env bats
# Smaller, and what the codec promised: everything asked of every codec that --list has.
load helper
set -o pipefail

setup() {
	fresh
	fixture
}

# How codecs are asked for here; one without a row, by its name alone.
declare -gA SPEC=([ulp]=ulp:m.st [ecsq]=ecsq:bits=2 [eden]=eden:2 [topk]=topk:0.05 [stc]=stc:0.1 [randk]=randk:0.25)

# fixture : hospitals 3, m.st, an MLP of 6 tensors, u1.st .. u3.st trained from it, odd.st with tensors of all sorts, and the codecs
# that --list has, as LOSSY and EXACT; made once a run.
fixture() {
	local cache=$BATS_RUN_TMPDIR/compress mine i
	if [ ! -d "$cache" ]; then
		hospitals 3
		mine=$(mktemp -d "$BATS_RUN_TMPDIR/make.XXXXXX")
		fl-init --schema schema.json --model mlp:40,20 --seed 1 > "$mine/m.st"
		for i in 1 2 3; do fl-train --data silo-0$i.train.csv --seed $i < "$mine/m.st" > "$mine/u$i.st"; done
		fl-compress --list > "$mine/list"
		cp -- *.csv schema.json "$mine"
		! /usr/bin/python3 -c 'import numpy' 2> /dev/null || ref make "$mine/odd.st" "$mine/u1.st"
		mv -T "$mine" "$cache" 2> /dev/null || [ -d "$cache" ]
	fi
	cp "$cache"/* .
	CODECS=$(awk '/^[a-z]/ { print $1 }' list)
	EXACT='planes ulp'
	LOSSY=$(grep -vxE 'planes|ulp' <<< "$CODECS")
}

# ref VERB ARG... : the codecs once more; see codec-reference.py.
ref() {
	py "$TOP/tests/cmd/codec-reference.py" "$@"
}

# has NAME : skip unless there is such a codec.
has() {
	grep -qx "$1" <<< "$CODECS" || skip "no codec $1"
}

# pack CODEC [OPTION...] < FILE : with a seed, so that it is the same each time.
pack() {
	fl-compress --codec "${SPEC[$1]:-$1}" --seed 7 "${@:2}"
}

# refused OPTION... < FILE : by no matter which code of those that blame the words or the input, in one line and without output.
refused() {
	local rc=0
	fl-compress "$@" > .out 2> .err || rc=$?
	[[ $rc = 6[45] && ! -s .out && $(wc -l < .err) = 1 ]] || { echo "fl-compress $*: $rc"; cat .err; false; }
}

# ---- what there is ----

@test "--list names the codecs, and every parameter with a default and bounds that hold" {
	sort -c <<< "$CODECS"
	for c in bf16 f16 int8 planes qsgd randk sign stc topk ulp; do grep -qx $c <<< "$CODECS"; done
	awk '/^[a-z]/ { c = $1 }
	     / [a-z]+=/ { split($1, p, "[=:]"); n = split($0, w, "[() ]"); print c, p[1], p[2], w[n - 3] - 1, w[n - 1] * 2 + 1 }' list > params
	[ "$(wc -l < params)" -gt 5 ]
	while read -r c name default less more; do
		fl-compress --codec "$c:$name=$default" < u1.st > out.st
		fails 64 "codec $c: $name is" fl-compress --codec "$c:$name=$less" < u1.st
		fails 64 "codec $c: $name is" fl-compress --codec "$c:$name=$more" < u1.st
	done < params
}

@test "a codec that is none, and words that do not go together: 64, in one line" {
	fails 64 "there is no codec \"gzip\"" fl-compress --codec gzip < u1.st
	fails 64 "there is no codec \"\"" fl-compress --codec "" < u1.st
	fails 64 "takes no \"level\"" fl-compress --codec topk:level=3 < u1.st
	fails 64 "want a number" fl-compress --codec topk:part=x < u1.st
	fails 64 "is missing" fl-compress < u1.st
	fails 64 "exclude each other" fl-compress --codec bf16 --nmse 0.1 < u1.st
	fails 64 "exclude each other" fl-compress --budget 1KB --bandwidth 1Mbit/s < u1.st
	fails 64 "--decode needs no codec" fl-compress -d --codec bf16 < u1.st
	fails 64 "--decode needs no codec" fl-compress -d --residual r.st < u1.st
	fails 64 "go with --bandwidth" fl-compress --codec bf16 --deadline 5s < u1.st
	fails 64 "--nmse" fl-compress --nmse 1 < u1.st
	fails 64 "" fl-compress --codec bf16 more < u1.st
	fails 64 "needs the model to subtract" fl-compress --codec ulp < u1.st
}

# ---- there and back ----

@test "every codec: through a file or a pipe, read by every reader, and back with names, shapes, weight and base" {
	need_python numpy
	local files=()
	for c in $LOSSY; do
		for u in u1 odd; do
			pack "$c" -o $u-"$c".e.st < $u.st
			cat $u.st | pack "$c" | cmp - $u-"$c".e.st
			fl-compress -d < $u-"$c".e.st > $u-"$c".d.st
			files+=($u.st $u-"$c".e.st $u-"$c".d.st)
		done
		cat u1-"$c".e.st | fl-compress -d -o piped.st
		cmp piped.st u1-"$c".d.st
		[ "$(wc -c < odd-"$c".e.st)" -lt "$(wc -c < odd.st)" ]
	done
	fl-show --check ./*-*.st > checked
	[ "$(grep -c '"ok": true' checked)" = "$(ls ./*-*.st | wc -l)" ]
	ref same "${files[@]}"
}

@test "without --seed places are drawn anew" {
	fl-compress --codec randk:0.25 < u1.st > a.st
	fl-compress --codec randk:0.25 < u1.st > b.st
	run ! cmp -s a.st b.st
}

# encoded and decoded U CODEC... : as CODEC.e.st and CODEC.d.st
both() {
	local c
	for c in "${@:2}"; do
		fl-compress --codec "$c" --seed 3 < "$1" > "$c.e.st"
		fl-compress -d < "$c.e.st" > "$c.d.st"
	done
}

@test "NumPy decodes the same files to the same bits" {
	need_python numpy
	odd=(bf16 f16 int8 sign topk:0.05 topk:0.02,bits=4 stc:0.1 stc:0.001)
	own=(topk:part=1,bits=8 topk:0.3,bits=32 qsgd qsgd:1 qsgd:levels=300,bucket=100)
	both odd.st "${odd[@]}"
	both u1.st "${own[@]}"
	ref decode $(for c in "${odd[@]}" "${own[@]}"; do echo "$c.e.st" "$c.d.st"; done)
}

@test "what must be kept is kept: the largest, their mean, signs, roundings, places" {
	need_python numpy
	all=(topk:0.01 topk:0.5 topk:0.05,bits=32 topk:0.05,bits=4 topk:1,bits=8 stc:0.1 stc:0.7 sign int8 bf16 f16 randk:0.1
		randk:0.6,unbiased=0)
	both odd.st "${all[@]}"
	ref keeps $(for c in "${all[@]}"; do echo odd.st "$c.e.st" "$c.d.st"; done)
	both u1.st "${all[@]:0:8}"
	ref keeps $(for c in "${all[@]:0:8}"; do echo u1.st "$c.e.st" "$c.d.st"; done)
}

@test "randk with one seed adds like plain vectors; with another the places differ" {
	need_python numpy
	for i in 1 2; do fl-compress --codec randk:0.3 --seed 5 < u$i.st > e$i.st; fl-compress -d < e$i.st > d$i.st; done
	py - <<-'END'
		import numpy as np, safetensors as s
		(meta, a), (_, b) = s.read("e1.st"), s.read("e2.st")
		get = lambda t: np.frombuffer(t.bytes(), "<f4")
		s.write("sum.st", meta, {k: s.Tensor("U8", a[k].shape, (get(a[k]) + get(b[k])).tobytes()) for k in a})
	END
	fl-compress -d < sum.st > dsum.st
	fl-compress --codec randk:0.3 --seed 6 < u1.st | fl-compress -d > other.st
	py - <<-'END'
		import numpy as np, safetensors as s
		x, y, z, o = ({k: np.frombuffer(t.bytes(), "<f4") for k, t in s.read(f)[1].items()} for f in ("d1.st", "d2.st", "dsum.st", "other.st"))
		for k in x:
		    assert np.all(np.abs(z[k] - (x[k] + y[k])) <= 3e-7 * (np.abs(x[k]) + np.abs(y[k]))), k
		assert any(np.any((x[k] == 0) != (o[k] == 0)) for k in x)
	END
}

# ---- sums ----

@test "the sum of encoded updates is that of decoded ones, in any order, mix and tree, on any number of threads" {
	local encoded=(u1.st) decoded=(u1.st)
	for c in $LOSSY; do
		for i in 1 2; do
			pack "$c" < u$i.st > "$c$i.e.st"
			fl-compress -d < "$c$i.e.st" > "$c$i.d.st"
		done
		fl-aggregate "$c"{1,2}.d.st u3.st < m.st > want.st
		fl-aggregate --threads 1 u3.st "$c"{2,1}.e.st < m.st | cmp - want.st
		fl-aggregate --threads 4 "$c"1.e.st u3.st "$c"2.d.st < m.st | cmp - want.st
		fl-aggregate --partial "$c"{2,1}.e.st > p.st
		fl-aggregate --partial "$c"{1,2}.d.st | cmp - p.st
		fl-aggregate p.st u3.st < m.st | cmp - want.st
		encoded=("$c"2.e.st "${encoded[@]}" "$c"1.e.st) decoded+=("$c"2.d.st "$c"1.d.st)
	done
	fl-aggregate "${decoded[@]}" < m.st > want.st
	fl-aggregate "${encoded[@]}" < m.st | cmp - want.st
	cat "${encoded[0]}" | fl-aggregate --base m.st "${encoded[@]:1}" - | cmp - want.st
	fl-aggregate "${encoded[@]:1}" < m.st > less.st
	run ! cmp -s less.st want.st
}

@test "a model that encoded updates have led to is a plain one: it is trained, packed and averaged again" {
	for i in 1 2; do pack bf16 < u$i.st > e$i.st; done
	fl-aggregate e1.st e2.st < m.st > next.st
	fl-train --data silo-01.train.csv --seed 1 < next.st > u4.st
	fl-aggregate u4.st < next.st > last.st
	fl-aggregate last.st next.st < /dev/null > mean.st
	fails 65 "is not compressed" fl-compress -d < next.st
	fl-compress --codec planes < next.st | fl-compress -d | cmp - next.st
}

@test "the order of tensors in the base model does not matter" {
	local encoded=() decoded=()
	py - <<-'END'
		import hashlib, json, safetensors as s
		meta, t = s.read("m.st")
		s.write("turned.st", meta, dict(reversed(list(t.items()))))
		digest = "b2-256:" + hashlib.blake2b(open("turned.st", "rb").read(), digest_size=32).hexdigest()
		for i in (1, 2):
		    meta, t = s.read("u%d.st" % i)
		    meta["fl"] = json.dumps({**json.loads(meta["fl"]), "base": digest})
		    s.write("t%d.st" % i, meta, t)
	END
	for c in $LOSSY; do
		pack "$c" < t1.st > "$c.e.st"
		fl-compress -d < "$c.e.st" > "$c.d.st"
		encoded=("${encoded[@]}" "$c.e.st") decoded=("$c.d.st" "${decoded[@]}")
	done
	fl-aggregate "${decoded[@]}" t2.st < turned.st > want.st
	fl-aggregate t2.st "${encoded[@]}" < turned.st | cmp - want.st
	fl-aggregate "${encoded[@]}" t2.st < turned.st | cmp - want.st
}

@test "layers longer than a chunk, sparse and dense, add up the same" {
	fl-init --schema schema.json --model mlp:1200,130 --seed 1 > big.st
	for i in 1 2; do fl-train --data silo-0$i.train.csv --seed $i --steps 1 < big.st > b$i.st; done
	pack topk < b2.st > e2.st
	fl-compress -d < e2.st > d2.st
	for c in $LOSSY; do
		pack "$c" < b1.st > e1.st
		fl-compress -d < e1.st > d1.st
		fl-aggregate d1.st d2.st < big.st > want.st
		fl-aggregate --threads 2 e2.st e1.st < big.st | cmp - want.st
	done
}

@test "a damaged or too large encoded update is named by fl-aggregate, as a plain one is" {
	st edit u2.st large.st 'n = next(iter(t)); t[n].data[0] = 2e6'
	for c in bf16 topk int8; do
		pack $c < large.st > e.st
		fails 65 "e.st: " fl-aggregate u1.st e.st -o none.st < m.st
		pack $c < u1.st > e.st
		st edit e.st cut.st 'n = max(t, key=lambda k: len(t[k].bytes())); t[n] = Tensor("U8", [9], t[n].bytes()[:9])'
		fails 65 "cut.st: " fl-aggregate u2.st cut.st -o none.st < m.st
		[ ! -e none.st ]
	done
	fl-compress --codec ulp:m.st < u1.st > e.st
	fails 65 "e.st: is the difference to a model" fl-aggregate u2.st e.st < m.st
}

# ---- exact codecs ----

# back CODEC FILE : -d gives FILE to the byte, by way of a file and of a pipe.
back() {
	local base=()
	[ "$1" != ulp ] || base=(--base m.st)
	pack "$1" < "$2" > x.st
	fl-compress -d "${base[@]}" < x.st | cmp - "$2"
	cat "$2" | pack "$1" | fl-compress -d "${base[@]}" -o y.st
	cmp y.st "$2"
}

@test "exact codecs give back the very file: a model, an update, and what no number is" {
	fl-aggregate u1.st u2.st u3.st < m.st > next.st
	py - <<-'END'
		import safetensors as s, struct
		meta, t = s.read("m.st")
		odd = [0x7fc00001, 0xffc12345, 0x7f800001, 0x7f800000, 0xff800000, 0x80000000, 1, 0x80000001, 0x007fffff, 0x7f7fffff]
		for i, x in enumerate(t.values()):
		    raw = bytearray(x.bytes())
		    for k in range(min(len(raw) // 4, 10)):
		        struct.pack_into("<I", raw, 4 * k, odd[(i + k) % 10])
		    x.data = bytes(raw)
		    x.bytes = lambda x=x: x.data
		s.write("nan.st", meta, t)
	END
	for c in $EXACT; do
		for f in m.st next.st u1.st nan.st; do back "$c" $f; done
	done
}

@test "exact codecs keep a header that others have written: spaces, order of keys, of data, of numbers" {
	py - <<-'END'
		import json, struct
		raw = open("m.st", "rb").read()
		n, = struct.unpack("<Q", raw[:8])
		head, data = json.loads(raw[8:8 + n]), raw[8 + n:]
		meta = head.pop("__metadata__")
		fl = json.loads(meta["fl"])
		def write(path, head, data, **how):
		    text = json.dumps(head, **how).encode()
		    open(path, "wb").write(struct.pack("<Q", len(text)) + text + data)
		write("spaces.st", {**head, "__metadata__": meta}, data, indent=1)
		write("keys.st", {**head, "__metadata__": {"z": "é\n", "fl": json.dumps(dict(reversed(list(fl.items()))), indent=2), "a": ""}}, data,
		      ensure_ascii=False)
		names, at, moved, parts = sorted(head, key=lambda k: head[k]["data_offsets"], reverse=True), 0, {}, []
		for k in names:
		    b, e = head[k]["data_offsets"]
		    moved[k] = {**head[k], "data_offsets": [at, at + e - b]}
		    parts.append(data[b:e])
		    at += e - b
		write("order.st", {"__metadata__": meta, **dict(sorted(moved.items()))}, b"".join(parts), separators=(",", ":"))
	END
	for c in $EXACT; do
		for f in spaces.st keys.st order.st; do back "$c" $f; done
	done
}

@test "ulp: with another base 65 and its digest, with none 64; close models get small" {
	fl-aggregate u1.st u2.st u3.st < m.st > next.st
	fl-compress --codec ulp:m.st < next.st > x.st
	fl-compress --codec ulp --base m.st < next.st | cmp - x.st
	fl-compress --codec planes < next.st > p.st
	[ "$(wc -c < x.st)" -lt "$(wc -c < p.st)" ]
	fails 64 "give that model" fl-compress -d < x.st
	digest=$(py -c 'import hashlib; print("b2-256:" + hashlib.blake2b(open("m.st", "rb").read(), digest_size=32).hexdigest()[:10])')
	fails 65 "$digest" fl-compress -d --base next.st < x.st
	fails 66 "absent" fl-compress -d --base absent < x.st
	fl-init --schema schema.json --model logistic > other.st
	fails 65 "of that shape" fl-compress --codec ulp:other.st < next.st
}

@test "exact codecs: a changed byte is 65, and a pipe never gets a whole file" {
	fl-aggregate u1.st < m.st > next.st
	for c in $EXACT; do
		base=()
		[ "$c" != ulp ] || base=(--base m.st)
		pack "$c" < next.st > x.st
		py - "${base[@]}" <<-'END'
			import random, struct, subprocess, sys
			good = open("x.st", "rb").read()
			go = lambda b: subprocess.run(["fl-compress", "-d", *sys.argv[1:]], input=b, capture_output=True)
			whole = go(good).stdout
			data_at = 8 + struct.unpack("<Q", good[:8])[0]
			random.seed(1)
			refused = 0
			for at in random.sample(range(data_at, len(good)), 24) + [data_at, len(good) - 1]:
			    b = bytearray(good)
			    b[at] ^= 1 << random.randrange(8)
			    p = go(bytes(b))
			    if p.returncode == 0: # a bit that nothing depends on
			        assert p.stdout == whole, at
			        continue
			    assert p.returncode == 65 and len(p.stdout) < len(whole) and p.stderr.count(b"\n") == 1, (at, p.returncode, p.stderr)
			    refused += 1
			assert refused >= 24, refused
		END
		st edit x.st changed.st 'fl["round"] = 9'
		run -65 --separate-stderr fl-compress -d "${base[@]}" < changed.st
		[ ${#output} -lt "$(wc -c < next.st)" ]
		fails 65 "it was changed on the way" fl-compress -d "${base[@]}" -o none.st < changed.st
		[ ! -e none.st ]
	done
}

# ---- what is refused ----

@test "what loses something is not for models, what is compressed is not compressed again, what is plain not decoded" {
	for c in $LOSSY; do
		fails 64 "codec $c loses something" pack "$c" < m.st
		pack "$c" < u1.st > e.st
		fails 77 "is compressed already" pack "$c" < e.st
	done
	pack bf16 < u1.st > e.st
	fl-compress -d < e.st | pack topk > again.st
	fl-show --check again.st
	fl-compress -d < again.st > d.st
	fails 65 "is not compressed" fl-compress -d < u1.st
	fails 65 "is not compressed" fl-compress -d < d.st
	fails 64 "error feedback is for updates" fl-compress --codec planes --residual r.st < m.st
	st edit u1.st masked.st 'fl["stages"].append({"op": "mask"})'
	fails 77 "masked" pack bf16 < masked.st
	st edit u1.st half.st 'n = next(iter(t)); t[n] = Tensor("F16", t[n].shape, bytes(2 * len(t[n].data)))'
	fails 65 "is F16; codecs take F32" pack bf16 < half.st
}

@test "a value that is not finite: 65, and one that does not fit is named" {
	for x in nan -inf; do
		st edit u1.st bad.st "n = list(t)[1]; t[n].data[3] = float('$x')"
		for c in $LOSSY; do fails 65 "not finite" pack "$c" -o none.st < bad.st; done
		fails 65 "not finite" fl-compress --codec topk --residual r.st < bad.st
	done
	[ ! -e none.st ] && [ ! -e r.st ]
	st edit u1.st large.st 'n = list(t)[1]; t[n].data[3] = 7e4'
	fails 65 "holds 70000, which f16 cannot" pack f16 < large.st
	st edit u1.st large.st 'n = list(t)[1]; t[n].data[3] = 3.4e38'
	fails 65 "which bf16 cannot" pack bf16 < large.st
}

@test "huge, tiny and no values: finite or refused, never NaN" {
	need_python numpy
	py - <<-'END'
		import numpy as np, safetensors as s
		meta, _ = s.read("u1.st")
		rng = np.random.default_rng(2)
		sets = {"huge": rng.normal(size=5000) * 1e38, "denormal": rng.normal(size=5000) * 1e-41, "zero": np.zeros(5000), "empty": np.zeros(0),
		        "mixed": rng.normal(size=5000) * 10.0 ** rng.integers(-44, 38, 5000)}
		for name, x in sets.items():
		    x = x.clip(-3e38, 3e38).astype("f4")
		    s.write(name + ".st", meta, {"t": s.Tensor("F32", x.shape, x.tobytes())})
	END
	local files=()
	for c in $LOSSY; do
		for f in huge denormal zero empty mixed; do
			rc=0
			pack "$c" < $f.st > "$f-$c.e.st" 2> err || rc=$?
			[[ $rc = 0 || ( $rc = 65 && $(wc -l < err) = 1 && $f =~ huge|mixed ) ]] || { echo "$c $f: $rc $(cat err)"; false; }
			[ $rc = 0 ] || continue
			fl-compress -d < "$f-$c.e.st" > "$f-$c.d.st"
			files+=($f.st "$f-$c.e.st" "$f-$c.d.st")
		done
	done
	ref same "${files[@]}"
}

@test "no input, an empty one, one cut anywhere, bytes after the end: one line" {
	fails 65 "standard input: is empty" fl-compress --codec bf16 < /dev/null
	fails 65 "standard input: is empty" fl-compress -d < /dev/null
	fails 66 "standard input: is a directory" fl-compress --codec bf16 < .
	pack topk < u1.st > e.st
	size=$(wc -c < e.st)
	for n in 1 7 8 9 100 700 $((size / 2)) $((size - 100)) $((size - 1)); do
		head -c $n e.st > cut.st
		fails 65 "" fl-compress -d < cut.st
		fails 65 "" fl-compress -d -o none.st < <(cat cut.st)
		head -c $n u1.st > cut.st
		fails 65 "" pack bf16 -o none.st < cut.st
	done
	[ ! -e none.st ]
	(cat e.st && echo) > long.st
	fails 65 "after the last tensor" fl-compress -d < long.st
}

@test "hostile headers: shapes, lengths, types, parameters, codecs and bombs are refused in one line" {
	need_python numpy
	for c in $LOSSY; do pack "$c" < u1.st > "$c.e.st"; done
	ref hostile ./*.e.st
	st edit topk.e.st bomb.st 'fl["stages"][-1]["shapes"]["0.weight"] = [65536, 32768]'
	fails 65 "more than the limit" fl-compress -d < bomb.st
}

@test "single changed bytes in small files of every codec: decoded or refused, never a crash" {
	need_python numpy
	py - <<-'END'
		import numpy as np, safetensors as s
		x = (np.random.default_rng(3).normal(size=60) * 1e-3).astype("f4")
		s.write("small.st", s.read("u1.st")[0], {"t": s.Tensor("F32", [6, 10], x.tobytes())})
	END
	for c in $LOSSY planes; do pack "$c" < small.st > "$c.e.st"; done
	ref flips ./*.e.st
}

# ---- error feedback ----

# later FILE OUT N [CODE] : FILE as an update of round N.
later() {
	st edit "$1" "$2" "fl['round'] = $3; ${4:-}"
}

# feed CODEC U [OPTION...] : U with r.st carried on, as e.st and d.st.
feed() {
	fl-compress --codec "$1" --seed 1 --residual r.st "${@:3}" < "$2" > e.st
	fl-compress -d < e.st > d.st
}

@test "sent and left are the update and what had been left, for every codec that contracts" {
	need_python numpy
	later u2.st next.st 1
	local files=() n=0
	for c in $LOSSY qsgd:contract=1 randk:0.3,unbiased=0; do
		rm -f r.st
		c=${SPEC[$c]:-$c}
		if ! fl-compress --codec "$c" --residual r.st < u1.st > e.st 2> err; then
			grep -q "codec ${c%%:*} expands" err
			continue
		fi
		rm r.st
		feed "$c" u1.st
		cp d.st "d1-$c" && cp r.st "r1-$c"
		feed "$c" next.st
		cp d.st "d2-$c" && cp r.st "r2-$c"
		files+=(u1.st "d1-$c" "r1-$c" - 0 next.st "d2-$c" "r2-$c" "r1-$c" 0)
		n=$((n + 1))
	done
	[ $n -ge 7 ]
	ref residual "${files[@]}"
	fl-show --check r2-*
}

@test "a retry, with the same update or another of its round, adds nothing twice" {
	need_python numpy
	later u2.st x2.st 1
	later u3.st x3.st 1
	feed topk:0.05 u1.st
	cp e.st e1.st && cp r.st r1.st
	feed topk:0.05 u1.st
	cmp e.st e1.st && cmp r.st r1.st
	feed topk:0.05 x2.st
	cp e.st e2.st && cp d.st d2.st && cp r.st r2.st
	feed topk:0.05 x2.st
	cmp e.st e2.st && cmp r.st r2.st
	feed topk:0.05 x3.st
	ref residual x2.st d2.st r2.st r1.st 0 x3.st d.st r.st r1.st 0
	feed topk:0.05 x2.st
	cmp e.st e2.st && cmp r.st r2.st
}

@test "missed rounds age what was left by a tenth each; an earlier round drops it, and both are said" {
	need_python numpy
	later u2.st x2.st 4
	later u3.st x3.st 2
	feed topk:0.05 u1.st
	cp r.st r1.st
	feed topk:0.05 x2.st 2> said
	grep -q "r.st: 3 rounds were missed" said
	ref residual x2.st d.st r.st r1.st 3
	feed topk:0.05 x3.st 2> said
	grep -q "r.st: .*dropped" said
	ref residual x3.st d.st r.st - 0
}

@test "a residual of another model, and what is none, are refused and stay" {
	feed topk:0.05 u1.st
	cp r.st kept.st
	fl-init --schema schema.json --model logistic > lm.st
	fl-train --data silo-01.train.csv --seed 1 < lm.st > lu.st
	later lu.st lu1.st 1
	for u in lu.st lu1.st; do
		fails 65 "r.st: is the residual of another model" fl-compress --codec topk --residual r.st -o none.st < $u
	done
	st edit u1.st other.st 'fl["schema"] = "b2-256:" + "0" * 64; fl["round"] = 1'
	fails 65 "is the residual of another model" fl-compress --codec topk --residual r.st < other.st
	fails 65 "lu.st: is of kind update" fl-compress --codec topk --residual lu.st < u1.st
	head -c 3000 r.st > cut.st
	cp cut.st cut2.st
	fails 65 "cut.st: " fl-compress --codec topk --residual cut.st < u1.st
	cmp cut.st cut2.st
	refused --codec topk --residual /dev/null < u1.st
	fails 66 ".: is a directory" fl-compress --codec topk --residual . < u1.st
	fails 73 "no/such" fl-compress --codec topk --residual no/such < u1.st
	cmp r.st kept.st
	[ ! -e none.st ] && [ -z "$(find . -name '.*.????????' -type f)" ]
}

@test "a codec that expands is refused error feedback, unless it is told to send less" {
	for c in qsgd qsgd:1 randk:0.1; do
		fails 64 "error feedback would diverge" fl-compress --codec $c --residual r.st < u1.st
		[ ! -e r.st ]
	done
	for c in qsgd:contract=1 qsgd:1,contract=1 randk:0.1,unbiased=0; do
		fl-compress --codec $c --residual r.st < u1.st > e.st
		rm r.st
	done
	fails 64 "gives back the very file" fl-compress --codec planes --residual r.st < u1.st
}

@test "killed at any moment and run again, it has written what it would have" {
	need_python numpy
	py - <<-'END'
		import json, numpy as np, safetensors as s
		meta, rng = s.read("u1.st")[0], np.random.default_rng(4)
		for i in (0, 1):
		    meta["fl"] = json.dumps({**json.loads(meta["fl"]), "round": i})
		    s.write("x%d.st" % i, meta, {"t%d" % k: s.Tensor("F32", [150000], rng.standard_t(3, 150000).astype("f4").tobytes()) for k in range(3)})
	END
	go() { fl-compress --codec topk:0.05 --residual r.st -o out.st < x1.st; }
	fl-compress --codec topk:0.05 --residual r.st -o out.st < x0.st
	cp r.st r0.st
	go
	mv out.st want.st && mv r.st want-r.st
	local killed=0
	for i in $(seq 16); do
		[ $((i % 4)) != 1 ] || { cp r0.st r.st; rm -f out.st; }
		go & pid=$!
		sleep "0.0$((i * 7 % 10))$((RANDOM % 10))"
		kill -9 $pid 2> /dev/null && killed=$((killed + 1))
		wait $pid 2> /dev/null || true
		cmp -s r.st r0.st || cmp r.st want-r.st
		[ ! -e out.st ] || cmp out.st want.st
		if [ $((i % 4)) = 0 ]; then
			go
			cmp out.st want.st && cmp r.st want-r.st
		fi
	done
	[ $killed -gt 0 ]
}

@test "a twentieth of the values: of what that costs in training, error feedback brings back three quarters" {
	fl-init --schema schema.json --model logistic > start.st
	# federation NAME OPTION... : ten rounds, the loss at their end in NAME.loss
	federation() {
		local r i
		cp start.st g.st
		for r in $(seq 10); do
			for i in 1 2 3; do
				fl-train --data silo-0$i.train.csv --seed $r --steps 8 --lr 0.1 < g.st > x$i.st
				[ $# = 1 ] || { fl-compress "${@:2}" ${EF:+--residual $1-r$i.st} < x$i.st > y.st && mv y.st x$i.st; }
			done
			fl-aggregate x1.st x2.st x3.st < g.st > n.st
			mv n.st g.st
		done
		for i in 1 2 3; do fl-eval --data silo-0$i.train.csv < g.st; done | jq -s 'map(.log_loss) | add / 3' > $1.loss
	}
	federation plain
	EF=1 federation feedback --codec topk:0.05
	EF= federation without --codec topk:0.05
	paste plain.loss feedback.loss without.loss
	awk '{ exit !($1 < .5 && $3 - $1 > .1 && $2 - $1 < .25 * ($3 - $1)) }' <(paste plain.loss feedback.loss without.loss)
}

# ---- how many bytes, how much is lost ----

# large : b1.st, an update of 240,000 values.
large() {
	fl-init --schema schema.json --model mlp:1200,130 --seed 1 > big.st
	fl-train --data silo-01.train.csv --seed 1 < big.st > b1.st
}

@test "--report keeps to its schema, and its numbers are NumPy's from the decoded file" {
	need_python numpy
	local files=()
	for c in $LOSSY; do
		for u in u1 odd; do
			pack "$c" --report "$u-$c.json" < $u.st > e.st
			[ "$(jq .bytes_out "$u-$c.json")" = "$(wc -c < e.st)" ]
			fl-compress -d < e.st > "$u-$c.d.st"
			files+=($u.st "$u-$c.d.st" "$u-$c.json")
		done
		py "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/compress.json" < "odd-$c.json"
	done
	ref report "${files[@]}"
	fl-compress --codec planes --report fd:3 < m.st 3> planes.json > e.st
	jq -e '.nmse == 0 and .codec == "planes" and (.tensors | map(.nmse) | add == 0)' planes.json
	py - "$TOP/man/fl-compress.1" <<-'END'
		import json, re, sys
		section = open(sys.argv[1]).read().split(".Sh METRICS")[1].split(".Sh ")[0]
		for key in json.load(open("planes.json")):
		    assert re.search(r"\b%s\b" % key, section), key + " is not in the manual"
	END
	fails 64 "is not fd:N" fl-compress --codec bf16 --report fd:x -o none.st < u1.st
	[ ! -e none.st ]
}

@test "what is expected before encoding is near what is measured after" {
	large
	for c in $LOSSY; do
		pack "$c" --report r.json < b1.st > e.st
		jq -e '(.nmse_expected - .nmse | fabs) <= .15 * .nmse + 1e-9' r.json || { echo "$c"; cat r.json; false; }
	done
}

@test "--budget keeps to it, makes use of it, and says when it is too little" {
	has ecsq
	large
	for size in 8KB 20KB 60000 128KiB 0.3MB; do
		bytes=$(py -c 'import re, sys; n, u = re.match(r"([\d.]+)(.*)", sys.argv[1]).groups()
print(int(float(n) * {"": 1, "KB": 1e3, "KiB": 1024, "MB": 1e6}[u]))' $size)
		fl-compress --budget $size --seed 1 < b1.st > e.st 2> said
		[ "$(wc -c < e.st)" -le "$bytes" ]
		[ $((10 * $(wc -c < e.st))) -ge $((7 * bytes)) ] || [ "$bytes" -gt 170000 ]
		[ "$(wc -l < said)" = 1 ] && grep -q "expected error" said
		fl-show e.st | jq -e '.fl.stages[-1] | .codec == "ecsq" and .chosen_by == "budget"'
	done
	fails 64 "is too little" fl-compress --budget 500 < b1.st
	fails 64 "is too little" fl-compress --budget 0 < b1.st
}

@test "--nmse keeps to it as measured, and more bytes are for less error" {
	has ecsq
	large
	last=0
	for e in 0.5 0.1 0.05 0.01 0.001; do
		fl-compress --nmse $e --report r.json --seed 1 < b1.st > e.st 2> said
		jq -e ".nmse <= $e and .nmse > $e / 2" r.json
		grep -q "expected error" said
		[ "$(wc -c < e.st)" -gt $last ]
		last=$(wc -c < e.st)
	done
}

@test "--bandwidth: the slower the network the fewer the bytes; a fast one gets the update as it is" {
	has ecsq
	large
	last=0
	for rate in 50kbit/s 500kbps 0.6MB/s 50Mbit/s; do
		fl-compress --bandwidth $rate --local-time 5s --rtt 50ms --seed 1 < b1.st > e.st 2> said
		grep -q "expected error .* s a round" said
		[ "$(wc -c < e.st)" -ge $last ]
		last=$(wc -c < e.st)
	done
	[ "$(fl-compress --bandwidth 50kbit/s --local-time 5s --seed 1 < b1.st 2> said | wc -c)" -lt "$last" ]
	fl-compress --bandwidth 100Gbit/s --report r.json < b1.st 2> said | cmp - b1.st
	grep -q "^fl-compress: none" said
	py "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/compress.json" < r.json
	cat b1.st | fl-compress -q --bandwidth 100Gbit/s | cmp - b1.st
	fl-compress -q --bandwidth 100Gbit/s --residual r.st < b1.st > e.st
	fl-show e.st | jq -e '.fl.stages[-1].codec == "bf16"'
}

@test "--deadline: the file is there in time, and the time is made use of" {
	has ecsq
	large
	for deadline in 5.5s 6s 7s 9s; do
		fl-compress -q --bandwidth 1Mbit/s --rtt 50ms --local-time 5s --deadline $deadline --seed 1 < b1.st > e.st
		awk -v n="$(wc -c < e.st)" -v d="${deadline%s}" 'BEGIN { t = 5.05 + n * 8 / 1e6; print t, d; exit !(t <= d && t > 5.05 + (d - 5.05) * .5) }'
	done
}

@test "--bandwidth auto: what fl-push measured, or 75; the last choice is kept and stays" {
	has ecsq
	large
	fails 75 "nothing has been measured yet" fl-compress --bandwidth auto --link link.json < b1.st
	fails 75 ".local/state/flkit/link.json" fl-compress --bandwidth auto < b1.st
	echo '{"v":1,"bytes_per_s":20000,"rtt_s":0.05,"last":""}' > link.json
	fl-compress -q --bandwidth auto --local-time 5s --link link.json --seed 1 < b1.st > e.st
	last=$(jq -r .last link.json)
	[[ $last == ecsq:* ]]
	fl-compress -q --bandwidth 160kbit/s --rtt 50ms --local-time 5s --seed 1 < b1.st | cmp - e.st
	jq -c '.bytes_per_s = 21000' link.json > l && mv l link.json
	fl-compress -q --bandwidth auto --local-time 5s --link link.json --seed 1 < b1.st > e2.st
	[ "$(jq -r .last link.json)" = "$last" ]
	mkdir -p state/flkit
	echo '{"v":1,"bytes_per_s":1e11,"rtt_s":0.05,"last":""}' > state/flkit/link.json
	XDG_STATE_HOME=$PWD/state fl-compress -q --bandwidth auto < b1.st | cmp - b1.st
	[ "$(jq -r .last state/flkit/link.json)" = none ]
	echo '{' > link.json
	fails 65 "link.json" fl-compress --bandwidth auto --link link.json < b1.st
}

@test "quantities without their unit, or with another: 64, in one line" {
	for x in '' x -1KB 5TB '5 KB' 1e400 0x5 KB nan; do fails 64 'is not a size like' fl-compress --budget "$x" < u1.st; done
	for x in '' 2 2MB -2Mbit/s '2 Mbit/s' Mbit/s inf; do fails 64 'is not a rate like' fl-compress --bandwidth "$x" < u1.st; done
	for x in '' 5x -5s '5 s' 5KB; do fails 64 'is not a time like' fl-compress --bandwidth 1Mbit/s --deadline "$x" < u1.st; done
	fails 64 "nothing gets through" fl-compress --bandwidth 0Mbit/s < u1.st
}

# ---- memory ----

@test "memory is one tensor and its encoded bytes, not the file" {
	need_python numpy
	! ldd "$BIN/fl-compress" | grep -qE 'lib(a|t)san' || skip "a sanitizer has memory of its own"
	py - $LOSSY planes <<-'END'
		import numpy as np, os, safetensors as s, sys
		meta, rng = s.read("u1.st")[0], np.random.default_rng(6)
		x = [s.Tensor("F32", [500, 500], rng.standard_t(3, 250000).astype("f4").tobytes()) for _ in range(12)]
		s.write("1.st", meta, {"a": x[0]})
		s.write("12.st", meta, {"t%02d" % i: t for i, t in enumerate(x)})

		def peak(source, target, *args):
		    pid = os.posix_spawnp("fl-compress", ["fl-compress", *args], os.environ, file_actions=[
		        (os.POSIX_SPAWN_OPEN, 0, source, os.O_RDONLY, 0), (os.POSIX_SPAWN_OPEN, 1, target, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)])
		    _, status, used = os.wait4(pid, 0)
		    assert status == 0, (args, status)
		    return used.ru_maxrss

		for codec in sys.argv[1:]:
		    one, many = (peak(n + ".st", n + ".e", "--codec", codec) for n in ("1", "12"))
		    assert many < one + 3000, (codec, one, many)
		    one, many = (peak(n + ".e", n + ".d", "-d") for n in ("1", "12"))
		    assert many < one + 3000, (codec, one, many)
		one, many = (peak(n + ".st", n + ".e", "--codec", "topk:0.1", "--residual", n + ".r") for n in ("1", "12"))
		assert many < one + 3000, (one, many)
	END
}
