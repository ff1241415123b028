#!/usr/bin/env bats
load helper
load federation
set -o pipefail

teardown() { end_jobs; }

@test "a blob is put under its digest, which is printed, and may be put again" {
	head -c 100000 /dev/urandom > x
	[ "$(fl-push fed/blobs < x)" = "$(digest x)" ]
	[ "$(cat x | fl-push fed/blobs)" = "$(digest x)" ]
	cmp x "fed/blobs/b2-256-$(b2sum -l 256 x | cut -c 1-64)"
}

@test "what is pushed is not overwritten" {
	federation
	fl-push fed/federation.pb < federation.pb
	fl-push fed/federation.pb < federation.pb
	fails 1 "fed/federation.pb: is there already, with other bytes" fl-push fed/federation.pb < plan.pb
	cmp federation.pb fed/federation.pb
}

@test "a name whose digest is another's is refused" {
	echo x > x
	echo y > y
	fails 65 "has another digest in its name" fl-push "fed/blobs/$(digest y)" < x
	[ ! -e fed ] || [ -z "$(find fed -type f)" ]
}

@test "an update is delivered: payload, and an envelope that says whose" {
	federation
	publish fed
	fl-push --key h1 fed/rounds/1/updates/h1 < u1.st > out
	[ ! -s out ]
	cmp u1.st "fed/rounds/000001/updates/h1/b2-256-$(b2sum -l 256 u1.st | cut -c 1-64)"
	fl-show --roster federation.pb --check fed/rounds/000001/updates/h1/envelope.pb
	fl-show fed/rounds/000001/updates/h1/envelope.pb > e.json
	py - "$(digest u1.st)" "$(digest plan.pb)" "$(digest m.st)" "$(stat -c %s u1.st)" <<- 'END'
		import json, sys
		e = json.load(open("e.json"))["body"]
		assert [e["payload"], e["plan"], e["baseModel"], e["payloadSize"]] == sys.argv[1:], e
		assert (e["federation"], e["round"], e["participant"]) == ("demo", 1, "h1")
	END
}

@test "the same update again is done; another is not taken" {
	federation
	publish fed
	FL_KEY_FILE=h1 fl-push fed/rounds/1/updates/h1 < u1.st
	cp fed/rounds/000001/updates/h1/envelope.pb before
	sleep 1 # an envelope says when it was made
	fl-push --key h1 fed/rounds/1/updates/h1 < u1.st
	cmp before fed/rounds/000001/updates/h1/envelope.pb
	fails 1 "h1 has delivered another update in round 1" fl-push --key h1 fed/rounds/1/updates/h1 < u2.st
	[ "$(ls fed/rounds/000001/updates/h1 | wc -l)" = 2 ]
}

@test "an update needs an open round, its model, and the right key" {
	federation
	publish fed
	fails 75 "round 2 is not open yet" fl-push --key h1 fed/rounds/2/updates/h1 < u1.st
	fails 64 "--key is missing" fl-push fed/rounds/1/updates/h1 < u1.st
	fails 77 "this key is h1's, not h2's" fl-push --key h1 fed/rounds/1/updates/h2 < u1.st
	fails 77 "this key is no participant's of federation demo" fl-push --key mallory fed/rounds/1/updates/h2 < u1.st
	fails 77 "this key is no participant's" fl-push --key coord fed/rounds/1/updates/coord < u1.st
	fails 65 "is not an update" fl-push --key h1 fed/rounds/1/updates/h1 < m.st
	fails 65 "standard input" fl-push --key h1 fed/rounds/1/updates/h1 < plan.pb
	fl-train --data silo-01.train.csv --emit model --seed 3 < m.st > other.st 2> /dev/null || {
		hospitals 2
		fl-train --data silo-01.train.csv --emit model --seed 3 < m.st > other.st
	}
	fl-train --data silo-01.train.csv --seed 3 < other.st > u3.st
	fails 65 "starts from the model $(digest other.st), round 1 from $MODEL" fl-push --key h1 fed/rounds/1/updates/h1 < u3.st
	[ ! -e fed/rounds/000001/updates ]
}

