#!/usr/bin/env bats
# The first proof that a round is a sum: means, deviations and levels of the pooled rows, from sums alone.
load helper
set -o pipefail

# sums N : statistics s1.st .. sN.st of N hospitals.
sums() {
	hospitals "$1"
	local i
	for i in $(seq "$1"); do fl-stats --data "silo-0$i.train.csv" > "s$i.st"; done
}

@test "folded over three sites, the schema is that of the pooled rows, to 1e-12" {
	need_python pandas
	sums 3
	fl-aggregate s1.st s2.st s3.st | fl-stats --to-schema pooled.json --label readmitted
	py - <<-'END'
		import json, pandas as pd
		rows = pd.concat(pd.read_csv("silo-0%d.train.csv" % i, keep_default_na=False, na_values=[""]) for i in (1, 2, 3))
		fields = {f["name"]: f["fl"] for f in json.load(open("pooled.json"))["fields"]}
		assert set(fields) == set(rows.columns)
		near = lambda a, b: abs(a - b) <= 1e-12 * max(1, abs(b))
		seen = {"standard": 0, "onehot": 0, "none": 0, "ordinal": 0}
		for name, fl in fields.items():
		    x = rows[name]
		    seen[fl["encoding"]] += 1
		    if fl["encoding"] == "standard":
		        assert near(fl["mean"], x.mean()) and near(fl["std"], x.std(ddof=1)), name
		    elif fl["encoding"] == "none":
		        assert set(x.unique()) <= {0, 1}, name
		    else:
		        assert fl["levels"] == sorted(map(str, x.dropna().unique())), name
		    assert (fl.get("missing") is not None) == bool(x.isna().any() and fl["role"] == "feature"), name
		assert all(seen.values()) and fields["readmitted"]["role"] == "label", seen
	END
	fl-init --schema pooled.json --model logistic | fl-train --data silo-01.train.csv > update.st
}

@test "counts, missing values and moments of a site, by hand" {
	printf 'x,c,b,gone\n1,u,1,\n2.5,v,0,\n,u,,\n-4,,1,\n' > a.csv
	fl-stats --data a.csv > a.st
	py - <<-'END'
		import json, safetensors as s
		meta, t = s.read("a.st")
		have = {name: list(x.data) for name, x in t.items()}
		want = {"rows": [4], "x/missing": [1], "x/moments": [3, -0.5, 23.25], "c/missing": [1], "c/count/u": [2], "c/count/v": [1],
		        "b/missing": [1], "b/moments": [3, 2, 2], "b/count/0": [1], "b/count/1": [2]}
		assert have == want, have # and nothing of the column without a value
		assert json.loads(meta["fl"])["kind"] == "stats"
	END
	fl-show --check a.st > /dev/null
}

@test "a tree of folds is the flat fold, to 1e-15, and knows how many sites it holds" {
	sums 3
	fl-aggregate s1.st s2.st s3.st > flat.st
	fl-aggregate s3.st s1.st > part.st
	fl-aggregate s2.st part.st > tree.st
	py - <<-'END'
		import json, safetensors as s
		(ma, a), (mb, b) = s.read("flat.st"), s.read("tree.st")
		assert json.loads(ma["fl"])["count"] == json.loads(mb["fl"])["count"] == 3
		assert set(a) == set(b)
		for name in a:
		    assert all(abs(x - y) <= 1e-15 * abs(x) for x, y in zip(a[name].data, b[name].data)), name
	END
}

@test "a column that is text at one site and numbers at another is refused" {
	printf 'a\n1\n2\n3\n' > 1.csv
	printf 'a\nx\ny\n' > 2.csv
	printf 'a\n0\n1\n' > 3.csv
	for i in 1 2 3; do fl-stats --data $i.csv > $i.st; done
	fl-aggregate 1.st 2.st > mixed.st
	fails 65 'column "a": is text at some sites and numbers at others' fl-stats --to-schema - < mixed.st
	fl-aggregate 2.st 3.st > mixed.st
	fails 65 'column "a": is text at some sites and numbers at others' fl-stats --to-schema new.json < mixed.st
	[ ! -e new.json ]
	fl-aggregate 1.st 3.st | fl-stats --to-schema - | grep -qE '"encoding": "standard", "mean": (1.4|1.3999999999999999),'
}

