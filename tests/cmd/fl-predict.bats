#!/usr/bin/env bats
# fl-predict: a row for each row, whatever the model. Models have known weights, so that predictions are known too.
load helper

setup() {
	fresh
	need python3
	cat > schema.json <<- 'END'
		{"fields":[{"name":"id, of patient","type":"string","fl":{"role":"id"}},
		 {"name":"x","type":"number","fl":{"role":"feature"}},{"name":"z","type":"number","fl":{"role":"feature"}},
		 {"name":"sick","type":"string","fl":{"role":"label","levels":["no","yes, \"badly\""]}}]}
	END
	printf '"id, of patient",z,x\na,0,1\n"b ""1""",1,0\n" c",0,-1\n"d\n2",2,2\n' > d.csv
}

# model FAMILY HEAD NUMBER... : model.st over schema.json, two inputs.
model() { INPUTS=2 python3 "$TOP/tests/cmd/mkmodel.py" "$1" "$2" schema.json "${@:3}" > model.st; }

# label JSON : schema.json of x, z and this label, without an id.
label() {
	printf '{"fields":[{"name":"x","type":"number","fl":{"role":"feature"}},{"name":"z","type":"number",
		"fl":{"role":"feature"}},%s]}' "$1" > schema.json
	printf 'x,z\n1,0\n0,1\n-1,0\n2,2\n' > d.csv
}

