#!/bin/sh
# aggregate.sh - fl-aggregate beside cat (the machine's limit) and NumPy, and its memory for 47 and 470 updates.
set -eu
here=$(dirname "$0")
dir=${BENCH_DIR:-${TMPDIR:-/tmp}/fl-bench}/aggregate
values=${BENCH_VALUES:-10000000}
python=${PYTHON:-/usr/bin/python3}
[ -f "$dir/u0046.st" ] || "$python" "$here/mkupdates.py" "$dir" 47 "$values" || { echo "aggregate: skipped, no NumPy" >&2; exit 0; }

# seconds COMMAND... - of one run
seconds() {
	start=$(date +%s.%N)
	"$@" > /dev/null
	end=$(date +%s.%N)
	echo "$start $end" | awk '{ printf "%.3f", $2 - $1 }'
}
fold() { fl-aggregate "$@" < "$dir/base.st"; }
peak() { { /usr/bin/env time -f %M fl-aggregate "$@" < "$dir/base.st" > /dev/null; } 2>&1 | tail -1; }

cat "$dir"/u*.st > /dev/null
# In turn, the best of each: what else the machine does then hits both.
best=$(for i in 1 2 3 4 5 6 7; do
	echo "$(seconds cat "$dir"/u*.st) $(seconds fold "$dir"/u*.st)"
done | awk '{ if (!a || $1 < a) a = $1; if (!b || $2 < b) b = $2 } END { print a, b }')
limit=${best% *}
ours=${best#* }
numpy=$("$python" "$here/aggregate.py" "$dir")
awk -v o="$ours" -v l="$limit" -v n="$numpy" -v v="$values" 'BEGIN {
	gb = 47 * v * 4 / 1e9
	printf "aggregate 47 x %.0fM, page cache | %.2f GB/s | cat %.2f GB/s | %.2f\n", v / 1e6, gb / o, gb / l, l / o
	printf "aggregate 47 x %.0fM, page cache | %.2f s | NumPy mean of loaded arrays %.2f s | %.1f\n", v / 1e6, o, n, n / o }'
if command -v time > /dev/null; then
	few=$(peak "$dir"/u*.st)
	many=$(peak $(for k in 1 2 3 4 5 6 7 8 9 10; do echo "$dir"/u*.st; done))
	echo "aggregate, peak memory | 47 updates: $few KB | 470 updates: $many KB | limit 65536 KB"
fi
