#!/bin/sh
# tree.sh [OPTION]... MANIFEST MODEL OUTPUT [-- FL-AGGREGATE-OPTION...] - fold the updates that MANIFEST names, one a line, into the
# model after MODEL, as array jobs of Slurm: each level waits for the one before (afterok). OUTPUT is what fl-aggregate makes of the
# same updates in one process, byte for byte. Run it again after a failure: what is finished is not done again.
#
#   --fan-in N              updates or partials to a task [2000]; 1 to 10 GB or 1000 to 4000 files are a good size
#   --work DIR              for lists, partials and logs, on a file system that the nodes share [OUTPUT.tree]
#   --wait SECONDS          stay until the model is there or cannot come, and look every SECONDS
#   --kill-on-invalid-dep   let Slurm cancel what waits for a task that failed; some sites ask not to use it (run-away jobs).
#                           Without it such jobs stay in the queue until --wait or the next run of tree.sh cancels them
#
# Account, partition, time, memory: SBATCH_ACCOUNT and the like, see INPUT ENVIRONMENT VARIABLES in sbatch(1). Prints the numbers of
# the jobs. With --wait: the status of the task that failed, and its words; 75 where jobs vanished. FL_BIN: where the commands are.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
usage() { echo "usage: tree.sh [--fan-in N] [--work DIR] [--wait SECONDS] [--kill-on-invalid-dep] MANIFEST MODEL OUTPUT [-- OPTION...]" >&2; exit 64; }

fan=2000 work= wait= kill=
while [ $# -gt 0 ]; do
	case $1 in
	--fan-in | --work | --wait)
		[ $# -gt 1 ] || usage
		case $1 in --fan-in) fan=$2 ;; --work) work=$2 ;; --wait) wait=$2 ;; esac
		shift 2 ;;
	--kill-on-invalid-dep) kill=--kill-on-invalid-dep=yes; shift ;;
	-*) usage ;;
	*) break ;;
	esac
done
[ $# -ge 3 ] || usage
manifest=$1 model=$2 output=$3
shift 3
[ $# = 0 ] || { [ "$1" = -- ] || usage; shift; }
work=${work:-$output.tree}
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
fold=$(command -v fl-aggregate) || { echo "tree.sh: no fl-aggregate on PATH" >&2; exit 78; }
command -v sbatch > /dev/null || { echo "tree.sh: no sbatch on PATH; share/examples/tree-parallel.sh needs no cluster" >&2; exit 78; }
[ -r "$model" ] || { echo "tree.sh: $model: cannot be read" >&2; exit 66; }

cancel() { # the jobs of this run, or of one before
	[ ! -s "$work/jobs" ] || scancel --quiet $(cat "$work/jobs") 2> /dev/null || true
}

submit() { # LOG SBATCH-OPTION... -- ARGUMENT...: one job, after the one before
	log=$1
	shift
	options=
	while [ "$1" != -- ]; do options="$options $1"; shift; done
	shift
	id=$(sbatch --parsable --job-name=fl-tree --chdir="$PWD" --output="$work/log/$log" --open-mode=truncate $kill $options $after \
		"$here/task.sh" "$fold" "$work" "$@")
	after=--dependency=afterok:${id%%;*}
	echo "${id%%;*}" | tee -a "$work/jobs"
}

counts=$(sh "$here/plan.sh" "$fan" "$manifest" "$work")
cancel
rm -rf "$work/log" "$work/failed" "$work/done" "$work/jobs"
mkdir "$work/log"
after= level=0
for n in $counts; do
	level=$((level + 1))
	submit "$level-%a.log" "--array=1-$n" -- "$level"
done
submit last.log -- last "$model" "$output" "$@"
[ -n "$wait" ] || exit 0

queued() { squeue --noheader --me --format='%F %r' | grep -F -w -f "$work/jobs" > "$work/queue"; }
while :; do
	[ ! -e "$work/done" ] || exit 0
	if [ -e "$work/failed" ] || grep -q DependencyNeverSatisfied "$work/queue" 2> /dev/null; then break; fi
	rc=0
	queued || rc=$?
	[ "$rc" -gt 1 ] || [ -s "$work/queue" ] || { sleep "$wait"; break; }
	sleep "$wait"
done
[ ! -e "$work/done" ] || exit 0
cancel
cat "$work"/log/*.log | sort -u >&2
[ -s "$work/failed" ] || { echo "tree.sh: the jobs ended without a model and without a word; see $work/log, and run it again" >&2; exit 75; }
exit "$(cat "$work/failed")"
