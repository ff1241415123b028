#!/bin/sh
# run.sh - all benches as one table: work | ours | the other | ratio, each row from one run on this machine, both sides. BENCH
# lists those to run, real data last. With BENCH_WRITE=1 the table becomes share/doc/bench.md, with the machine it ran on.
# FL_BUILD is the build directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
FL_BUILD=$(cd "${FL_BUILD:-$here/../../build}" && pwd)
PATH=$FL_BUILD/bin:$PATH
export FL_BUILD PATH LC_ALL=C
rows=$(mktemp)
trap 'rm -f "$rows"' EXIT

machine() {
	model=$(sed -n 's/^model name[^:]*: *//p' /proc/cpuinfo 2> /dev/null | head -n 1)
	memory=$(awk '/^MemTotal/ { printf "%.0f GB", $2 / 1048576 }' /proc/meminfo 2> /dev/null || true)
	echo "${model:-$(uname -m)}, $(getconf _NPROCESSORS_ONLN) processors, ${memory:-memory not known}, $(uname -s) $(uname -r)"
}

# Columns line up; a character of several bytes is as wide as one.
table() {
	awk -F ' [|] ' '
		function width(s) { gsub(/[\200-\277]/, "", s); return length(s) }
		BEGIN { split("work|ours|the other|ratio or difference", head, "|"); for (c = 1; c <= 4; c++) cell[0, c] = head[c] }
		{ for (c = 1; c <= 4; c++) cell[NR, c] = $c }
		END {
			for (r = 0; r <= NR; r++)
				for (c = 1; c <= 4; c++)
					if (width(cell[r, c]) > wide[c])
						wide[c] = width(cell[r, c])
			for (r = 0; r <= NR; r++) {
				for (c = 1; c <= 4; c++)
					printf "| %s%*s ", cell[r, c], wide[c] - width(cell[r, c]), ""
				print "|"
				if (r == 0)
					print "| --- | --- | --- | --- |"
			}
		}' "$rows"
}

benches=${BENCH:-csv kernel train aggregate codecs transfer rounds start accuracy baselines}
for b in $benches; do
	[ -f "$here/$b.sh" ] || { echo "run.sh: there is no bench $b" >&2; exit 64; }
done
for b in $benches; do
	echo "bench $b ..." >&2
	read -r first < "$here/$b.sh"
	${first#??} "$here/$b.sh" >> "$rows"
done
table
if [ -n "${BENCH_WRITE:-}" ]; then
	{
		printf '# Measured\n\nOn %s.\nBy `make bench`; tests/bench says how. Both sides of a row ran in turn on the same machine;\n' "$(machine)"
		printf 'a difference on real data is ours less the reference, over the same seeds.\n\n'
		table
	} > "$here/../../share/doc/bench.md"
fi
