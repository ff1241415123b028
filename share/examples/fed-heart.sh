#!/bin/sh
# fed-heart.sh DIR - four hospitals foresee heart disease: the protocol of FLamby's Fed-Heart-Disease (Ogier du Terrail et al.
# 2022, NeurIPS Datasets and Benchmarks), for each way to train and each initialisation one line of JSON on standard output.
#
# DIR holds raw14/processed.{cleveland,hungarian,switzerland,va}.data of the UCI Heart Disease data and flamby_split.csv with
# the benchmark's split (columns center_id, row_in_complete, set). Logistic regression on 13 inputs, standardised by every
# hospital's own training rows; the pooled test rows by the pooled training rows, as the benchmark has it. FedAvg: 15 rounds of
# 100 updates, batches of 4, learning rate .001; a round starts a new pass over a hospital's rows, where the benchmark goes on
# with the last one. Pooled and local: 50 epochs of Adam at .001.
#
# FL_SEEDS lists the initialisations; FL_BIN is where the commands are, if not on PATH; FL_WORK keeps the files there.
set -eu
dir=${1:?usage: fed-heart.sh DIR}
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
seeds=${FL_SEEDS:-42 43 44 45 46 47 48 49 50 51}
export LC_ALL=C
work=${FL_WORK:-$(mktemp -d)}
[ -n "${FL_WORK:-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work"

# One hospital's file, $1, as CSV for its number $2: complete rows without slope, ca and thal; the categories cp and restecg as
# indicators without their first level; disease is any narrowing at all.
prepare() {
	awk -F, -v OFS=, -v hospital="$2" -v work="$work" '
		FNR == 1 { file++ }
		file == 1 { if ($2 == hospital) set[$4] = $5; next }
		FNR == 1 {
			header = "age,sex,trestbps,chol,fbs,thalach,exang,oldpeak,cp2,cp3,cp4,restecg1,restecg2,disease"
			for (s = 0; s < 2; s++)
				print header > (work "/" hospital (s ? ".test" : ".train") ".csv")
		}
		{ sub(/\r$/, "") }
		$1 $2 $3 $4 $5 $6 $7 $8 $9 $10 !~ /\?/ {
			print $1, $2, $4, $5, $6, $8, $9, $10, $3 == 2, $3 == 3, $3 == 4, $7 == 1, $7 == 2, ($14 > 0) \
				> (work "/" hospital "." set[n++] ".csv")
		}' "$dir/flamby_split.csv" "$dir/raw14/processed.$1.data"
}

# The same columns, every one of them to be standardised, by numbers that come later.
columns() {
	awk 'BEGIN {
		n = split("age sex trestbps chol fbs thalach exang oldpeak cp2 cp3 cp4 restecg1 restecg2", name, " ")
		print "{\"fields\":["
		for (i = 1; i <= n; i++)
			printf "{\"name\":\"%s\",\"type\":\"number\",\"fl\":{\"role\":\"feature\",\"encoding\":\"standard\"}},\n", name[i]
		print "{\"name\":\"disease\",\"type\":\"integer\",\"fl\":{\"role\":\"label\",\"levels\":[\"0\",\"1\"]}}]}"
	}'
}

# A schema for a site with training rows $1.
standardise() { cp columns.json "$2" && fl-stats --data "$1" --schema columns.json | fl-stats --to-schema "$2"; }

# The accuracy of model $1 on rows $2 as schema $3 standardises them; and the line for strategy $1, seed $2, model $3.
accuracy() { fl-eval --data "$2" --schema "$3" < "$1" | sed 's/.*"accuracy": *\([0-9.e-]*\).*/\1/'; }
report() {
	own=
	for h in 0 1 2 3; do
		own=$own${own:+,}$(accuracy "$3" $h.test.csv $h.json)
	done
	printf '{"strategy":"%s","seed":%d,"pooled_accuracy":%s,"clients":[%s]}\n' "$1" "$2" \
		"$(accuracy "$3" "$tests" pooled.json)" "$own"
}

hospital=0
for name in cleveland hungarian switzerland va; do
	prepare $name $hospital
	hospital=$((hospital + 1))
done
cd "$work"
trains=0.train.csv,1.train.csv,2.train.csv,3.train.csv
tests=0.test.csv,1.test.csv,2.test.csv,3.test.csv
columns > columns.json
standardise $trains pooled.json
for h in 0 1 2 3; do
	standardise $h.train.csv $h.json
done

for seed in $seeds; do
	fl-init --schema pooled.json --model logistic --init torch --seed "$seed" > start.st

	cp start.st model.st
	for round in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
		for h in 0 1 2 3; do
			fl-train --data $h.train.csv --schema $h.json --steps 100 --batch 4 --lr 0.001 \
				--seed $((seed * 1000 + round * 10 + h)) < model.st > $h.st
		done
		fl-aggregate 0.st 1.st 2.st 3.st < model.st > next.st
		mv next.st model.st
	done
	report fedavg "$seed" model.st

	alone="fl-train --epochs 50 --batch 4 --optimizer adam --lr 0.001 --seed $seed --emit model"
	$alone --data $trains --schema pooled.json < start.st > pooled.st
	report pooled "$seed" pooled.st
	for h in 0 1 2 3; do
		$alone --data $h.train.csv --schema $h.json < start.st > alone.st
		report local$h "$seed" alone.st
	done
done
