#!/bin/sh
# fed-brca.sh DIR - six regions foresee how long women with breast cancer live: the protocol of FLamby's Fed-TCGA-BRCA (Ogier du
# Terrail et al. 2022, NeurIPS Datasets and Benchmarks), for each way to train and each initialisation one line of JSON on
# standard output.
#
# DIR holds data.csv (silo, 39 columns, time T, event E) and flamby_split.csv with the benchmark's split (columns set, silo; a
# row for each row of data.csv). A linear Cox model, ties as Breslow has them, Harrell's C-index. A round starts a new pass over
# a region's rows, where the benchmark goes on with the last one.
#
#   fedavg      5 rounds of 100 updates, batches of 8, learning rate .1; columns standardised by the mean and deviation over all
#               regions, which follow from sums that each region makes of its own training rows
#   fedavg-raw  the same on columns as they are, age in years among indicators: what the benchmark publishes
#   pooled      all training rows in one place, as they are: 30 epochs of Adam at .1, batches of 8
#
# FL_SEEDS lists the initialisations; FL_BIN is where the commands are, if not on PATH; FL_WORK keeps the files there.
set -eu
dir=${1:?usage: fed-brca.sh DIR}
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
seeds=${FL_SEEDS:-42 43 44 45 46 47 48 49 50 51}
regions="northeast south west midwest europe canada"
export LC_ALL=C
work=${FL_WORK:-$(mktemp -d)}
[ -n "${FL_WORK:-}" ] || trap 'rm -rf "$work"' EXIT
trap 'exit 1' HUP INT TERM
mkdir -p "$work"

# REGION.train.csv and REGION.test.csv, without the column silo.
prepare() {
	awk -F, -v work="$work" -v regions="$regions" '
		NR == FNR { where[FNR] = $3 "." $2; next }
		{ sub(/^[^,]*,/, "") }
		FNR == 1 {
			n = split(regions, region, " ")
			for (i = 1; i <= 2 * n; i++)
				print > (work "/" region[int((i + 1) / 2)] (i % 2 ? ".train" : ".test") ".csv")
		}
		FNR > 1 { print > (work "/" where[FNR] ".csv") }' "$dir/flamby_split.csv" "$dir/data.csv"
}

# All regions' files of one kind, with commas between.
all() { printf "%s.$1.csv\n" $regions | paste -s -d , -; }

# One line for strategy $1, seed $2, model $3.
cindex() { fl-eval --data "$2" < "$1" | sed 's/.*"c_index": *\([0-9.e-]*\).*/\1/'; }
report() {
	own=
	for r in $regions; do
		own=$own${own:+,}$(cindex "$3" "$r.test.csv")
	done
	printf '{"strategy":"%s","seed":%d,"pooled_cindex":%s,"clients":[%s]}\n' "$1" "$2" "$(cindex "$3" "$(all test)")" "$own"
}

# Strategy $1, schema $2, seed $3.
federate() {
	fl-init --schema "$2" --model cox,ties=breslow --init torch --seed "$3" > model.st
	for round in 1 2 3 4 5; do
		client=0
		for r in $regions; do
			client=$((client + 1))
			fl-train --data "$r.train.csv" --steps 100 --batch 8 --lr 0.1 \
				--seed $(($3 * 1000 + round * 10 + client)) < model.st > "$r.st"
		done
		fl-aggregate $(printf '%s.st ' $regions) < model.st > next.st
		mv next.st model.st
	done
	report "$1" "$3" model.st
}

prepare
cd "$work"

# One region says what the columns are; the sums of all say by what to standardise them, indicators too.
encode() { sed 's/\("role": *"feature", *"encoding": *\)"[a-z]*"/\1"'"$1"'"/g'; }
fl-schema infer --time T --event E northeast.train.csv > first.json
encode none < first.json > raw.json
encode standard < first.json > common.json
for r in $regions; do
	fl-stats --data "$r.train.csv" --schema common.json > "$r.stats"
done
fl-aggregate $(printf '%s.stats ' $regions) | fl-stats --to-schema common.json

for seed in $seeds; do
	federate fedavg common.json "$seed"
	federate fedavg-raw raw.json "$seed"
	fl-init --schema raw.json --model cox,ties=breslow --init torch --seed "$seed" |
		fl-train --data "$(all train)" --epochs 30 --batch 8 --optimizer adam --lr 0.1 --seed "$seed" --emit model > pooled.st
	report pooled "$seed" pooled.st
done
