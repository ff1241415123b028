#!/usr/bin/env bats
# fl-eval: metrics against scikit-learn and R on the predictions of fl-predict; groups, intervals, reasons. The models have
# known weights.
load helper

setup() {
	fresh
	need python3 jq
	rows 300
}

# rows N : d.csv of features x and z, labels of every kind that follow them with noise, a weight w and a ward.
rows() {
	python3 - "$1" > d.csv <<- 'END'
		import math, random, sys
		r = random.Random(7)
		print("x,z,two,three,value,count,t,e,w,ward")
		for i in range(int(sys.argv[1])):
		    x, z, u = r.choice([-2, -1, -.5, 0, .5, 1, 2]), r.choice([-1, 0, 1, 3]), r.gauss(0, 1)
		    two = "k%d" % (x - z / 2 + 2 * u > 0)
		    three = "k%d" % max(range(3), key=lambda j: [x, z, 0.5][j] + r.gauss(0, 1))
		    count = max(0, round(math.exp(.3 * x) + u))
		    print(x, z, two, three, round(x + u, 3), count, r.randint(1, 60), r.randint(0, 1), r.choice([0, .5, 1, 2]),
		          r.choice("abc"), sep=",")
	END
}

# model FAMILY HEAD LABELS NUMBER... : model.st whose schema has x, z, the fields LABELS and the weight w.
model() {
	printf '{"fields":[{"name":"x","type":"number","fl":{"role":"feature"}},{"name":"z","type":"number",
		"fl":{"role":"feature"}},%s,{"name":"w","type":"number","fl":{"role":"weight"}}]}' "$3" > schema.json
	INPUTS=2 python3 "$TOP/tests/cmd/mkmodel.py" "$1" "$2" schema.json "${@:4}" > model.st
}
TWO='{"name":"two","type":"string","fl":{"role":"label","levels":["k0","k1"]}}'
THREE='{"name":"three","type":"string","fl":{"role":"label","levels":["k0","k1","k2"]}}'
VALUE='{"name":"value","type":"number","fl":{"role":"label"}}'
COUNT='{"name":"count","type":"integer","fl":{"role":"label"}}'
TIME='{"name":"t","type":"number","fl":{"role":"time"}},{"name":"e","type":"number","fl":{"role":"event"}}'
two() { model logistic bernoulli "$TWO" 1 -0.5 0.25; }
three() { model softmax categorical "$THREE" 1 0 0 0.9 0 0 0 0 0.5; } # no two rows tie but for rounding

# get PATH : that part of the JSON on standard input, as Python indexes.
get() { python3 -c "import json, sys; print(json.dumps(json.load(sys.stdin)$1))"; }

# reference TASK LABEL : fl-eval and fl-predict agree with scikit-learn.
reference() {
	need_python sklearn
	fl-predict --data d.csv < model.st > p.csv
	fl-eval --data d.csv < model.st > eval.json
	sed "1s/\b$2\b/y/" d.csv > y.csv
	/usr/bin/python3 -W ignore "$TOP/tests/cmd/metrics-reference.py" "$1" y.csv p.csv eval.json
}

@test "two classes, weighted, agree with scikit-learn" { two; reference binary two; }
@test "three classes, weighted, agree with scikit-learn" { three; reference multiclass three; }
@test "values, weighted, agree with scikit-learn" { model linear gaussian "$VALUE" 1 0.1 0; reference regression value; }
@test "counts, weighted, agree with scikit-learn" { model poisson poisson "$COUNT" 0.3 0.05 0; reference count count; }

@test "the C-index agrees with R's survival, ties and weights included" {
	need Rscript
	Rscript -e 'library(survival)' > /dev/null 2>&1 || skip "R without survival"
	model cox cox "$TIME" 1 -1 0
	fl-predict --data d.csv < model.st > p.csv
	fl-eval --data d.csv < model.st | get '["c_index"]' > got
	Rscript -e 'library(survival); d <- read.csv("d.csv"); d$r <- read.csv("p.csv")$risk; d <- d[d$w > 0, ]
		want <- concordance(Surv(t, e) ~ r, d, weights = w, reverse = TRUE)$concordance
		stopifnot(abs(scan("got", quiet = TRUE) - want) < 1e-9)'
}

@test "every task keeps to share/schemas/eval.json" {
	valid() { fl-eval --data d.csv --by ward --min-group 90 --bootstrap 20 --seed 1 < model.st |
		python3 "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/eval.json"; }
	two; valid
	three; valid
	model linear gaussian "$VALUE" 1 0 0; valid
	model poisson poisson "$COUNT" 0.1 0 0; valid
	model cox cox "$TIME" 1 -1 0; valid
	rows 1
	valid
}

@test "one line, keys in their order" {
	two
	fl-eval --data d.csv --by ward --bootstrap 10 --seed 1 < model.st > out
	[ "$(wc -l < out)" = 1 ]
	[ "$(jq -r 'keys_unsorted | join(" ")' out)" = "n weight accuracy balanced_accuracy auc average_precision log_loss brier \
precision recall f1 ece confusion calibration ci by groups task positive threshold bootstrap level seed model" ]
	[ "$(jq -r '.groups | keys_unsorted | join(" ")' out)" = "a b c" ]
	[ "$(jq -r .model out)" = "b2-256:$(b2sum -l 256 model.st | cut -d ' ' -f 1)" ]
	[ "$(jq -r .positive out)" = k1 ]
}

@test "a group is what fl-eval says of its rows alone" {
	two
	fl-eval --data d.csv --by ward < model.st > all
	for g in a b c; do
		(head -n 1 d.csv; grep ",$g\$" d.csv) > one.csv
		fl-eval --data one.csv < model.st | jq -c 'del(.task, .positive, .threshold, .model)' > alone
		jq -c ".groups.$g" all | diff - alone
	done
}

