#!/usr/bin/env bats
# fl-schema: a first schema from files, what does not fit one, and how it looks.
load helper

patients() {
	cat > a.csv <<-'CSV'
		id,ward,age,sex,smokes,stage,bmi,zip,sick
		p1,north,40,f,true,1,20.5,00501,no
		p2,north,60,m,false,2,,10001,yes
		p3,south,50,f,true,1,30.5,10002,yes
	CSV
	cat > b.csv <<-'CSV'
		sick;zip;bmi;stage;smokes;sex;age;ward;id
		no;00501;25.5;3;false;;70;south;p4
	CSV
}

infer() {
	fl-schema infer a.csv b.csv --label sick --id id --group ward -c stage -c zip "$@"
}

@test "infer: types, roles, encodings and numbers over several files" {
	patients
	golden schema/patients.json infer
}

@test "infer: its schema fits its files, and says how many rows" {
	patients
	infer -o s.json
	run --separate-stderr fl-schema check --schema s.json a.csv b.csv
	[ "$status" = 0 ]
	[ "$output" = "" ]
	[ "$stderr" = "fl-schema: 4 rows fit" ]
}

@test "infer: what a pandas user would compute" {
	need_python pandas
	csv=$(shared data/penguins_islands/data.csv)
	fl-schema infer "$csv" --label species > s.json
	/usr/bin/python3 - "$csv" <<-'PY'
		import json, sys
		import pandas as pd
		d, s = pd.read_csv(sys.argv[1]), json.load(open("s.json"))
		assert [f["name"] for f in s["fields"]] == list(d.columns)
		for f in s["fields"]:
		    c, fl = d[f["name"]], f["fl"]
		    if "mean" in fl:
		        assert abs(fl["mean"] - c.mean()) <= 1e-12 * abs(c.mean())
		        assert abs(fl["std"] - c.std()) <= 1e-9 * c.std()
		    if "levels" in fl:
		        assert fl["levels"] == sorted(c.dropna().unique())
		    assert ("missing" in fl) == bool(c.isna().any())
	PY
}

@test "infer: a label of many or broken numbers is a number, of few whole ones a class" {
	{ echo y,z,w; for i in $(seq 25); do echo "$i,0.$((i % 3)),$((i % 3)).0"; done; } > a.csv
	fl-schema infer a.csv --label y | grep -q '"name": "y", "type": "integer", "fl": {"role": "label", "encoding": "none"}\|"name": "y", "type": "number", "fl": {"role": "label", "encoding": "none"}'
	fl-schema infer a.csv --label z | grep -q '"type": "number", "fl": {"role": "label", "encoding": "none"}'
	fl-schema infer a.csv --label w | grep -q '"fl": {"role": "label", "encoding": "ordinal", "levels": \["0", "1", "2"\]}'
	fl-schema infer a.csv --label y -c y | grep -q '"levels": \["1", "2", "3"'
}

@test "infer: survival" {
	printf 'days,died,age\n3.5,1,40\n7,0,50\n' > a.csv
	fl-schema infer a.csv --time days --event died > s.json
	grep -q '"role": "time", "encoding": "none"' s.json
	grep -q '"role": "event", "encoding": "none"' s.json
	fl-schema check -s s.json a.csv
	printf 'days,died,age\n-1,1,40\n' > a.csv
	fails 65 'column "days": a time must be at least 0' fl-schema infer a.csv --time days --event died
	fails 65 'time and event go together' fl-schema infer a.csv --time age
}

@test "infer: missing values by name" {
	printf 'a,b,y\n1,x,0\n?,NA,1\n3,y,1\n' > a.csv
	run --separate-stderr fl-schema infer a.csv --label y
	[ "$status" = 0 ]
	[ "$stderr" = 'fl-schema: column "a": "?" (line 3) is not a number, so levels it is; or --missing '"'?'?" ]
	fl-schema infer a.csv --label y --missing '?' --missing NA > s.json
	grep -q '"name": "a", "type": "integer".*"mean": 2.*"missing": "indicator"' s.json
	grep -q '"levels": \["x", "y"\], "unknown": "error", "missing": "level"' s.json
	grep -q '"missingValues": \["", "?", "NA"\]' s.json
}

@test "infer: too many levels are ignored, with a word on standard error" {
	{ echo a,y; for i in $(seq 30); do echo "t$i,$((i % 2))"; done; } > a.csv
	run --separate-stderr fl-schema infer a.csv --label y --max-levels 20
	[ "$status" = 0 ]
	[ "$stderr" = 'fl-schema: column "a": more than 20 levels, such as "t1"; ignored' ]
	[[ "$output" = *'"name": "a", "type": "string", "fl": {"role": "ignore"}'* ]]
	fails 65 'column "a": too many levels for a label' fl-schema infer a.csv --label a --max-levels 20
}

@test "infer: --drop-first and --unknown reach the fields with levels, and only features" {
	patients
	infer --drop-first --unknown bucket > s.json
	[ "$(grep -o '"drop_first": true, "unknown": "bucket"' s.json | wc -l)" = 3 ]
}

