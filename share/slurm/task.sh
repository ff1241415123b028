#!/bin/sh
# task.sh FL-AGGREGATE WORK LEVEL [INDEX]                      - one partial of the tree that plan.sh laid out in WORK
# task.sh FL-AGGREGATE WORK last MODEL OUTPUT [OPTION...]      - the next model, of what is left
# All values are arguments, none in the environment, except that an array job has its INDEX from Slurm. A partial that is there
# and not older than what it is made of is left alone, so that whatever stopped may simply be run again. What fails leaves its
# status in WORK/failed; the model leaves WORK/done.
set -eu
fold=$1 work=$2 level=$3
shift 3

fail() { # STATUS
	echo "$1" > "$work/failed"
	exit "$1"
}

if [ "$level" = last ]; then
	model=$1 output=$2
	shift 2
	"$fold" "$@" --base "$model" --files-from "$work/plan/last.list" -o "$output" || fail $?
	: > "$work/done"
	exit 0
fi

index=$(printf %06d "${1:-$SLURM_ARRAY_TASK_ID}")
list=$work/plan/$level/$index.list partial=$work/$level/$index.st

finished() {
	[ -s "$partial" ] || return 1
	while IFS= read -r input; do
		[ ! "$input" -nt "$partial" ] || return 1
	done < "$list"
}

finished && exit 0
# A partial is as old as the moment its inputs began to be read: what changes while they are read makes it stale.
: > "$partial.start"
"$fold" --partial --threads 1 --files-from "$list" -o "$partial.new" || { rc=$?; rm "$partial.start"; fail "$rc"; }
touch -r "$partial.start" "$partial.new"
mv "$partial.new" "$partial"
rm "$partial.start"