@test "of a small group only its size is shown" {
	two
	n=$(grep -c ',b$' d.csv)
	fl-eval --data d.csv --by ward --min-group $((n + 1)) < model.st | jq -c .groups.b > out
	[ "$(cat out)" = "{\"n\":$n,\"small\":true}" ]
	[ "$(fl-eval --data d.csv --by ward --min-group "$n" < model.st | jq '.groups.b | has("auc")')" = true ]
}

@test "--by takes a column that the schema lacks, and says which is missing" {
	two
	[ "$(fl-eval --data d.csv --by x < model.st | jq -c '.groups | map(.n) | add')" = 300 ]
	fails 65 'column "region"' fl-eval --data d.csv --by region < model.st
}

@test "the seed gives the same intervals; without one, the one that is printed does" {
	two
	fl-eval --data d.csv --by ward --bootstrap 50 --seed 9 < model.st > a
	fl-eval --data d.csv --by ward --bootstrap 50 --seed 9 < model.st | cmp - a
	fl-eval --data d.csv --by ward --bootstrap 50 < model.st > b
	! cmp -s a b
	fl-eval --data d.csv --by ward --bootstrap 50 --seed "$(jq .seed b)" < model.st | cmp - b
}

@test "an interval holds its metric, and grows with the level" {
	two
	fl-eval --data d.csv --bootstrap 200 --seed 1 --level 0.99 < model.st > wide
	fl-eval --data d.csv --bootstrap 200 --seed 1 --level 0.5 < model.st > narrow
	jq -e '. as $o | .ci | length == 10 and all(to_entries[] | select(.key != "ece"); .value[0] < $o[.key] and $o[.key] < .value[1])' wide
	jq -es '[.[].ci.auc | .[1] - .[0]] | .[0] > 2 * .[1]' wide narrow
}

@test "without --bootstrap there is no chance, and no seed" {
	two
	fl-eval --data d.csv < model.st > a
	fl-eval --data d.csv < model.st | cmp - a
	jq -e '(has("seed") or has("ci") or has("bootstrap")) | not' a
}

@test "what cannot be had is null, and says why" {
	two
	(head -n 1 d.csv; grep -E '^[^,]*,[^,]*,k1,.*,[12],.$' d.csv) > ones.csv
	fl-eval --data ones.csv --bootstrap 20 --seed 1 < model.st > out
	jq -e '.auc == null and .undefined.auc == "only one class in the data" and .ci.auc == null and .recall > 0 and
		(.undefined | has("recall") | not)' out
	model cox cox "$TIME" 1 -1 0
	sed '2,$s/,[01],\([0-9.]*,.\)$/,0,\1/' d.csv > censored.csv
	[ "$(fl-eval --data censored.csv < model.st | get '["undefined"]["c_index"]')" = '"no two rows can be compared"' ]
}

@test "--threshold moves the confusion and leaves the ranking" {
	two
	fl-eval --data d.csv --threshold 0 < model.st > low
	jq -e '.confusion.tn == 0 and .confusion.fn == 0 and .recall == 1 and .threshold == 0' low
	[ "$(fl-eval --data d.csv < model.st | jq .auc)" = "$(jq .auc low)" ]
}

@test "two classes by softmax are two classes" {
	two
	fl-eval --data d.csv < model.st | jq 'del(.model)' > a
	model softmax categorical "$TWO" 0 0 1 -0.5 0 0.25
	fl-eval --data d.csv < model.st | jq 'del(.model)' | diff - a
}

@test "probabilities close to 1 are not rounded to it" {
	model logistic bernoulli "$TWO" 0 0 25
	printf 'x,z,two,w\n0,0,k0,1\n' > d.csv
	fl-eval --data d.csv < model.st | jq -e '.log_loss > 24.99 and .log_loss < 25.01'
}

@test "-o writes a file, and only whole" {
	two
	fl-eval --data d.csv -o out.json < model.st > nothing
	[ ! -s nothing ]
	fl-eval --data d.csv < model.st | cmp - out.json
	printf 'x,z,two,w\none,0,k0,1\n' > bad.csv
	fails 65 'bad.csv:2: column "x": "one"' fl-eval --data bad.csv -o new.json < model.st
	[ ! -e new.json ]
	run -74 fl-eval --data d.csv -o /dev/full < model.st
}

@test "a label must be there, complete, and known" {
	two
	printf 'x,z,w\n1,0,1\n' > bad.csv
	fails 65 'column "two"' fl-eval --data bad.csv < model.st
	printf 'x,z,two,w\n1,0,,1\n' > bad.csv
	fails 65 'bad.csv:2: column "two"' fl-eval --data bad.csv < model.st
	printf 'x,z,two,w\n1,0,k7,1\n' > bad.csv
	fails 65 'bad.csv:2: column "two": "k7"' fl-eval --data bad.csv < model.st
}

@test "wrong words are wrong usage" {
	two
	fails 64 "--data is missing" fl-eval < model.st
	fails 64 "standard input is the model" fl-eval --data - < model.st
	fails 64 "--level" fl-eval --data d.csv --level 1 < model.st
	fails 64 "--threshold" fl-eval --data d.csv --threshold 1.5 < model.st
	fails 64 "unexpected" fl-eval --data d.csv model.st < model.st
	head -n 1 d.csv > empty.csv
	fails 65 "no rows" fl-eval --data empty.csv < model.st
	fails 66 "none.csv" fl-eval --data none.csv < model.st
	fails 65 "standard input" fl-eval --data d.csv < d.csv
}