@test "infer: wrong words and bad files" {
	patients
	fails 64 'CSV file is missing' fl-schema infer --label y
	fails 65 'a.csv: column "y" is missing' fl-schema infer a.csv --label y
	fails 66 'no.csv: No such file' fl-schema infer no.csv --label y
	fails 66 'is a directory' fl-schema infer . --label y
	fails 64 "no 'maybe'; try error, bucket" fl-schema infer a.csv --unknown maybe
	printf 'a,y\n1,2\n3\n' > r.csv
	fails 65 'r.csv:3: has 1 value, want 2' fl-schema infer r.csv --label y
	printf 'a,y\n\351,2\n' > l.csv
	fails 65 'column "a": its name or a level is not UTF-8' fl-schema infer l.csv --label y
	: > e.csv
	fails 65 'e.csv: is empty' fl-schema infer e.csv --label y
	head -c 1000 "$(command -v fl-schema)" > bin.csv
	fails 65 'bin.csv:1: holds the byte' fl-schema infer bin.csv --label y
	/usr/bin/env printf 'a%.0s,' $(seq 70000) > w.csv
	fails 65 'w.csv:1: more than 65536 columns' fl-schema infer w.csv --label y
}

@test "infer: a failed run leaves the old file alone" {
	patients
	echo old > s.json
	fails 65 'column "nope" is missing' fl-schema infer a.csv --label nope -o s.json
	[ "$(cat s.json)" = old ]
	[ "$(ls)" = "$(printf 'a.csv\nb.csv\ns.json')" ]
}

@test "check: everything that does not fit, file, line and column" {
	patients
	infer -o s.json
	cat > c.csv <<-'CSV'
		id,ward,age,sex,smokes,stage,bmi,sick
		p5,north,fourty,f,true,1,20.5,no
		p6,north,40,x,maybe,9,20.5,
		p7,north
	CSV
	run --separate-stderr fl-schema check --schema s.json c.csv
	[ "$status" = 1 ]
	[ "$stderr" = "fl-schema: 7 misfits in 3 rows" ]
	diff - <(echo "$output") <<-'OUT'
		c.csv: column "zip" is missing
		c.csv:2: column "age": "fourty" is not a number
		c.csv:3: column "sex": "x" is not a level of this column; the schema lists those it has
		c.csv:3: column "smokes": "maybe" is not a boolean: true, false, 1 or 0
		c.csv:3: column "stage": "9" is not a level of this column; the schema lists those it has
		c.csv:3: column "sick": value is missing; a row without its label cannot be used
		c.csv:4: has 2 values, want 8
	OUT
}

@test "check: 20 lines unless --all" {
	printf '{"fields":[{"name":"a","type":"number","fl":{"role":"feature"}}]}' > s.json
	{ echo a; yes x | head -n 30; } > a.csv
	run --separate-stderr fl-schema check -s s.json a.csv
	[ "$status" = 1 ]
	[ "${#lines[@]}" = 20 ]
	[ "$stderr" = "fl-schema: 30 misfits in 30 rows; see them with --all" ]
	run --separate-stderr fl-schema check -s s.json --all a.csv
	[ "${#lines[@]}" = 30 ]
}

@test "check: goes on with the next file, and reads standard input" {
	printf '{"fields":[{"name":"a","type":"number","fl":{"role":"feature"}}]}' > s.json
	printf 'a\n"1\n' > open.csv
	printf 'a\nx\n' > x.csv
	run --separate-stderr bash -c "fl-schema check -s s.json open.csv - < x.csv"
	[ "$status" = 1 ]
	[ "${lines[0]}" = "open.csv:2: quote is not closed" ]
	[ "${lines[1]}" = 'standard input:2: column "a": "x" is not a number' ]
}

@test "check: wrong words and bad schemas" {
	patients
	fails 64 '--schema is missing' fl-schema check a.csv
	echo '{"fields":[{"name":"a","fl":{"role":"feat"}}]}' > s.json
	fails 65 's.json: field "a": "role": no '"'feat'" fl-schema check -s s.json a.csv
	fails 64 'CSV file is missing' fl-schema check -s s.json
	fails 66 'no.json' fl-schema check -s no.json a.csv
}

@test "show: JSON on a pipe, the canonical bytes have the digest, a table on a terminal" {
	need script
	patients
	infer -o s.json
	fl-schema show s.json | cmp - s.json
	fl-schema show < s.json | cmp - s.json
	fl-schema show --canonical s.json > c
	[ "$(tail -c 1 c)" = "}" ]
	fl-schema show --canonical c | cmp - c
	script -qec "fl-schema show s.json" /dev/null < /dev/null | tr -d '\r' > table
	grep -q '^age  *integer  *feature  *standard  *1  mean 55, std 12.9' table
	grep -q '^sick  *string  *label  *ordinal  *0  no, yes$' table
	tail -n 1 table | grep -q "b2-256:$(b2sum -l 256 c | cut -d' ' -f1)"
}

@test "show: one schema, and only a schema" {
	patients
	infer -o s.json
	fails 64 "unexpected 's.json'" fl-schema show s.json s.json
	fails 65 'a.csv: line 1' fl-schema show a.csv
	fails 66 'no.json' fl-schema show no.json
}
