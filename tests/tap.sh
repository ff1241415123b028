#!/bin/sh
# tap.sh PROGRAM... - run programs that print TAP; show what failed, a line for each program, and the sum.
# A program that crashes, stops early or checks nothing counts as one failure.
pass=0 fail=0
log=$(mktemp) || exit 70
trap 'rm -f "$log"' EXIT
for prog; do
	start=$(date +%s%N)
	"$prog" > "$log" 2>&1
	rc=$?
	ok=$(grep -c '^ok ' "$log")
	bad=$(grep -c '^not ok ' "$log")
	plan=$(sed -n 's/^1\.\.\([0-9]*\)$/\1/p' "$log")
	skip=$(sed -n 's/^1\.\.0 # skip//p' "$log")
	name=$(basename "$prog")
	if [ -n "$skip" ] && [ $rc = 0 ]; then
		echo "skip $name:$skip"
		continue
	fi
	if [ "$plan" != $((ok + bad)) ] || [ "$plan" = 0 ] || { [ $rc != 0 ] && [ "$bad" = 0 ]; }; then
		echo "not ok $name: exit status $rc, plan '$plan', $((ok + bad)) checks"
		tail -n 20 "$log" | sed 's/^/  /'
		bad=$((bad + 1))
	elif [ "$bad" -gt 0 ]; then
		grep -A 1 '^not ok ' "$log" | sed 's/^/  /'
	fi
	echo "$([ "$bad" = 0 ] && echo ok || echo not ok) $name: $ok passed, $bad failed, $((($(date +%s%N) - start) / 1000000)) ms"
	pass=$((pass + ok)) fail=$((fail + bad))
done
echo "unit: $pass passed, $fail failed"
[ "$fail" = 0 ] && [ "$pass" -gt 0 ]
