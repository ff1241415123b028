#!/bin/sh
# plan.sh FAN-IN MANIFEST WORK - lay out a tree of sums over the files that MANIFEST names, one a line, FAN-IN files to a task.
# WORK/plan/LEVEL/INDEX.list is what a task reads, WORK/LEVEL/INDEX.st the partial it makes, WORK/plan/last.list what becomes the
# model. All of it is known before anything runs, so all of it can be submitted at once. Prints the number of tasks of each
# level, one a line: nothing where one step does it all. A plan that is there already must be the same one.
set -eu
[ $# = 3 ] || { echo "usage: plan.sh FAN-IN MANIFEST WORK" >&2; exit 64; }
fan=$1 manifest=$2 work=$3
export LC_ALL=C

case $fan in '' | *[!0-9]* | 0* | 1) echo "plan.sh: fan-in '$fan' is not a number from 2 up" >&2; exit 64 ;; esac
[ -r "$manifest" ] || { echo "plan.sh: $manifest: cannot be read" >&2; exit 66; }
[ -s "$manifest" ] || { echo "plan.sh: $manifest: names no files" >&2; exit 65; }

mkdir -p "$work"
new=$(mktemp -d "$work/plan.XXXXXX")
trap 'rm -rf "$new"' EXIT
sort "$manifest" > "$new/last.list"
level=0
while [ "$(wc -l < "$new/last.list")" -gt "$fan" ]; do
	level=$((level + 1))
	mkdir "$new/$level"
	split -l "$fan" -a 6 --numeric-suffixes=1 --additional-suffix=.list "$new/last.list" "$new/$level/"
	ls "$new/$level" | sed "s|\(.*\)\.list|$work/$level/\1.st|" > "$new/last.list"
	mkdir -p "$work/$level"
	ls "$new/$level" | wc -l
done

if [ -d "$work/plan" ]; then
	diff -r "$work/plan" "$new" > /dev/null || {
		echo "plan.sh: $work: holds the tree of another manifest or fan-in; remove it, or name another folder" >&2
		exit 78
	}
else
	mv -T "$new" "$work/plan"
fi
