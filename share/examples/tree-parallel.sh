#!/bin/sh
# tree-parallel.sh MANIFEST MODEL OUTPUT WORK [FL-AGGREGATE-OPTION...] - fold the updates that MANIFEST names, one a line, into the model
# after MODEL, as a tree of partials on this machine: JOBS tasks at once (one for each processor) of FAN_IN updates (2000). OUTPUT is
# what fl-aggregate makes of the same updates in one process, byte for byte; one process is also quicker, unless the updates come
# from slow disks or a network. WORK keeps lists and partials: run it again after a failure, and what is finished is not done
# again. With GNU parallel where it is installed, else xargs. The same on a cluster: share/slurm/tree.sh.
set -eu
[ $# -ge 4 ] || { echo "usage: tree-parallel.sh MANIFEST MODEL OUTPUT WORK [FL-AGGREGATE-OPTION...]" >&2; exit 64; }
steps=$(cd "$(dirname "$0")/../slurm" && pwd)
manifest=$1 model=$2 output=$3 work=$4 fan=${FAN_IN:-2000} jobs=${JOBS:-$(nproc)}
shift 4
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
fold=$(command -v fl-aggregate) || { echo "tree-parallel.sh: no fl-aggregate on PATH" >&2; exit 78; }

# each COMMAND... : run it with every line of standard input as its last argument; the first that fails ends it all, with its words and
# its status. Words go to files, because GNU parallel and xargs have words of their own for a failure.
each() {
	if parallel --version 2> /dev/null | grep -q '^GNU parallel'; then
		parallel --will-cite --quote --halt soon,fail=1 -j "$jobs" sh -c 'exec "$@" 2> "$log/$$"' sh "$@" 2> /dev/null
	else
		xargs -P "$jobs" -n 1 sh -c '"$@" 2> "$log/$$" || exit 255' sh "$@" 2> /dev/null
	fi || { cat "$log"/* >&2; exit "$(cat "$work/failed" 2> /dev/null || echo 75)"; }
}

levels=$(sh "$steps/plan.sh" "$fan" "$manifest" "$work")
export log="$work/log"
rm -rf "$log" "$work/failed"
mkdir "$log"
level=0
for n in $levels; do
	level=$((level + 1))
	seq "$n" | each sh "$steps/task.sh" "$fold" "$work" "$level"
done
exec sh "$steps/task.sh" "$fold" "$work" last "$model" "$output" "$@"
