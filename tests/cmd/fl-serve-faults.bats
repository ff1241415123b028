#!/usr/bin/env bats
# fl-serve: killed, stopped, told to read its files anew, and both sides broken off, in the middle of things.
load helper
load hub

setup() {
	fresh
	need curl b2sum jq
	mkdir -p hub/fed
}

teardown() {
	hub_kill
}

# until_there CMD... : until CMD succeeds, for ten seconds at most.
until_there() {
	local i
	for i in $(seq 200); do
		! "$@" > /dev/null 2>&1 || return 0
		sleep 0.05
	done
	return 1
}

# begin FILE : a resumable upload of FILE as a blob; prints its place.
begin() {
	curl -sf "${CURL_AS[@]}" -X POST -H "Upload-Length: $(stat -c %s "$1")" -H "FL-Digest: $(digest "$1")" -D - "$HUB/v1/fed/$(blob "$1")?upload" |
		tr -d '\r' | sed -n 's/^Location: //p'
}

offset() {
	curl -sfI "$HUB$1" | tr -d '\r' | sed -n 's/^Upload-Offset: //p'
}

# more FILE PLACE OFFSET [CURL-ARGUMENT]... : append what FILE has from OFFSET on; prints the status.
more() {
	tail -c +$(($3 + 1)) "$1" > rest
	status -X PATCH -H 'Content-Type: application/offset+octet-stream' -H "Upload-Offset: $3" --data-binary @rest "$HUB$2" \
		"${CURL_AS[@]}" "${@:4}"
}

some_came() {
	[ "$(find hub/fed -name '.part-*' -size +200k ! -name '*.meta' | wc -l)" = 1 ]
}

@test "a resumable upload goes on after kill -9 of the hub" {
	head -c 3000000 /dev/urandom > big
	hub_up
	at=$(begin big)
	more big "$at" 0 --limit-rate 500k > code &
	until_there some_came
	hub_kill
	wait $! || true
	[ ! -e "hub/fed/$(blob big)" ]

	hub_up
	[ "$(begin big)" = "$at" ]
	n=$(offset "$at")
	[ "$n" -ge 200000 ]
	[ "$n" -lt 3000000 ]
	[ "$(more big "$at" $((n - 1)))" = 409 ]
	[ "$(offset "$at")" = "$n" ]
	[ "$(more big "$at" "$n")" = 201 ]
	get "fed/$(blob big)" | cmp - big
	[ "$(status "$HUB$at" -I)" = 404 ]
	[ "$(find hub/fed -type f | wc -l)" = 1 ]
}

@test "a resumable upload goes on after its client is gone" {
	head -c 3000000 /dev/urandom > big
	hub_up
	at=$(begin big)
	curl -s -X PATCH -H 'Content-Type: application/offset+octet-stream' -H 'Upload-Offset: 0' --data-binary @big \
		--limit-rate 500k "$HUB$at" &
	client=$!
	until_there some_came
	kill -KILL $client
	until_there eval '[ "$(more big "$at" "$(offset "$at")")" = 201 ]'
	get "fed/$(blob big)" | cmp - big
}

