#!/usr/bin/env bats
# share/examples/demo.sh: the main job, as `make demo` runs it.
load helper

demo() { sh "$TOP/share/examples/demo.sh" "$@"; }
field() { sed "s/.*\"$1\":\([0-9.]*\).*/\1/" d/summary.json; }
between() { awk -v x="$(field "$1")" -v lo="$2" -v hi="$3" 'BEGIN { print x; exit !(x >= lo && x <= hi) }'; }

@test "alone, together and pooled, and the files that the demo promises" {
	FL_BIN=$BIN demo d > said
	between alone_mean .70 .74
	between alone_worst .50 .65
	between alone_best .78 .90
	between together .84 .87
	between pooled .84 .87
	[ "$(field rounds)" = 12 ]
	[ "$(wc -l < d/metrics.jsonl)" = 12 ]
	grep -q "every hospital alone *$(awk -v x="$(field alone_mean)" 'BEGIN { printf "%.1f", 100 * x }')%" said
	grep -q "better off together: [0-9]* of 47 hospitals" said
	[ "$(ls d/store/rounds/000012/updates | wc -l)" = 47 ]
	[ "$(cat d/store/rounds/000001/updates/*.st d/store/rounds/000000/model.st | wc -c)" -lt 600000 ]
	cmp d/run.sh "$TOP/share/examples/demo.sh"
	[ "$(wc -l < d/run.sh)" -le 90 ]
}

@test "bytes are those of the models that go down and the updates that come up" {
	ROUNDS=2 demo d > said
	up=$(cat d/store/rounds/*/updates/*.st | wc -c)
	down=$(cat d/store/rounds/000000/model.st d/store/rounds/000001/model.st | wc -c)
	[ "$(field bytes)" = $((up + 47 * down)) ]
}

@test "it runs again, from its own copy, and says the same" {
	ROUNDS=1 demo d > said
	sed 's/,"seconds.*//' d/summary.json > first
	cp d/store/rounds/000001/model.st first.st
	touch d/store/left-over
	ROUNDS=1 sh d/run.sh d > said
	sed 's/,"seconds.*//' d/summary.json | cmp - first
	cmp d/store/rounds/000001/model.st first.st
	[ ! -e d/store/left-over ]
}

@test "a failing participant stops it" {
	mkdir bin
	printf '#!/bin/sh\necho "no power" >&2\nexit 74\n' > bin/fl-train
	chmod +x bin/fl-train
	run ! env PATH="$PWD/bin:$PATH" ROUNDS=1 sh "$TOP/share/examples/demo.sh" d
	[ ! -e d/summary.json ]
}
