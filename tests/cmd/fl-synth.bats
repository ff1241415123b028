#!/usr/bin/env bats
# fl-synth: files, schema, seeds, and what the manual says of the scenarios.
load helper
set -o pipefail

scenarios() { fl-synth no-such 2>&1 --out . | sed 's/.*try //; s/,//g'; }
rows() { echo $(($(wc -l < "$1") - 1)); }

@test "every silo gets a train and a test file, and all one schema" {
	fl-synth hospitals --out d --silos 3 --seed 1
	[ "$(ls d | tr '\n' ' ')" = "schema.json silo-01.test.csv silo-01.train.csv silo-02.test.csv silo-02.train.csv silo-03.test.csv silo-03.train.csv " ]
	[ "$(rows d/silo-01.test.csv)" = 200 ]
}

@test "without --silos a scenario has its own number" {
	fl-synth hospitals --out d --seed 1
	[ "$(ls d/silo-*.train.csv | wc -l)" = 47 ]
	[ -e d/silo-47.test.csv ]
}

@test "header and schema agree, and every file fits its schema" {
	for s in $(scenarios); do
		fl-synth "$s" --out "$s" --silos 2 --seed 4
		grep '^      "name"' "$s/schema.json" | sed 's/.*: "//; s/".*//' | paste -sd , > names
		for f in "$s"/*.csv; do head -n 1 "$f" | cmp - names; done
		fl-schema check --schema "$s/schema.json" "$s"/*.csv
	done
}

@test "the same seed gives the same bytes, another one others" {
	fl-synth retail --out a --silos 2 --seed 9
	fl-synth retail --out b --silos 2 --seed 9
	fl-synth retail --out c --silos 2 --seed 10
	diff -r a b
	run ! cmp -s a/silo-01.train.csv c/silo-01.train.csv
	cmp a/schema.json c/schema.json
}

@test "without a seed a fresh one is drawn, and said" {
	fl-synth factories --out a --silos 1 --metrics m
	seed=$(sed 's/.*"seed"://; s/[,}].*//' m)
	fl-synth factories --out b --silos 1 -v 2> said
	run ! cmp -s a/silo-01.train.csv b/silo-01.train.csv
	fl-synth factories --out b --silos 1 --seed "$seed"
	cmp a/silo-01.train.csv b/silo-01.train.csv
	grep -q "seed [0-9][0-9]*$" said
}

@test "metrics count what was written" {
	fl-synth banks --out d --silos 2 --rows 50 --test-rows 10 --seed 1 --metrics m
	n=$(($(rows d/silo-01.train.csv) + $(rows d/silo-02.train.csv)))
	[ "$(cat m)" = '{"scenario":"banks","silos":2,"train_rows":'$n',"test_rows":20,"seed":1,"skew":1.0}' ]
}

@test "metrics keep to share/schemas/synth.json" {
	need python3
	for s in $(scenarios); do
		fl-synth "$s" --out d --silos 2 --rows 10 --skew 0.5 --metrics fd:1 |
			python3 "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/synth.json"
	done
}

@test "a silo is the same whatever the number of silos" {
	for s in $(scenarios); do
		fl-synth "$s" --out a --silos 3 --seed 5 --rows 30
		fl-synth "$s" --out b --silos 5 --seed 5 --rows 30
		for f in a/silo-0[123]*.csv; do cmp "$f" "b/${f#a/}"; done
		rm -r a b
	done
}

@test "a hundred silos have three digits" {
	fl-synth factories --out d --silos 100 --rows 10 --test-rows 1 --seed 1
	[ -e d/silo-001.train.csv ] && [ -e d/silo-100.test.csv ] && [ ! -e d/silo-01.train.csv ]
}

