#!/usr/bin/env bats
# share/examples/demo.sh: the main job, as `make demo` runs it.
load helper

demo() { sh "$TOP/share/examples/demo.sh" "$@"; }
field() { sed "s/.*\"$1\":\([0-9.]*\).*/\1/" d/summary.json; }
between() { awk -v x="$(field "$1")" -v lo="$2" -v hi="$3" 'BEGIN { print x; exit !(x >= lo && x <= hi) }'; }

@test "alone, together and pooled, through a hub, and the files that the demo promises" {
	FL_BIN=$BIN demo d > said
	between alone_mean .70 .74
	between alone_worst .50 .65
	between alone_best .78 .90
	between together .84 .87
	between pooled .84 .87
	[ "$(field rounds)" = 12 ]
	grep -q "every hospital alone *$(awk -v x="$(field alone_mean)" 'BEGIN { printf "%.1f", 100 * x }')%" said
	grep -q "better off together: [0-9]* of 47 hospitals" said
	grep -q "status page: http://127.0.0.1:[0-9]*/ was there" said
	[ "$(ls d/store/demo/rounds/000012/updates | wc -l)" = 47 ]
	[ "$(grep -o '"state": "closed"' d/status.json | wc -l)" = 12 ]
	cmp d/run.sh "$TOP/share/examples/demo.sh"
	[ "$(wc -l < d/run.sh)" -le 120 ]
	between plain .84 .87
	between packed "$(field plain | awk '{ print $1 - .005 }')" .87
	between plain_bytes "$(($(field packed_bytes) * 10))" 1e9
}

@test "bytes are those that went through the hub: models down, updates up, and little else" {
	ROUNDS=2 demo d > said
	up=$(cat d/store/demo/rounds/*/updates/*/b2-256-* | wc -c)
	down=$(wc -c < d/demo.st)
	between bytes $((up + 2 * 47 * down)) $((3 * up + 6 * 47 * down))
}

@test "no secret is in what the hub keeps or logs" {
	ROUNDS=1 demo d > said
	for f in d/keys/*.token; do ! grep -rqF "$(cat "$f")" d/store d/hub.log d/tokens d/state said || { echo "$f"; false; }; done
	[ -z "$(find d/keys ! -name '*.pub' -type f -perm /077 ! -name id)" ]
}

@test "it runs again, from its own copy, and says the same" {
	ROUNDS=1 demo d > said
	sed 's/"bytes.*//' d/summary.json > first
	cp d/demo.st first.st
	touch d/store/left-over
	ROUNDS=1 sh d/run.sh d > said
	sed 's/"bytes.*//' d/summary.json | cmp - first
	cmp d/demo.st first.st
	[ ! -e d/store/left-over ]
}

@test "a failing participant stops it, and nothing runs on" {
	mkdir bin
	cat > bin/fl-round <<-SH
		#!/bin/sh
		case "\$*" in *"--as h07"*) echo "no power" >&2; exit 74 ;; esac
		exec "$BIN/fl-round" "\$@"
	SH
	chmod +x bin/fl-round
	run ! env PATH="$PWD/bin:$PATH" ROUNDS=1 DEADLINE=3 sh "$TOP/share/examples/demo.sh" d
	[ ! -e d/summary.json ]
	! curl -s "http://127.0.0.1:$(cat d/hub.port)/healthz"
}

@test "KEEP=1 leaves the hub there, and says how to end it" {
	KEEP=1 ROUNDS=1 demo d > said
	hub=$(sed -n 's/.*; kill \([0-9]*\) ends the hub/\1/p' said)
	rc=0
	curl -sf -u "you:$(cat d/keys/you.token)" "http://127.0.0.1:$(cat d/hub.port)/" | grep -q demo || rc=1
	kill "$hub"
	[ $rc = 0 ]
}