@test "after the seal an update comes late, and that is said" {
	federation
	publish fed
	fl-push --key h1 fed/rounds/1/updates/h1 < u1.st
	encode Seal coord <<- END | fl-push fed/rounds/1/seal
		{"version":1,"federation":"demo","round":1,"plan":"$(digest plan.pb)","sealed":"$(date -u +%FT%TZ)","entries":[
		 {"participant":"h1","envelope":"$(digest fed/rounds/000001/updates/h1/envelope.pb)","payload":"$(digest u1.st)","payloadSize":"$(stat -c %s u1.st)"}]}
	END
	fl-push --key h2 fed/rounds/1/updates/h2 < u2.st 2> err
	grep -q "round 1 is sealed: the update comes late" err
	[ -e fed/rounds/000001/updates/h2/envelope.pb ]
}

@test "wrong words are said before anything is read" {
	fails 64 "URL is missing" fl-push
	fails 64 "one URL at a time" fl-push fed/blobs fed/blobs
	fails 64 "is a folder of the store" fl-push fed/rounds/1 < /dev/null
	fails 64 "is a folder of the store" fl-push fed/channels/stable < /dev/null
	fails 64 "names nothing in a store" fl-push fed/what < /dev/null
	fails 64 "names nothing in a store" fl-push fed/rounds/0/plan < /dev/null
	fails 64 "no such kind of store" fl-push ftp://host/blobs <<< x
	fails 64 "a password in a URL" fl-push http://me:secret@127.0.0.1/blobs <<< x
	fails 66 "standard input is empty" fl-push fed/blobs < /dev/null
	fails 73 "cannot make the folder" fl-push no/such/fed/blobs <<< x
}

@test "a secret never shows" {
	need strace
	federation
	publish fed
	ASAN_OPTIONS=detect_leaks=0 strace -f -s 4096 -e trace=write -o trace fl-push -v --key h1 fed/rounds/1/updates/h1 < u1.st
	! grep -q "$(sed -n 2p h1 | cut -c 20-60)" trace
}

@test "metrics keep to their schemas" {
	federation
	publish fed
	fl-push --metrics fd:3 --key h1 fed/rounds/1/updates/h1 < u1.st 3> push.jsonl
	py "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/push.json" < push.jsonl
	fl-pull --metrics fd:3 fed/rounds/1/updates/h1 3> pull.jsonl > u
	py "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/pull.json" < pull.jsonl
	cmp u u1.st
}

@test "20 that put different bytes under one name: one wins, the others are told" {
	for i in $(seq 20); do echo "$i" > "x$i"; done
	for i in $(seq 20); do
		(rc=0; fl-push -q fed/channels/race/1 < "x$i" 2> /dev/null || rc=$?; echo $rc > "rc$i") &
	done
	wait
	[ "$(cat rc* | grep -c '^0$')" = 1 ]
	[ "$(cat rc* | grep -c '^1$')" = 19 ]
	cmp "x$(grep -l '^0$' rc* | tr -dc 0-9)" fed/channels/race/000001.pb
	[ -z "$(find fed -name '.tmp*')" ]
}

@test "kill -9 while a blob is put leaves nothing that can be seen" {
	head -c 50000000 /dev/zero > big
	for i in 1 2 3 4 5 6; do
		fl-push fed/blobs < big > /dev/null &
		sleep "0.0$((i * 4))"
		kill -9 $! 2> /dev/null || true
		wait $! 2> /dev/null || true
		for f in fed/blobs/*; do
			[ ! -e "$f" ] || cmp "$f" big
		done
	done
	fl-push fed/blobs < big > /dev/null
	cmp fed/blobs/b2-256-* big
}