@test "resumable uploads of other bytes, too many of them, and of others are refused" {
	head -c 1000 /dev/urandom > a
	head -c 1000 /dev/urandom > b
	people
	hub_up --tokens tokens
	CURL_AS=(-H "Authorization: Bearer $(cat north.token)")
	at=$(begin a)
	[ "$(more b "$at" 0)" = 400 ]
	grep -q 'digest' answer
	[ "$(as north -I "$HUB$at")" = 404 ]
	at=$(begin a)
	[ "$(as h1 -I "$HUB$at")" = 403 ]
	cat a b > ab
	[ "$(more ab "$at" 0)" = 413 ]
	[ "$(as north -I "$HUB/v1/fed/$(blob b)?upload=${at##*=}")" = 404 ]
	for i in $(seq 15); do
		echo "$i" > c
		begin c > place
	done
	echo 16 > c
	[ "$(as north -X POST -H 'Upload-Length: 3' -H "FL-Digest: $(digest c)" "$HUB/v1/fed/$(blob c)?upload")" = 429 ]
	[ "$(as north -X POST "$HUB/v1/fed/$(blob c)?upload")" = 400 ]
}

@test "an upload that was cut off by kill -9 is not there, and what was acknowledged is" {
	head -c 2000000 /dev/urandom > big
	echo small > small
	hub_up
	[ "$(put small "fed/$(blob small)")" = 201 ]
	put big "fed/$(blob big)" --limit-rate 200k > code &
	until_there eval '[ "$(find hub/fed -name ".tmp-*" -size +100k | wc -l)" = 1 ]'
	hub_kill
	wait $! || true
	hub_up
	get "fed/$(blob small)" | cmp - small
	[ "$(status "$HUB/v1/fed/$(blob big)")" = 404 ]
	[ "$(curl -sf "$HUB/v1/fed/?list" | wc -l)" = 1 ]
	[ "$(put big "fed/$(blob big)")" = 201 ]
}

@test "SIGTERM lets an upload finish, answers who waits, takes nothing new, and ends well" {
	head -c 1000000 /dev/urandom > big
	hub_up
	put big "fed/$(blob big)" --limit-rate 500k > code &
	upload=$!
	status -H 'Prefer: wait=60' "$HUB/v1/fed/rounds/000001/plan.pb" -o waited -D head > waited.code &
	waiter=$!
	until_there eval '[ "$(find hub/fed -name ".tmp-*" -size +50k | wc -l)" = 1 ]'
	until_there eval 'curl -s "$HUB/metrics" | grep -qx "fl_waiting_requests 1"'
	kill -TERM "$HUB_PID"
	wait $waiter
	[ "$(cat waited.code)" = 503 ]
	grep -qi '^retry-after:' head
	run ! curl -sf "$HUB/healthz"
	wait $upload
	[ "$(cat code)" = 201 ]
	wait "$HUB_PID"
	HUB_PID=
	cmp "hub/fed/$(blob big)" big
}

@test "the grace is not for ever" {
	head -c 1000000 /dev/urandom > big
	hub_up --grace 0.5
	put big "fed/$(blob big)" --limit-rate 10k > code &
	until_there eval '[ "$(find hub/fed -name ".tmp-*" -size +1k | wc -l)" = 1 ]'
	hub_down
	grep -q 'cut off' hub.err
	wait $! || true
	[ -z "$(find hub -type f)" ]
}

@test "SIGHUP in the middle of uploads harms none of them" {
	hub_up
	head -c 600000 /dev/urandom > big
	put big "fed/$(blob big)" --limit-rate 600k > code &
	upload=$!
	for i in 1 2 3 4 5; do
		kill -HUP "$HUB_PID"
		sleep 0.1
	done
	wait $upload
	[ "$(cat code)" = 201 ]
	[ "$(grep -c '"event":"reload"' log)" -ge 1 ]
}

@test "SIGHUP begins the log anew, for who has moved it away" {
	hub_up
	curl -sf "$HUB/healthz"
	mv log log.1
	kill -HUP "$HUB_PID"
	until_there grep -q '"event":"reload"' log
	curl -sf "$HUB/healthz"
	until_there grep -q '"event":"request"' log
	run ! grep reload log.1
}

@test "of twenty that write one name with other bytes one wins" {
	people
	echo schema > schema
	rm -r hub/fed
	for i in $(seq 20); do
		NOW=2026-01-01T00:00:$(printf %02d "$i")Z
		roster
		mv federation.pb "$i.pb"
	done
	hub_up
	for i in $(seq 20); do
		curl -s -o "$i.answer" -w '%{http_code}' -T "$i.pb" "$HUB/v1/fed/federation.pb" > "$i.code" &
	done
	wait $(jobs -p | grep -v "^$HUB_PID$")
	[ "$(cat -- *.code | fold -w 3 | sort | uniq -c | xargs)" = "1 201 19 409" ]
	winner=$(grep -l 201 -- *.code)
	get fed/federation.pb | cmp - "${winner%.code}.pb"
}

@test "a crowd that puts, gets, lists, waits and resumes under SIGHUPs gets what is right" {
	need_python http.client
	people
	hub_up --tokens tokens --threads 4
	py "$TOP/tests/cmd/hub.py" load "$HUB_PORT" "$HUB_PID" 4 > said || { cat said hub.err; false; }
	jq -e '.wrong == [] and .statuses["PUT 201"] > 20 and .statuses["PATCH 201"] > 5' said || { cat said; false; }
	hub_down
	run ! grep -i sanitizer hub.err
}

@test "a socket on a path, and one from the service manager" {
	need systemd-socket-activate
	fl-serve --root hub --listen "unix:$PWD/sock" --log log 2> hub.err 3>&- &
	HUB_PID=$!
	until_there curl -sf --unix-socket sock http://hub/healthz
	hub_down
	rm -f log
	fl-serve --root hub --listen "unix:$PWD/sock" --log log 2> hub.err 3>&- & # the file that the first one left is no hindrance
	HUB_PID=$!
	until_there curl -sf --unix-socket sock http://hub/healthz
	hub_down
	systemd-socket-activate -l "$PWD/sock2" "$BIN/fl-serve" --root hub --log log 2> hub.err 3>&- &
	HUB_PID=$!
	until_there curl -sf --unix-socket sock2 http://hub/healthz
	hub_down
}

@test "the service manager is told when the hub is ready and when it stops" {
	py - <<- 'END'
		import os, signal, socket, subprocess
		s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
		s.bind('notify')
		s.settimeout(20)
		p = subprocess.Popen(['fl-serve', '--root', 'hub', '--listen', '127.0.0.1:0', '-q'],
		                     env={**os.environ, 'NOTIFY_SOCKET': os.path.abspath('notify')})
		assert s.recv(200).startswith(b'READY=1\n')
		p.send_signal(signal.SIGHUP)
		assert s.recv(200).startswith(b'RELOADING=1\n')
		assert s.recv(200).startswith(b'READY=1\n')
		p.send_signal(signal.SIGTERM)
		assert s.recv(200).startswith(b'STOPPING=1\n')
		assert p.wait(20) == 0
	END
}