@test "--rows and --test-rows set sizes; at skew 0 they are exact" {
	fl-synth hospitals --out d --silos 4 --rows 123 --test-rows 7 --skew 0 --seed 1
	for f in d/*.train.csv; do [ "$(rows "$f")" = 123 ]; done
	for f in d/*.test.csv; do [ "$(rows "$f")" = 7 ]; done
}

@test "files of another run are replaced, whole" {
	fl-synth retail --out d --silos 1 --seed 1 --rows 500
	fl-synth retail --out d --silos 1 --seed 2 --rows 20
	fl-synth retail --out e --silos 1 --seed 2 --rows 20
	diff -r d e
}

@test "wrong words" {
	fails 64 "SCENARIO is missing" fl-synth --out d
	fails 64 "no scenario 'bank'; try banks, factories, hospitals" fl-synth bank --out d
	fails 64 "--out is missing" fl-synth banks
	fails 64 "unexpected 'x'" fl-synth banks x --out d
	fails 64 "--alpha belongs to leaf-synthetic, not to banks" fl-synth banks --out d --alpha 1
	fails 64 "--beta belongs to leaf-synthetic, not to banks" fl-synth banks --out d --beta 1
	fails 64 "--skew: -1 is not within 0 and 4" fl-synth banks --out d --skew -1
	fails 64 "--silos: 0 is not within" fl-synth banks --out d --silos 0
	[ ! -e d ]
}

@test "a folder that cannot be made, or written to" {
	fails 73 "a/b" fl-synth banks --out a/b
	touch file
	fails 73 "file" fl-synth banks --out file --silos 1
	mkdir -p d/silo-01.train.csv
	fails 73 "d/silo-01.train.csv: is a directory" fl-synth banks --out d --silos 1
	[ "$(ls -A d | tr '\n' ' ')" = "schema.json silo-01.train.csv " ]
}

@test "an interrupted run leaves no half-written file" {
	fl-synth banks --out d --silos 1 --rows 1000000 --skew 0 --seed 1 &
	pid=$!
	for i in $(seq 200); do
		ls -A d 2> /dev/null | grep -q '^\.silo' && break
		sleep 0.02
	done
	ls -A d | grep '^\.silo'
	kill -TERM $pid
	rc=0
	wait $pid || rc=$?
	[ $rc = 143 ]
	[ "$(ls -A d)" = schema.json ]
}

@test "--help names every scenario" {
	fl-synth --help > help
	for s in $(scenarios); do grep -q "^  $s  " help; done
}

@test "a hospital alone learns what its manual says, and all together too" {
	need_python numpy pandas sklearn
	fl-synth hospitals --out d --seed 1
	/usr/bin/python3 - <<- 'END'
		import glob, json, warnings
		import numpy as np, pandas as pd
		from sklearn.linear_model import LogisticRegression
		warnings.filterwarnings("ignore")
		fields = json.load(open("d/schema.json"))["fields"]
		def load(path):
		    t, x = pd.read_csv(path), []
		    for f in fields:
		        c, fl = t[f["name"]], f["fl"]
		        if fl["role"] == "label":
		            y = c
		        elif fl.get("encoding") == "standard":
		            x += [((c - fl["mean"]) / fl["std"]).fillna(0)] + [c.isna()] * (fl.get("missing") == "indicator")
		        elif fl.get("encoding") == "onehot":
		            x += [c == level for level in fl["levels"]]
		        elif fl["role"] == "feature":
		            x += [c]
		    return np.array(x, float).T, np.array(y)
		train = [load(p) for p in sorted(glob.glob("d/*.train.csv"))]
		test = [load(p) for p in sorted(glob.glob("d/*.test.csv"))]
		fit = lambda t: LogisticRegression(C=10, max_iter=1000).fit(*t)
		alone = np.array([fit(a).score(*b) for a, b in zip(train, test)])
		pooled = fit([np.concatenate(z) for z in zip(*train)])
		together = np.mean([pooled.score(*b) for b in test])
		print(alone.mean(), alone.min(), alone.max(), together)
		assert .70 <= alone.mean() <= .74 and alone.min() < .65 and alone.max() > .78 and .84 <= together <= .87
	END
}

@test "leaf-synthetic is what the paper's code draws" {
	need_python numpy
	fl-synth leaf-synthetic --out d --silos 400 --seed 1
	/usr/bin/python3 - <<- 'END'
		import glob
		import numpy as np
		def look(x, y): # of one device: share of its commonest class, number of classes, mean square and spread of inputs
		    n = np.bincount(y.astype(int), minlength=10)
		    return n.max() / len(y), (n > 0).sum(), np.mean(x ** 2), x.mean(0).std()
		def theirs(rng): # generate_synthetic.py, alpha = beta = 1, 45 rows of a device
		    u, centre = rng.normal(0, 1), rng.normal(0, 1)
		    v = rng.normal(centre, 1, 60)
		    w, b = rng.normal(u, 1, (60, 10)), rng.normal(u, 1, 10)
		    x = rng.multivariate_normal(v, np.diag(np.arange(1, 61) ** -1.2), 45)
		    return look(x, np.argmax(x @ w + b, 1))
		ours = []
		for p in sorted(glob.glob("d/*.train.csv")):
		    t = np.loadtxt(p, delimiter=",", skiprows=1, max_rows=45)
		    ours.append(look(t[:, :60], t[:, 60]))
		rng = np.random.RandomState(0)
		ours, ref = np.array(ours), np.array([theirs(rng) for _ in range(2000)])
		z = (ours.mean(0) - ref.mean(0)) / np.sqrt(ours.var(0) / len(ours) + ref.var(0) / len(ref))
		print(ours.mean(0), ref.mean(0), z)
		assert np.abs(z).max() < 4
	END
}
