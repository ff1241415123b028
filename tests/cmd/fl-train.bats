#!/usr/bin/env bats
# What local training promises: reproducible to the byte, and each option does what its name says.
load helper

setup() {
	fresh
	updates 2
}

train() { fl-train --data silo-01.train.csv --seed 1 "$@" < m.st; }

# norm FILE : length of all its values together; loss FILE : the loss in a metrics file.
norm() { py -c 'import math, safetensors as s, sys; print(math.sqrt(sum(x * x for t in s.read(sys.argv[1])[1].values() for x in t.data)))' "$1"; }
metric() { py -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }
less() { py -c 'import sys; sys.exit(not float(sys.argv[1]) < float(sys.argv[2]))' "$1" "$2" || { echo "$1 is not below $2"; return 1; }; }

@test "the same seed gives the same bytes, from a file and a pipe; another one gives others" {
	train > a.st
	cat m.st | fl-train --data silo-01.train.csv --seed 1 | cmp - a.st
	fl-train --data - --seed 1 < m.st > /dev/null 2> err && false
	fl-train --data <(cat silo-01.train.csv) --seed 1 < m.st | cmp - a.st
	! fl-train --data silo-01.train.csv --seed 2 < m.st | cmp -s - a.st
}

@test "the update is the new model minus the old one" {
	train > u.st
	train --emit model > new.st
	py - <<-'END'
		import safetensors as s
		f = lambda x: s.array.array("f", [x])[0]
		old, new, u = (s.read(n)[1] for n in ("m.st", "new.st", "u.st"))
		for k in u:
		    assert list(u[k].data) == [f(b - a) for a, b in zip(old[k].data, new[k].data)]
	END
}

@test "nothing in an update tells of the data but the number of rows" {
	train -o u.st --metrics metrics.json
	! grep -qaE 'silo-01|loss|accuracy' u.st
	py -c 'import json, safetensors as s
fl = json.loads(s.read("u.st")[0]["fl"])
assert set(fl) == {"v", "kind", "base", "schema", "spec_digest", "round", "weight", "stages"}, set(fl)'
}

@test "mu of 0 is no proximal term, to the byte; a large one holds the model at its start" {
	train --epochs 5 > u.st
	train --epochs 5 --prox 0 | cmp - u.st
	train --epochs 5 --prox 1 > near.st
	train --epochs 5 --prox 50 > nearest.st
	less "$(norm near.st)" "$(norm u.st)"
	less "$(norm nearest.st)" "$(norm near.st)"
}

@test "l2 shrinks the weights, l1 makes some of them exactly zero" {
	train --optimizer lbfgs --l2 0.01 --emit model > loose.st
	train --optimizer lbfgs --l2 10 --emit model > tight.st
	less "$(norm tight.st)" "$(norm loose.st)"
	train --epochs 20 --l1 0.2 --emit model > sparse.st
	[ "$(fl-show --values weight sparse.st | grep -oE '[[ ]-?0\.0[],]' | wc -l)" -gt 10 ]
}

@test "steps and epochs count the same work" {
	rows=$(($(wc -l < silo-01.train.csv) - 1))
	train --batch "$rows" --epochs 3 | fl-show --values weight - | grep -o '"tensor".*' > a
	train --batch "$rows" --steps 3 | fl-show --values weight - | grep -o '"tensor".*' > b
	cmp a b
	train --batch 10 --epochs 2 --metrics m.json > /dev/null
	[ "$(metric m.json steps)" = $((2 * ((rows + 9) / 10))) ]
	[ "$(metric m.json samples)" = $((2 * rows)) ]
	train --batch 10 --steps 3 --metrics m.json > /dev/null
	[ "$(metric m.json steps)" = 3 ]
	train --batch 0 --epochs 2 --metrics m.json > /dev/null
	[ "$(metric m.json steps)" = 2 ]
	fails 64 "exclude each other" train --steps 1 --epochs 1
}

@test "every optimizer lowers the loss, and lbfgs ends where the gradient does" {
	train --steps 1 --lr 1e-9 --metrics start.json > /dev/null
	for o in sgd momentum adam; do
		train --optimizer $o --epochs 30 --lr 0.01 --metrics $o.json > /dev/null
		less "$(metric $o.json loss)" "$(metric start.json loss)"
	done
	train --optimizer lbfgs --l2 0.1 --metrics lbfgs.json > /dev/null
	train --optimizer lbfgs --l2 0.1 --epochs 400 --metrics more.json > /dev/null
	py -c 'import json; a, b = (json.load(open(n))["loss"] for n in ("lbfgs.json", "more.json")); assert abs(a - b) < 1e-6 * a, (a, b)'
}