@test "a schema that exists is filled in place; what else it says stays" {
	cat > s.json <<-'END'
		{"fields": [{"name": "a", "type": "number", "unit": "kg", "constraints": {"minimum": 0, "maximum": 10},
		             "fl": {"role": "feature", "encoding": "minmax", "missing": "indicator", "code": "x"}},
		            {"name": "b", "type": "string", "fl": {"role": "feature", "encoding": "onehot", "levels": ["z", "y"]}},
		            {"name": "c", "type": "number", "fl": {"role": "label"}}], "title": "ours", "later": [1]}
	END
	printf 'a,b,c\n3,y,1.5\n,x,2\n4.5,y,1\n' > a.csv
	fl-stats --data a.csv > loose.st
	fl-stats --to-schema s.json < loose.st
	py - <<-'END'
		import json
		s = json.load(open("s.json"))
		a, b, c = s["fields"]
		assert s["title"] == "ours" and s["later"] == [1] and a["unit"] == "kg" and a["fl"]["code"] == "x"
		assert b["fl"]["levels"] == ["z", "y", "x"], b
		assert "min" not in a["fl"] and "mean" not in c["fl"] or c["fl"].get("mean") == 1.5
	END
	fl-stats --data a.csv --schema s.json > bound.st
	fl-stats --to-schema s.json < bound.st
	grep -q '"min": 3.0, "max": 4.5' s.json
}

@test "extremes are written only within bounds that a schema sets, and only where there are some" {
	printf '{"fields":[{"name":"a","type":"number","constraints":{"minimum":0,"maximum":9},"fl":{"role":"feature","missing":"mean"}}]}' > s.json
	printf 'a\n2\n7\n' > a.csv
	printf 'a\n""\n""\n' > none.csv
	printf 'a\n2\n70\n' > out.csv
	fl-stats --data a.csv > free.st
	fl-stats --data a.csv --schema s.json > bound.st
	fl-stats --data none.csv --schema s.json > none.st
	! fl-show --tensors free.st | grep -q range
	fl-show --values a/range bound.st | grep -q '"values": \[-2.0, 7.0\]'
	fl-show --check none.st > /dev/null
	fl-aggregate none.st bound.st > both.st
	fl-show --values a/range both.st | grep -q '"values": \[-2.0, 7.0\]'
	fails 65 'out.csv:3: column "a": "70" is not within the bounds' fl-stats --data out.csv --schema s.json
}

@test "a number whose square is no number is refused where it stands" {
	printf '{"fields":[{"name":"a","type":"number","fl":{"role":"feature"}}]}' > s.json
	printf 'a\n2\n1e200\n' > a.csv
	fails 65 'a.csv:3: column "a": "1e200" is not small enough' fl-stats --data a.csv --schema s.json
}

@test "statistics under different schemas do not add up, nor do statistics and updates" {
	updates 1
	fl-stats --data silo-01.train.csv --schema schema.json > a.st
	py -c 'import json
s = json.load(open("schema.json")); s["fields"][1]["fl"]["mean"] = 1; json.dump(s, open("other.json", "w"))'
	fl-stats --data silo-01.train.csv --schema other.json > b.st
	fails 65 "b.st: has another schema than the files before it" fl-aggregate a.st b.st
	fails 65 "u1.st: is of kind update, want a file of kind stats" fl-aggregate a.st u1.st
	fails 65 "a.st: is of kind stats" fl-aggregate u1.st a.st --base m.st
	fails 65 "want a file of kind stats" fl-stats --to-schema - < u1.st
}

@test "the two forms do not mix" {
	fails 64 "--data is missing" fl-stats
	fails 64 "takes no --data" fl-stats --to-schema s.json --data a.csv < /dev/null
	fails 64 "rows are read twice" fl-stats --data -
	fails 64 "unexpected 'x'" fl-stats x
	printf 'a\n1\n' > a.csv
	fl-stats --data a.csv > a.st
	fails 65 'no column "b"' fl-stats --to-schema - --label b < a.st
}

@test "as many files as there are: none is left out, and none at all is said" {
	for i in $(seq 300); do printf 'x,c\n%d,a\n' "$i" > "f$i.csv"; done
	printf 'x,c\n301,b\n' > last.csv
	fl-stats --data "$(ls f*.csv | paste -sd ,),last.csv" > s.st
	[ "$(fl-show --values rows s.st | py -c 'import json,sys; print(json.load(sys.stdin)["tensor"]["values"][0])')" = 301.0 ]
	fl-show --tensors s.st | grep -q c/count/b
	fails 64 "names no file" fl-stats --data ,
}
