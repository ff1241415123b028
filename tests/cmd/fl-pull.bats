#!/usr/bin/env bats
load helper
load federation
set -o pipefail

teardown() { end_jobs; }

@test "a channel is its newest entry's model; an entry is its own" {
	federation
	publish fed
	fl-pull fed/channels/stable > a.st
	cmp a.st m.st
	fl-push fed/blobs < u1.st > /dev/null
	entry 2 channel.pb u1.st > c2.pb
	fl-push fed/channels/stable/2 < c2.pb
	fl-pull fed/channels/stable | cmp - u1.st
	fl-pull fed/channels/stable/1 | cmp - m.st
	fl-pull fed/channels/stable/000002 | cmp - u1.st
	fl-pull fed/channels/stable/2.pb | cmp - c2.pb
}

@test "updates: one, and all of a round into a folder" {
	federation
	publish fed
	fails 66 "is not there" fl-pull fed/rounds/1/updates/h1
	mkdir got
	fails 66 "no update has been delivered" fl-pull fed/rounds/1/updates -o got
	for i in 1 2; do fl-push --key h$i fed/rounds/1/updates/h$i < u$i.st; done
	fl-pull fed/rounds/1/updates/h1 | cmp - u1.st
	fl-pull fed/rounds/1/updates -o got --trust coord.pub
	cmp got/h1.st u1.st
	cmp got/h2.st u2.st
	[ "$(ls got)" = $'h1.st\nh2.st' ]
	fails 64 "give -o FOLDER" fl-pull fed/rounds/1/updates
	fails 64 "give -o FOLDER" fl-pull fed/rounds/1/updates -o m.st
}

@test "an update that is not what its envelope says is named, and the others come" {
	federation
	publish fed
	for i in 1 2; do fl-push --key h$i fed/rounds/1/updates/h$i < u$i.st; done
	payload=$(echo fed/rounds/000001/updates/h1/b2-256-*)
	printf x | dd of="$payload" bs=1 seek=100 conv=notrunc 2> /dev/null
	mkdir got
	run -65 fl-pull fed/rounds/1/updates -o got
	[[ "$output" == *"updates/h1/b2-256-"*"what came has the digest"*"1 of 2 updates could not be used"* ]]
	[ "$(ls got)" = h2.st ]
}

@test "names may be written short" {
	federation
	publish fed
	fl-pull fed/rounds/1/plan | cmp - plan.pb
	fl-pull fed/rounds/000001/plan.pb | cmp - plan.pb
	fl-pull fed/federation.pb | cmp - federation.pb
	fl-pull fed/federation/1 | cmp - federation.pb
	fl-pull "fed/blobs/$MODEL" | cmp - m.st
	fl-pull "$PWD/fed/blobs/b2-256-${MODEL#*:}" | cmp - m.st
	fl-pull "file://$PWD/fed/blobs/$MODEL" | cmp - m.st
	cd fed
	fl-pull "blobs/$MODEL" | cmp - ../m.st
}