@test "two classes: id, probability and class, quoted where needed, without a label in the data" {
	model logistic bernoulli 1 -1 0.5
	fl-predict --data d.csv < model.st > out
	cat > want <<- 'END'
		"id, of patient",probability,class
		a,0.817574476,"yes, ""badly"""
		"b ""1""",0.377540669,no
		" c",0.377540669,no
		"d
		2",0.622459331,"yes, ""badly"""
	END
	diff want out
}

@test "--threshold moves the class, not the probability" {
	model logistic bernoulli 1 -1 0.5
	fl-predict --data d.csv --threshold 0.7 < model.st > out
	[ "$(grep -c 'badly' out)" = 1 ]
	grep -q '^a,0.817574476,"yes' out
	grep -q '^2",0.622459331,no$' out
}

@test "two classes by softmax look like two classes" {
	model softmax categorical 0 0 1 -1 0 0.5
	fl-predict --data d.csv < model.st > out
	model logistic bernoulli 1 -1 0.5
	fl-predict --data d.csv < model.st | diff - out
}

@test "more classes: a column for each level, and the likeliest" {
	label '{"name":"kind","type":"string","fl":{"role":"label","levels":["a","b,c","d"]}}'
	model softmax categorical 1 0 0 1 0 0 0 0 0.5
	fl-predict --data d.csv < model.st > out
	[ "$(head -n 1 out)" = 'p_a,"p_b,c",p_d,class' ]
	python3 - <<- 'END'
		import csv, math
		rows = list(csv.reader(open("out")))[1:]
		for (x, z), row in zip([(1, 0), (0, 1), (-1, 0), (2, 2)], rows):
		    e = [math.exp(x), math.exp(z), math.exp(.5)]
		    p = [v / sum(e) for v in e]
		    assert all(abs(float(a) - b) < 1e-7 for a, b in zip(row, p)), (row, p)
		    assert row[3] == ["a", "b,c", "d"][p.index(max(p))], row
		assert len(rows) == 4
	END
}

@test "a value, a rate and a risk have their own names" {
	label '{"name":"y","type":"number","fl":{"role":"label"}}'
	model linear gaussian 2 -1 0.25
	[ "$(fl-predict --data d.csv < model.st | paste -sd ' ')" = "prediction 2.25 -0.75 -1.75 2.25" ]
	model poisson poisson 0 0 0
	[ "$(fl-predict --data d.csv < model.st | paste -sd ' ')" = "rate 1 1 1 1" ]
	label '{"name":"t","type":"number","fl":{"role":"time"}},{"name":"e","type":"number","fl":{"role":"event"}}'
	model cox cox 2 -1 0
	[ "$(fl-predict --data d.csv < model.st | paste -sd ' ')" = "risk 2 -1 -2 2" ]
}

@test "an offset is added" {
	label '{"name":"y","type":"number","fl":{"role":"label"}},{"name":"o","type":"number","fl":{"role":"offset"}}'
	printf 'x,z,o\n1,0,10\n0,1,-10\n' > d.csv
	model linear gaussian 2 -1 0.25
	[ "$(fl-predict --data d.csv < model.st | paste -sd ' ')" = "prediction 12.25 -10.75" ]
}

@test "--schema and --scale change the scale" {
	label '{"name":"y","type":"number","fl":{"role":"label"}}'
	sed 's/"role":"feature"/"role":"feature","encoding":"standard","mean":1.0,"std":2.0/g' schema.json > plain.json
	sed 's/"mean":1.0,"std":2.0/"mean":0.0,"std":0.5/g' plain.json > other.json
	mv plain.json schema.json
	model linear gaussian 1 0 0
	[ "$(fl-predict --data d.csv < model.st | paste -sd ' ')" = "prediction 0 -0.5 -1 0.5" ]
	[ "$(fl-predict --data d.csv --schema other.json < model.st | paste -sd ' ')" = "prediction 2 0 -2 4" ]
	[ "$(fl-predict --data d.csv --scale none < model.st | paste -sd ' ')" = "prediction 1 0 -1 2" ]
	fl-predict --data d.csv --scale local < model.st | awk 'NR > 1 { s += $1; q += $1 * $1 }
		END { exit !(NR == 5 && s * s < 1e-12 && q / 3 > 0.99999 && q / 3 < 1.00001) }'
	sed 's/"x"/"w"/' schema.json > else.json
	fails 65 "else.json" fl-predict --data d.csv --schema else.json < model.st
}

@test "several files are one table; -o writes what standard output gets" {
	model logistic bernoulli 1 -1 0.5
	fl-predict --data d.csv,d.csv < model.st > twice
	(fl-predict --data d.csv < model.st && fl-predict --data d.csv < model.st | tail -n +2) | diff - twice
	fl-predict --data d.csv,d.csv -o file < model.st > out
	[ ! -s out ]
	cmp file twice
}

@test "many rows come out in order" {
	label '{"name":"y","type":"number","fl":{"role":"label"}}'
	model linear gaussian 1 0 0
	(echo x,z && seq 5000 | sed 's/$/,0/') > d.csv
	fl-predict --data d.csv < model.st > out
	(echo prediction && seq 5000) | cmp - out
}

@test "wrong words are wrong usage" {
	model logistic bernoulli 1 -1 0.5
	fails 64 "--data is missing" fl-predict < model.st
	fails 64 "--data: standard input is the model" fl-predict --data d.csv,- < model.st
	fails 64 "--schema: standard input is the model" fl-predict --data d.csv --schema - < model.st
	fails 64 "unexpected 'd.csv'" fl-predict d.csv < model.st
}

@test "bad input is refused in one line" {
	model logistic bernoulli 1 -1 0.5
	fails 66 "none.csv" fl-predict --data none.csv < model.st
	fails 65 "standard input" fl-predict --data d.csv < d.csv
	printf '"id, of patient",x,z\na,1,zwei\n' > bad.csv
	fails 65 'bad.csv:2: column "z": "zwei"' fl-predict --data bad.csv < model.st
	fails 73 "no/where" fl-predict --data d.csv -o no/where < model.st
	[ ! -e no ]
}

@test "a head that does not fit the label is refused" {
	model linear gaussian 1 -1 0.5
	fails 65 "needs a numeric label" fl-predict --data d.csv < model.st
	model softmax categorical 1 -1 0.5 1 1 1 0 0 0
	fails 65 "3 outputs for 2 classes" fl-predict --data d.csv < model.st
}

@test "a prediction that is not finite is refused, and no file is left" {
	label '{"name":"y","type":"number","fl":{"role":"label"}}'
	model linear gaussian 3e38 0 0
	fails 65 "row 4: the prediction is not finite" fl-predict --data d.csv < model.st
	fails 65 "row 4: the prediction is not finite" fl-predict --data d.csv -o out.csv < model.st
	[ "$(ls -A | grep -c out.csv)" = 0 ]
}

@test "a full disk is noticed" {
	model logistic bernoulli 1 -1 0.5
	run -74 fl-predict --data d.csv -o /dev/full < model.st
	run -74 bash -c 'fl-predict --data d.csv < model.st > /dev/full'
}
