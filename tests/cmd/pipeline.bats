#!/usr/bin/env bats
# The job itself, with pipes alone: a file of rows at each site, one model for all.
load helper
set -o pipefail

# accuracy MODEL : over the test rows of all sites.
accuracy() { fl-eval --data "$(ls silo-*.test.csv | paste -sd ,)" < "$1" | py -c 'import json, sys; print(json.load(sys.stdin)["accuracy"])'; }
above() { py -c 'import sys; sys.exit(not float(sys.argv[1]) > float(sys.argv[2]))' "$1" "$2" || { echo "$1 is not above $2"; return 1; }; }

# rounds N SITES : federated training from m.st, in place.
rounds() {
	local r i
	for r in $(seq "$1"); do
		for i in $(seq -w "$2"); do
			fl-train --data "silo-0$i.train.csv" --epochs 2 --lr 0.05 --seed "$r$i" < m.st > "u$i.st"
		done
		fl-aggregate u?.st < m.st > next.st
		mv next.st m.st
	done
}

@test "a schema from sums, a model, rounds: better than nothing, and than one site alone" {
	hospitals 6
	for i in 1 2 3 4 5 6; do fl-stats --data "silo-0$i.train.csv" --ignore patient > "s$i.st"; done
	fl-aggregate s?.st | fl-stats --to-schema ours.json --label readmitted
	fl-init --schema ours.json --model logistic > m.st
	cp m.st start.st
	fl-train --data silo-01.train.csv --epochs 16 --lr 0.05 --seed 1 --emit model < start.st > alone.st
	rounds 8 6
	fl-show m.st | grep -q '"round": 8'
	above "$(accuracy m.st)" "$(accuracy start.st)"
	above "$(accuracy m.st)" "$(accuracy alone.st)"
}

@test "one full pipe, and what it says is the same as by files" {
	updates 2
	fl-aggregate <(fl-train --data silo-01.train.csv --seed 1 < m.st) <(fl-train --data silo-02.train.csv --seed 2 < m.st) < m.st |
		tee next.st | fl-predict --data silo-01.test.csv > predictions.csv
	fl-aggregate u1.st u2.st < m.st | cmp - next.st
	fl-predict --data silo-01.test.csv < next.st | cmp - predictions.csv
	[ "$(wc -l < predictions.csv)" = "$(wc -l < silo-01.test.csv)" ]
}

@test "the same rounds give the same bytes, by any grouping of the sites" {
	hospitals 4
	fl-init --schema schema.json --model mlp:8 --seed 1 > m.st
	cp m.st start.st
	rounds 2 4
	cp m.st want.st
	cp start.st m.st
	for r in 1 2; do
		for i in 1 2 3 4; do fl-train --data "silo-0$i.train.csv" --epochs 2 --lr 0.05 --seed "$r$i" < m.st > "u$i.st"; done
		fl-aggregate <(fl-aggregate --partial u4.st u1.st) <(fl-aggregate --partial <(fl-aggregate --partial u2.st) u3.st) < m.st > next.st
		mv next.st m.st
	done
	cmp m.st want.st
}

@test "one site's rounds are its local training, lbfgs in one call" {
	hospitals 1
	fl-init --schema schema.json --model logistic > m.st
	fl-train --data silo-01.train.csv --optimizer lbfgs --l2 0.1 --seed 1 < m.st > u.st
	fl-train --data silo-01.train.csv --optimizer lbfgs --l2 0.1 --seed 1 --emit model < m.st > local.st
	fl-aggregate u.st < m.st > one.st
	fl-predict --data silo-01.test.csv < one.st > a.csv
	fl-predict --data silo-01.test.csv < local.st > b.csv
	paste -d , a.csv b.csv | py -c 'import csv, sys
rows = list(csv.reader(sys.stdin)); half = len(rows[0]) // 2
near = lambda x, y: x == y or abs(float(x) - float(y)) < 1e-6
assert len(rows) > 1 and all(near(x, y) for r in rows[1:] for x, y in zip(r[:half], r[half:]))'
}
