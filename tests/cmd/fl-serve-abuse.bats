#!/usr/bin/env bats
# fl-serve: what nobody decent sends, and how much anybody may send.
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

# rude WANT CASE... : each case of rude.py ends as WANT says (statuses with | between).
rude() {
	local want=$1
	shift
	py "$TOP/tests/cmd/rude.py" "$HUB_PORT" "$@" > said
	[ "$(wc -l < said)" = $# ]
	run ! grep -vE " ($want)\$" said
}

# No object, no part of one: what was refused for its words was never a message.
nothing_came() {
	[ -z "$(find hub -type f ! -path '*/.refused/*')" ]
}

@test "messages whose end is in doubt are refused, and the connection with them" {
	hub_up
	rude 400 two-lengths two-equal-lengths length-and-chunked chunked-and-length unknown-coding space-before-colon plus-length \
		get-with-body two-hosts no-host bad-header-name
	rude '400|413' negative-length length-2-64 length-2-tib length-2-tib-no-expect
	rude 411 chunked chunk-overflow no-length
	rude '505|400' http-9 http-2-preface
	rude '400|closed' garbage
	rude 405 method
	rude '431|413' header-100k headers-10000
	rude 414 target-5000
	rude 1 smuggled
	nothing_came
	[ "$(curl -sf "$HUB/healthz")" = ok ]
}

@test "no name leads out of the federation" {
	echo secret > outside
	ln -s /etc hub/evil
	ln -s ../../outside "hub/fed/federation.pb"
	mkdir hub/fed/blobs elsewhere
	ln -s ../../../outside "hub/fed/blobs/b2-256-$(printf '0%.0s' {1..64})"
	ln -s ../../elsewhere hub/fed/channels
	hub_up
	rude '400|404' dotdot dotdot-in dotdot-last encoded-dotdot encoded-slash double-encoded nul absolute absolute-form backslash \
		hidden hidden-federation temporary upper-case trailing-slash put-dotdot put-encoded put-hidden list-dotdot list-after
	[ "$(status "$HUB/v1/evil/federation.pb")" = 404 ]
	[ "$(status "$HUB/v1/fed/federation.pb")" = 404 ]
	[ "$(status "$HUB/v1/fed/blobs/b2-256-$(printf '0%.0s' {1..64})")" = 404 ]
	[ "$(curl -sf "$HUB/v1/fed/?list" | wc -c)" = 0 ]
	run ! grep -r secret answer
	[ "$(put outside fed/channels/stable/000001.pb)" -ge 400 ]
	[ -z "$(ls elsewhere)" ]
	nothing_came
}

@test "a header or a body that trickles does not hold its connection" {
	hub_up --header-timeout 1 --min-rate 1000000
	rude closed slow-header slow-line
	rude 'closed' slow-body
	curl -s "$HUB/metrics" | grep -qx 'fl_late_connections_total 3'
}

@test "two hundred slow uploads hold neither memory nor a fast one" {
	hub_up
	py "$TOP/tests/cmd/hub.py" slow "$HUB_PORT" 200 500000 3 "$HUB_PID" > said
	jq -e '.slow == {"201": 200} and .fast == 201 and .overtook' said
	if ! nm "$BIN/fl-serve" | grep -q '__[at]san'; then # the sanitizers have memory of their own
		jq -e '.peak_rss_kb < 65536' said
	fi
	[ "$(find hub/fed/blobs -type f | wc -l)" = 201 ]
}

@test "objects have a size, participants a quota, tokens a rate" {
	world --max-object 100000 --quota 2000 --quota-objects 3
	head -c 100001 /dev/zero > big
	[ "$(as_put north big "$(blob big)")" = 413 ]
	head -c 3000 /dev/zero > f
	[ "$(as_put h1 f "rounds/000001/updates/h1/$(digest f | tr : -)" -D head)" = 429 ]
	grep -qi '^retry-after:' head
	for i in 1 2 3; do
		head -c 100 /dev/urandom > f
		[ "$(as_put h1 f "rounds/000001/updates/h1/$(digest f | tr : -)")" = 201 ]
	done
	head -c 100 /dev/urandom > f
	[ "$(as_put h1 f "rounds/000001/updates/h1/$(digest f | tr : -)")" = 429 ]
	[ "$(as_put h2 f "rounds/000001/updates/h2/$(digest f | tr : -)")" = 201 ]
	hub_down

	hub_up --tokens tokens --rate 5
	for i in $(seq 40); do echo "url = $HUB/v1/fed/federation.pb"; echo 'output = /dev/null'; done > urls
	curl -s -H "Authorization: Bearer $(cat h1.token)" -w '%{http_code}\n' -K urls | sort | uniq -c > counts
	grep -q ' 429$' counts
	grep -q ' 200$' counts
	[ "$(as h2 "$HUB/v1/fed/federation.pb")" = 200 ]
}

@test "a full disk is said, leaves nothing torn, and is over when there is space" {
	unshare -m mount -t tmpfs -o size=1m tmpfs hub 2> /dev/null || skip "no tmpfs can be mounted here"
	HUB_WRAP=(unshare -m sh -c 'mount -t tmpfs -o size=1m tmpfs hub && mkdir hub/fed && exec "$@"' sh)
	hub_up
	disk=/proc/$HUB_PID/root$PWD/hub/fed
	head -c 600000 /dev/urandom > a
	head -c 700000 /dev/urandom > b
	[ "$(put a "fed/$(blob a)")" = 201 ]
	[ "$(put b "fed/$(blob b)")" = 507 ]
	grep -q 'disk is full' answer
	[ "$(find "$disk" -type f | wc -l)" = 1 ]
	at=$(curl -sf -X POST -H "Upload-Length: 700000" -H "FL-Digest: $(digest b)" -D - "$HUB/v1/fed/$(blob b)?upload" |
		tr -d '\r' | sed -n 's/^Location: //p')
	part=(-X PATCH -H 'Content-Type: application/offset+octet-stream')
	[ "$(status "${part[@]}" -H 'Upload-Offset: 0' --data-binary @b "$HUB$at")" = 507 ]
	rm "$disk/$(blob a)"
	offset=$(curl -sfI "$HUB$at" | tr -d '\r' | sed -n 's/^Upload-Offset: //p')
	[ "$offset" -gt 100000 ]
	tail -c +$((offset + 1)) b > rest
	[ "$(status "${part[@]}" -H "Upload-Offset: $offset" --data-binary @rest "$HUB$at")" = 201 ]
	get "fed/$(blob b)" | cmp - b
	[ "$(find "$disk" -type f | wc -l)" = 1 ]
}
