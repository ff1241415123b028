#!/usr/bin/env bats
# fl-serve: objects over HTTP, who may do what, and what it says of itself.
load helper
load hub

setup() {
	fresh
	need curl b2sum
}

teardown() {
	hub_kill
}

@test "an object comes back as it was put, whole and in parts" {
	mkdir -p hub/fed
	hub_up
	head -c 3000000 /dev/urandom > model
	name=blobs/b2-256-$(b2sum -l 256 model | cut -d ' ' -f 1)
	[ "$(put model "fed/$name")" = 201 ]
	[ "$(put model "fed/$name")" = 200 ]
	get "fed/$name" | cmp - model
	curl -sf -r 1000000- "$HUB/v1/fed/$name" | cmp - <(tail -c +1000001 model)
	curl -sf -r 10-19 "$HUB/v1/fed/$name" | cmp - <(tail -c +11 model | head -c 10)
	[ "$(status -r 3000000- "$HUB/v1/fed/$name")" = 416 ]
	etag="\"b2-256:${name#blobs/b2-256-}\""
	[ "$(curl -sfI "$HUB/v1/fed/$name" | tr -d '\r' | sed -n 's/^ETag: //p')" = "$etag" ]
	[ "$(status -H "If-None-Match: $etag" "$HUB/v1/fed/$name")" = 304 ]
	[ "$(status -r 5- -H "If-Range: \"other\"" "$HUB/v1/fed/$name")" = 200 ]
	cmp "hub/fed/$name" model
}

@test "what is not there is 404, and not overwritten what is" {
	mkdir -p hub/fed
	hub_up
	[ "$(status "$HUB/v1/fed/blobs/b2-256-$(printf '0%.0s' {1..64})")" = 404 ]
	[ "$(status "$HUB/v1/other/federation.pb")" = 404 ]
	[ "$(status "$HUB/elsewhere")" = 404 ]
	echo one > a
	name=blobs/b2-256-$(printf '0%.0s' {1..64})
	[ "$(put a "fed/$name")" = 400 ]
	[ "$(status -H "FL-Digest: b2-256:$(printf '1%.0s' {1..64})" -T a "$HUB/v1/fed/$name")" = 400 ]
	[ -z "$(find hub -type f)" ]
}

@test "a list is JSON lines, sorted, by pages" {
	mkdir -p hub/fed
	hub_up
	for i in 1 2 3 4 5; do
		echo "$i" > b
		[ "$(put b "fed/blobs/b2-256-$(b2sum -l 256 b | cut -d ' ' -f 1)")" = 201 ]
	done
	curl -sf "$HUB/v1/fed/?list" | jq -r .name > all
	[ "$(wc -l < all)" = 5 ]
	sort -c all
	curl -sf -D head "$HUB/v1/fed/blobs/?list&limit=2" | jq -r .name > first
	after=$(tr -d '\r' < head | sed -n 's/^FL-Next: //p')
	[ "$after" = "$(tail -n 1 first)" ]
	curl -sf "$HUB/v1/fed/blobs/?list&after=$after&limit=10" | jq -r .name | cat first - | cmp - all
	[ "$(curl -sf "$HUB/v1/fed/rounds/?list" | wc -c)" = 0 ]
	[ "$(status "$HUB/v1/fed/nonsense/?list")" = 400 ]
	[ "$(status "$HUB/v1/fed/?list&limit=0")" = 400 ]
}

@test "a request waits for a name, and for a list to change" {
	mkdir -p hub/fed/rounds/000001
	hub_up
	curl -s -H 'Prefer: wait=20' "$HUB/v1/fed/rounds/000001/plan.pb" > got &
	waiting=$!
	until curl -s "$HUB/metrics" | grep -qx 'fl_waiting_requests 1'; do sleep 0.05; done
	echo plan > hub/fed/rounds/000001/plan.pb
	wait $waiting
	cmp got hub/fed/rounds/000001/plan.pb

	etag=$(curl -sfD - "$HUB/v1/fed/?list" | tr -d '\r' | sed -n 's/^ETag: //p')
	curl -sf -H "If-None-Match: $etag" -H 'Prefer: wait=20' "$HUB/v1/fed/?list" > list &
	waiting=$!
	until curl -s "$HUB/metrics" | grep -qx 'fl_waiting_requests 1'; do sleep 0.05; done
	echo new > b
	name=blobs/b2-256-$(b2sum -l 256 b | cut -d ' ' -f 1)
	[ "$(put b "fed/$name")" = 201 ]
	wait $waiting
	grep -q "$name" list
	[ "$(status -H 'Prefer: wait=1' "$HUB/v1/fed/rounds/000002/plan.pb")" = 404 ]
}

@test "health, metrics that promtool accepts, and a log of JSON lines" {
	mkdir -p hub/fed
	hub_up
	[ "$(curl -sf "$HUB/healthz")" = ok ]
	echo x > b
	[ "$(put b "fed/blobs/b2-256-$(b2sum -l 256 b | cut -d ' ' -f 1)")" = 201 ]
	curl -sf "$HUB/metrics" > metrics
	grep -qx 'fl_objects_total 1' metrics
	if command -v promtool; then promtool check metrics < metrics; fi
	hub_down
	jq -es 'any(.method == "PUT" and .status == 201 and .bytes_in == 2 and .federation == "fed")' log
}

@test "wrong words and unsafe settings are refused with one line" {
	mkdir hub
	fails 64 "--root is missing" fl-serve
	fails 66 "nowhere" fl-serve --root nowhere
	fails 64 "go together" fl-serve --root hub --tls-cert x
	fails 64 "is not ADDRESS:PORT" fl-serve --root hub --listen here
	fails 78 "without --tokens" fl-serve --root hub --listen 0.0.0.0:0
	: > tokens
	fails 78 "in the clear" fl-serve --root hub --listen 0.0.0.0:0 --tokens tokens
	echo "b2-256:12 reader r fed" > tokens
	fails 78 "tokens: line 1" fl-serve --root hub --tokens tokens
}
