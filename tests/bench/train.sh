#!/bin/sh
# train.sh - one epoch of logistic regression on a CSV of 100k x 20, from start to exit: work | ours | the other | ratio.
# The others are PyTorch (batches of 32, as ours) and scikit-learn's SGDClassifier (rows one by one), both on pandas' reader;
# once as whole processes, and once with the time they take to load themselves left out. Best of three.
# FL_BUILD is the build directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
bin=$(cd "${FL_BUILD:-$here/../../build}" && pwd)/bin
python=${PYTHON:-/usr/bin/python3}
"$python" -c 'import pandas, sklearn, torch' 2> /dev/null || { echo "train: skipped, no pandas, scikit-learn or torch" >&2; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
cd "$dir"
"$python" "$here/train.py" make d.csv
"$bin/fl-schema" infer --label y d.csv > s.json
"$bin/fl-init" --schema s.json --model logistic > m.st

ours() { "$bin/fl-train" --data d.csv --batch 32 --lr 0.05 --seed 1 --emit model < m.st > ours.st; }
other() { "$python" "$here/train.py" "$1" d.csv >> "$1"; }
best() { # NAME ARG...: the least of three times, whole processes
	for i in 1 2 3; do
		start=$(date +%s.%N)
		"$@"
		echo "$start $(date +%s.%N)"
	done | awk '{ t = $2 - $1; if (!m || t < m) m = t } END { printf "%.3f", m }'
}

a=$(best ours)
right=$("$bin/fl-eval" --data d.csv < ours.st | sed 's/.*"accuracy": *\([0-9.]*\).*/\1/')
for name in torch sklearn; do
	whole=$(best other $name)
	sort -n $name | awk -v a="$a" -v b="$whole" -v n=$name -v right="$right" '
		NR == 1 {
			if (right < $2 - 0.01) {
				print "train: ours is right in " right ", " n " in " $2 > "/dev/stderr"
				exit 1
			}
			row = "train 100k x 20, 1 epoch"
			printf "%s, process | %.3f s | %s %.3f s | %.1f\n", row, a, n, b, b / a
			printf "%s, imports left out | %.3f s | %s %.3f s | %.1f\n", row, a, n, $1, $1 / a
		}'
done
