#!/usr/bin/env bats
load helper

setup() {
	fresh
	hospitals 2
}

# parameters FILE : number of values in it.
parameters() { fl-show "$1" | py -c 'import json, sys; print(json.load(sys.stdin)["n_values"])'; }

@test "a model has the tensors of its spec, named as PyTorch names them" {
	fl-init --schema schema.json --model logistic > m.st
	fl-init --schema schema.json --model logistic,intercept=no > n.st
	fl-init --schema schema.json --model mlp:8,4,act=tanh,dropout=0.1 --seed 1 > k.st
	py - <<-'END'
		import json, safetensors as s
		shapes = lambda f: {k: t.shape for k, t in s.read(f)[1].items()}
		assert shapes("m.st") == {"weight": [1, 69], "bias": [1]}
		assert shapes("n.st") == {"weight": [1, 69]}
		assert shapes("k.st") == {"0.weight": [8, 69], "0.bias": [8], "3.weight": [4, 8], "3.bias": [4], "6.weight": [1, 4], "6.bias": [1]}, shapes("k.st")
		fl = json.loads(s.read("k.st")[0]["fl"])
		assert fl["kind"] == "model" and fl["round"] == 0 and fl["table"]["fields"][1]["name"] == "age"
		assert fl["spec"]["hidden"] == [8, 4] and fl["spec"]["act"] == "tanh" and fl["spec"]["dropout"] == 0.1
	END
}

@test "the schema travels inside, under the digest of its canonical form" {
	fl-init --schema schema.json --model logistic > m.st
	py - <<-'END'
		import hashlib, json, safetensors as s
		fl = json.loads(s.read("m.st")[0]["fl"])
		assert fl["table"] == json.load(open("schema.json"))
		text = s.read("m.st")[0]["fl"].split('"table":', 1)[1]
		table = text[:json.JSONDecoder().raw_decode(text)[1]]
		assert fl["schema"] == "b2-256:" + hashlib.blake2b(table.encode(), digest_size=32).hexdigest()
	END
}

@test "one layer starts at zero; more start as torch's Linear does; --init says otherwise" {
	fl-init --schema schema.json --model logistic > m.st
	fl-init --schema schema.json --model logistic --init torch --seed 5 > r.st
	fl-init --schema schema.json --model mlp:64 --seed 5 > k.st
	fl-init --schema schema.json --model mlp:64 --init zeros > z.st
	py - <<-'END'
		import safetensors as s
		values = lambda f, k: list(s.read(f)[1][k].data)
		assert not any(values("m.st", "weight")) and not any(values("z.st", "0.weight"))
		for f, k, inputs in (("r.st", "weight", 69), ("r.st", "bias", 69), ("k.st", "0.weight", 69), ("k.st", "2.weight", 64)):
		    v, bound = values(f, k), inputs ** -0.5
		    assert all(abs(x) <= bound for x in v) and len(set(v)) == len(v), f + k
		v = values("k.st", "0.weight")
		assert max(v) > 0.99 * 69 ** -0.5 and abs(sum(x * x for x in v) / len(v) * 3 * 69 - 1) < 0.05
	END
}

@test "the same seed gives the same bytes, another one others, none a fresh one" {
	fl-init --schema schema.json --model mlp:4 --seed 7 > a.st
	fl-init --schema schema.json --model mlp:4 --seed 7 | cmp - a.st
	! fl-init --schema schema.json --model mlp:4 --seed 8 | cmp -s - a.st
	fl-init --schema schema.json --model mlp:4 > b.st
	! fl-init --schema schema.json --model mlp:4 | cmp -s - b.st
}

@test "a spec that makes no sense is wrong usage, and the sentence helps" {
	for spec in '' nosuch logistic:3 mlp: mlp:0 mlp:1,,2 mlp:-1 mlp:99999999 mlp:4,act=sine mlp:4,dropout=1 mlp:4,dropout=x \
		logistic,dropout=0.1 logistic,act=tanh logistic,ties=efron logistic,intercept=maybe logistic,x=1 softmax,head=gaussian mlp:4,act=relu,act=; do
		fails 64 "" fl-init --schema schema.json --model "$spec"
	done
	fails 64 "logistic" fl-init --schema schema.json --model nosuch
	fails 64 "--schema is missing" fl-init --model logistic
	fails 64 "--model is missing" fl-init --schema schema.json
	fails 64 "" fl-init --schema schema.json --model cox
}

@test "a schema that is none is bad data" {
	echo '{"fields":[{"name":"a","type":"number","fl":{"role":"feature","encoding":"standard"}}]}' > nolabel.json
	echo '{"fields":[{"name":"a","type":"number","fl":{"role":"feature"}},{"name":"a","type":"number","fl":{"role":"label"}}]}' > twice.json
	echo '{"fields":[{"name":"y","type":"number","fl":{"role":"label"}}]}' > nofeature.json
	head -c 100 schema.json > cut.json
	printf '{"fields":[],"fields":[]}' > dup.json
	for s in twice cut dup; do fails 65 "$s.json" fl-init --schema $s.json --model linear; done
	for s in nolabel nofeature; do
		rc=0
		fl-init --schema $s.json --model linear > out 2> err || rc=$?
		[ $rc = 64 ] || [ $rc = 65 ] || { echo "$s: $rc"; false; }
		[ "$(wc -l < err)" = 1 ] && [ ! -s out ]
	done
}