@test "balanced weights are those of n / (k n_c)" {
	py - > weights <<-'END'
		import csv
		y = [r["readmitted"] for r in csv.DictReader(open("silo-01.train.csv"))]
		print(",".join(repr(len(y) / 2 / y.count(c)) for c in "01"))
	END
	train --class-weight balanced --epochs 3 | fl-show --values weight - | grep -o '"tensor".*' > a
	train --class-weight "$(cat weights)" --epochs 3 | fl-show --values weight - | grep -o '"tensor".*' > b
	train --class-weight 1,1 --epochs 3 | fl-show --values weight - | grep -o '"tensor".*' > c
	train --epochs 3 | fl-show --values weight - | grep -o '"tensor".*' > d
	cmp a b
	cmp c d
	! cmp -s a c
	for w in 1 1,2,3 -1,1 1,x 1,2,; do fails 64 "--class-weight: want balanced, or 2 numbers" train --class-weight "$w"; done
}

@test "fast kernels agree with the plain ones, which do not depend on the machine" {
	fl-init --schema schema.json --model mlp:16,8,act=gelu --seed 3 > k.st
	for kernel in plain avx2 avx512; do
		FL_KERNEL=$kernel fl-train --data silo-01.train.csv --seed 1 --epochs 5 < k.st > $kernel.st 2> err || grep -q "$kernel" err
	done
	fl-train --data silo-01.train.csv --seed 1 --epochs 5 < k.st > default.st
	py - <<-'END'
		import os, safetensors as s
		want = s.read("plain.st")[1]
		for f in ("avx2.st", "avx512.st", "default.st"):
		    if os.path.getsize(f):
		        have = s.read(f)[1]
		        assert all(abs(x - y) <= 1e-5 for k in want for x, y in zip(want[k].data, have[k].data)), f
	END
}

@test "several files are one table" {
	tail -n +2 silo-02.train.csv | cat silo-01.train.csv - > both.csv
	fl-train --data silo-01.train.csv,silo-02.train.csv --seed 1 < m.st > a.st
	fl-train --data both.csv --seed 1 < m.st | cmp - a.st
	fails 66 "absent.csv" fl-train --data silo-01.train.csv,absent.csv < m.st
}

@test "scaling by the rows at hand, by another schema, or not at all changes the update, and is said in the chain" {
	train > u.st
	for how in local none; do
		train --scale $how > $how.st
		! cmp -s $how.st u.st
		fl-show $how.st | grep -q "\"scale\": \"$how\""
	done
	py -c 'import json
s = json.load(open("schema.json")); s["fields"][1]["fl"]["mean"] = 1; json.dump(s, open("other.json", "w"))
s["fields"][2]["fl"]["levels"].reverse(); json.dump(s, open("wrong.json", "w"))'
	train --schema other.json > other.st
	fl-show other.st | grep -q '"scale": "other"'
	fails 65 "wrong.json: " train --schema wrong.json
}

@test "training that diverges is refused, not sent" {
	fl-init --schema schema.json --model mlp:8,head=bernoulli --seed 1 > k.st
	fails 65 "diverged" fl-train --data silo-01.train.csv --lr 1e6 --epochs 50 --scale none --optimizer momentum --seed 1 < k.st
}

@test "--metrics writes one object with the keys of the manual" {
	train --metrics metrics.json > /dev/null
	train --metrics fd:3 3> fd.json > /dev/null
	py - "$TOP/man/fl-train.1" <<-'END'
		import json, re, sys
		section = open(sys.argv[1]).read().split(".Sh METRICS")[1].split(".Sh ")[0]
		for name in ("metrics.json", "fd.json"):
		    lines = open(name).read().splitlines()
		    m = json.loads(lines[0])
		    assert len(lines) == 1 and m["event"] == "train" and m["seed"] == 1
		    for key in m:
		        assert re.search(r"\b%s\b" % key, section), key + " is not in the manual"
	END
	[ "$(metric metrics.json rows)" = $(($(wc -l < silo-01.train.csv) - 1)) ]
}
