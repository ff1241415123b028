#!/bin/sh
# demo.sh DIR - forty-seven hospitals learn to foresee readmission: each alone, all together, and on pooled data.
# Every hospital is a process that reads its own file and passes on an update; the store is a folder. All that is made
# is in DIR, this script too, as run.sh. The patients are synthetic: see fl-synth(1). The commands are those in FL_BIN,
# or on PATH; ROUNDS and SEED change what they say.
set -eu
dir=${1:?usage: demo.sh DIR}
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
rounds=${ROUNDS:-12} start=$(date +%s)
train="fl-train --batch 16 --lr 0.2 --l2 0.01"
export PATH train LC_ALL=C

mkdir -p "$dir"
cmp -s "$0" "$dir/run.sh" || cp "$0" "$dir/run.sh"
cd "$dir"
rm -rf data store alone together pooled.st pooled.json metrics.jsonl summary.json
mkdir alone together

# Run the line $1 for every hospital $h, several at once as far as there are cores.
hospitals() { ls data | sed -n 's/silo-\(.*\)\.train\.csv/\1/p' | xargs -P "$(nproc)" -n 6 sh -euc "for h; do $1; done" sh; }
# The files of all hospitals with commas between, and a number out of a line of JSON.
all() { ls data/silo-*."$1".csv | paste -s -d , -; }
number() { sed "s/.*\"$1\": *\([0-9.]*\).*/\1/"; }

echo "47 hospitals, $rounds rounds ..."
fl-synth hospitals --silos 47 --out data --seed "${SEED:-1}"

# Together: the model goes round, the data stay.
mkdir -p store/rounds/000000
fl-init --schema data/schema.json --model logistic > store/rounds/000000/model.st
bytes=0 round=0
while [ "$round" -lt "$rounds" ]; do
	export model="store/rounds/$(printf %06d "$round")/model.st"
	round=$((round + 1))
	export seed=$round here="store/rounds/$(printf %06d "$round")"
	mkdir -p "$here/updates"
	hospitals '$train --epochs 5 --seed $seed --data data/silo-$h.train.csv < $model > $here/updates/h$h.st'
	fl-aggregate "$here"/updates/h*.st < "$model" > "$here/model.st"
	moved=$(cat "$here"/updates/h*.st | wc -c)
	moved=$((moved + 47 * $(wc -c < "$model")))
	bytes=$((bytes + moved))
	test=$(fl-eval --data "$(all test)" < "$here/model.st")
	printf '{"round":%d,"bytes":%d,"test":%s}\n' "$round" "$moved" "$test" >> metrics.jsonl
done
export first=store/rounds/000000/model.st last="$here/model.st"
hospitals 'fl-eval --data data/silo-$h.test.csv < $last > together/h$h.json'

# Alone: as many passes over the hospital's own patients. Pooled: as many over all of them, in one place.
export passes=$((5 * rounds))
hospitals '$train --epochs $passes --seed 1 --emit model --data data/silo-$h.train.csv < $first > alone/h$h.st
	fl-eval --data data/silo-$h.test.csv < alone/h$h.st > alone/h$h.json'
$train --epochs "$passes" --seed 1 --emit model --data "$(all train)" < "$first" > pooled.st
fl-eval --data "$(all test)" < pooled.st > pooled.json

for h in alone/h*.json; do
	echo "$(number accuracy < "$h") $(number accuracy < "together/${h#alone/}")"
done | awk -v pooled="$(number accuracy < pooled.json)" -v rounds="$rounds" -v bytes="$bytes" \
	-v seconds="$(($(date +%s) - start))" '
	NR == 1 { a0 = a1 = $1; t0 = t1 = $2 }
	{ a += $1; a0 = $1 < a0 ? $1 : a0; a1 = $1 > a1 ? $1 : a1 }
	{ t += $2; t0 = $2 < t0 ? $2 : t0; t1 = $2 > t1 ? $2 : t1; gain += $2 > $1 }
	END {
		a /= NR
		t /= NR
		print "\npatients of the hospital itself for whom readmission is foretold rightly, yes or no:\n"
		printf "%-28s%8s%8s%8s\n", "", "mean", "worst", "best"
		printf "%-28s%7.1f%%%7.1f%%%7.1f%%\n", "every hospital alone", 100 * a, 100 * a0, 100 * a1
		printf "%-28s%7.1f%%%7.1f%%%7.1f%%\n", "all together", 100 * t, 100 * t0, 100 * t1
		printf "%-28s%7.1f%%\n\n", "all data in one place", 100 * pooled
		printf "better off together: %d of %d hospitals; patients in the store: none, only models\n", gain, NR
		printf "%d rounds, %.1f MB moved, %d s\n", rounds, bytes / 1e6, seconds
		printf "{\"alone_mean\":%.6f,\"alone_worst\":%.6f,\"alone_best\":%.6f,", a, a0, a1 > "summary.json"
		printf "\"together\":%.6f,\"pooled\":%.6f,\"rounds\":%d,", t, pooled, rounds > "summary.json"
		printf "\"bytes\":%.0f,\"seconds\":%d}\n", bytes, seconds > "summary.json"
	}'
echo "files: $(pwd); what was run: $(pwd)/run.sh"