@test "nothing that is damaged is passed on" {
	federation
	publish fed
	blob=fed/blobs/b2-256-${MODEL#*:}
	printf x | dd of="$blob" bs=1 seek=100 conv=notrunc 2> /dev/null
	fails 65 "what came has the digest" fl-pull fed/channels/stable
	fails 65 "what came has the digest" fl-pull fed/channels/stable -o out.st
	[ ! -e out.st ] && [ ! -e out.st.part ]
	echo old > out.st
	fails 65 "what came has the digest" fl-pull fed/channels/stable -o out.st
	[ "$(cat out.st)" = old ]
}

@test "a part that is there is gone on with; a wrong one is fetched anew" {
	federation
	publish fed
	head -c 5000 m.st > out.st.part
	fl-pull fed/channels/stable -o out.st --metrics fd:3 3> m.jsonl
	cmp out.st m.st
	grep -q "\"bytes_down\":$(($(stat -c %s m.st) - 5000 + $(stat -c %s channel.pb)))," m.jsonl
	[ ! -e out.st.part ]
	tr '\0-\377' 'x' < m.st > out.st.part
	fl-pull fed/channels/stable -o out.st
	cmp out.st m.st
	head -c 100000 /dev/zero > out.st.part
	fl-pull fed/channels/stable -o out.st
	cmp out.st m.st
}

@test "--if-newer does nothing where nothing is new" {
	federation
	publish fed
	fl-pull fed/channels/stable -o out.st --if-newer out.st
	touch -d 2001-01-01 out.st
	fl-pull fed/channels/stable -o out.st --if-newer out.st --metrics fd:3 3> m.jsonl
	grep -q '"unchanged":true' m.jsonl
	[ "$(date -r out.st +%Y)" = 2001 ]
	fl-pull fed/channels/stable --if-newer out.st > none
	[ ! -s none ]
	echo other > out.st
	fl-pull fed/channels/stable -o out.st --if-newer out.st
	cmp out.st m.st
	fl-pull fed/federation.pb --if-newer federation.pb -o again # its digest is known only when it is here
	[ ! -e again ] && [ ! -e again.part ]
}

@test "--wait waits for what is not there yet, and for what is new" {
	federation
	fl-push fed/federation.pb < federation.pb
	fl-pull --wait 20 fed/rounds/1/plan > plan &
	waiter=$!
	fl-pull --wait 20 fed/channels/stable > model &
	JOB_PIDS="$waiter $!"
	publish fed
	wait $waiter
	wait $!
	cmp plan plan.pb
	cmp model m.st
	fl-pull --wait 20 --if-newer m.st fed/channels/stable > next &
	fl-push fed/blobs < u1.st > /dev/null
	entry 2 channel.pb u1.st | fl-push fed/channels/stable/2
	wait $!
	cmp next u1.st
	fails 66 "is not there" fl-pull --wait 0.3 fed/rounds/2/plan
	fails 66 "no such folder" fl-pull --wait 0.3 nowhere/rounds/2/plan
	fl-pull --wait 0.3 --if-newer next fed/channels/stable > none
	[ ! -s none ]
}

@test "--trust: the rosters' first version must be that admin's, and who signed must be who may" {
	federation
	publish fed
	fl-pull --trust coord.pub fed/channels/stable | cmp - m.st
	fl-pull --trust coord.pub fed/rounds/1/plan | cmp - plan.pb
	fails 77 "none of its admins'" fl-pull --trust h1.pub fed/channels/stable
	fl-push fed/blobs < u1.st > /dev/null
	entry 2 channel.pb u1.st mallory > c2.pb
	fl-push fed/channels/stable/2 < c2.pb
	rc=0
	fl-pull --trust coord.pub fed/channels/stable > out 2> err || rc=$?
	[ $rc = 65 ] || [ $rc = 77 ]
	[ ! -s out ] && [ "$(wc -l < err)" = 1 ]
	rc=0
	fl-pull --trust coord.pub fed/channels/stable/2.pb > out 2> err || rc=$?
	[ $rc = 65 ] || [ $rc = 77 ]
	[ ! -s out ]
	fl-pull fed/channels/stable | cmp - u1.st # nobody asked who signed
}

@test "an entry by a member that is no coordinator is refused" {
	federation
	publish fed
	fl-push fed/blobs < u1.st > /dev/null
	entry 2 channel.pb u1.st h1 | fl-push fed/channels/stable/2
	fails 77 "" fl-pull --trust coord.pub fed/channels/stable
}

@test "--state remembers: a channel that goes back, or tells another story, is refused" {
	federation
	publish fed
	fl-push fed/blobs < u1.st > /dev/null
	entry 2 channel.pb u1.st | fl-push fed/channels/stable/2
	fails 64 "first contact" fl-pull --state st fed/channels/stable
	fl-pull --trust coord.pub --state st fed/channels/stable | cmp - u1.st
	fl-pull --state st fed/channels/stable | cmp - u1.st
	mv fed/channels/stable/000002.pb c2.pb
	fails 77 "gone back" fl-pull --state st fed/channels/stable
	sleep 1
	entry 2 channel.pb m.st | fl-push fed/channels/stable/2
	fails 1 "" fl-pull --state st fed/channels/stable
	cp -f c2.pb fed/channels/stable/000002.pb
	fl-pull --state st fed/channels/stable | cmp - u1.st
}

@test "wrong words" {
	fails 64 "URL is missing" fl-pull
	fails 64 "one URL at a time" fl-pull a b
	fails 64 "names nothing in a store" fl-pull fed
	fails 64 "is a folder of the store" fl-pull fed/rounds/1
	fails 64 "is a folder of the store" fl-pull fed/blobs
	fails 66 "no such folder" fl-pull fed/rounds/1/plan
	mkdir fed
	fails 66 "is not there" fl-pull fed/rounds/1/plan
	fails 66 "has no entry yet" fl-pull fed/channels/stable
	fails 73 "is a directory" fl-pull fed/rounds/1/plan -o fed
	fails 66 "no.pub" fl-pull --trust no.pub fed/rounds/1/plan
}

@test "two that get the same file at once do not get in each other's way" {
	head -c 30000000 /dev/urandom > big
	d=$(fl-push fed/blobs < big)
	for i in 1 2 3 4; do
		(rc=0; fl-pull "fed/blobs/$d" -o out 2> "err$i" || rc=$?; echo $rc > "rc$i") &
	done
	wait
	cmp out big
	grep -q '^0$' rc*
	! grep -vqE '^(0|75)$' rc*
}

@test "a token does not cross the network in clear, unless told to" {
	fl-key token --role reader --name r --federation demo -o token > /dev/null
	local url
	for url in http://hub.example dav://10.0.0.1 http://127.0.0.1.example http://localhost.example http://127.0.0.1@hub.example; do
		fails 77 "in clear; use https://" fl-pull --deadline 0.2 -t token "$url/v1/demo/federation.pb"
	done
	fails 64 "seen by all users" fl-pull -t token "http://[::1]:x@hub.example/v1/demo/federation.pb"
	for url in http://127.0.0.1:9 http://localhost:9 "http://[::1]:9"; do
		fails 69 "" fl-pull --deadline 0.2 -t token "$url/v1/demo/federation.pb"
	done
	fails 69 "" fl-pull --plain --deadline 0.2 -t token http://hub.invalid/v1/demo/federation.pb
}
