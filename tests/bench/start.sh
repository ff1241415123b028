#!/bin/bash
# start.sh - how long a command takes that has nothing to do: the best of five times the mean of 100 starts.
# Prints a row for each command: work | ours | /bin/true | ratio. FL_BUILD: the build to measure.
set -eu
LC_ALL=C
top=$(cd "$(dirname "$0")/../.." && pwd)
bin=${FL_BUILD:-$top/build}/bin

start_us() { # mean microseconds of a start of "$@"
	local best=1000000000 round i t
	for round in 1 2 3 4 5; do
		t=${EPOCHREALTIME/./}
		for ((i = 0; i < 100; i++)); do
			"$@" > /dev/null
		done
		t=$(((${EPOCHREALTIME/./} - t) / 100))
		((t >= best)) || best=$t
	done
	echo "$best"
}

other=$(start_us /bin/true)
for c in "$top"/cmd/*.c; do
	name=$(basename "$c" .c)
	ours=$(start_us "$bin/$name" --version)
	awk -v n="$name" -v a="$ours" -v b="$other" \
		'BEGIN { printf "start of %s --version | %.2f ms | %.2f ms (true) | %.1f\n", n, a / 1000, b / 1000, a / b }'
done
