#!/usr/bin/env bats
# fl-round over fl-serve: tokens, waiting, a hub that is away, clocks that differ.
load helper
load round

setup() {
	fresh
	round_federation 2
	local n
	mkdir hub
	for n in co:coordinator h01:participant h02:participant onlooker:reader; do
		fl-key token -q -o "tok.${n%%:*}" -r "${n##*:}" -n "${n%%:*}" -f demo
	done > tokens
	serve
}

teardown() {
	[ -z "${HUB:-}" ] || kill "$HUB" 2> /dev/null || true
}

serve() {
	rm -f port
	"$@" fl-serve -q --root hub --listen "127.0.0.1:${PORT:-0}" --port-file port --tokens tokens --log hub.log 3>&- &
	HUB=$!
	for _ in $(seq 200); do
		[ ! -s port ] || break
		sleep 0.05
	done
	PORT=$(cat port)
	export FL_STORE=http://127.0.0.1:$PORT/v1/demo
}

# as NAME CMD... : with NAME's token.
as() { FL_TOKEN_FILE=tok.$1 "${@:2}"; }

@test "the whole life through a hub: processes that wait, in the time that the work takes" {
	as co init
	for h in 01 02; do as h$h join $h --until-done & done
	as co tick --until-done --metrics m.json
	wait %2 %3
	[ "$(as co fl-round status | jq -r '[.rounds[].state] | join(" ")')" = "closed closed closed" ]
	[ "$(jq '.requests > 20 and .bytes_down > 1000' m.json)" = true ]
	want=$(FL_TOKEN_FILE=tok.onlooker newest "$FL_STORE")
	export FL_STORE=store
	init
	for h in 01 02; do join $h --until-done --state other-$h & done
	tick --until-done --state other-co
	wait %4 %5 || true
	[ "$(newest)" = "$want" ]
}

@test "a hub that is away, or does not know us, is said with the right status" {
	as co init
	as co tick
	as h01 join 01
	fails 77 "participant h02 may not write" as h02 join 01 --state s2
	fails 77 "a token is needed" join 02
	kill "$HUB"
	wait "$HUB" || true
	fails 75 "Failed to connect" as h02 join 02 --deadline 1
	fails 75 "Failed to connect" as co tick --deadline 1
	serve
	as h02 join 02
	as co tick
	[ "$(as co fl-round status | jq -r .rounds[0].state)" = closed ]
}

@test "who is slower than the others, and not wanted late, comes back for the next round" {
	plan '"quorum":1'
	as co init
	as co tick
	as h01 join 01
	mkdir hooks
	cat > hooks/pre-join <<-'SH'
		#!/bin/sh
		export FL_TOKEN_FILE=tok.co
		fl-round seal --key co --state state-co && fl-round tick --key co --plan plan.json --state state-co
	SH
	chmod +x hooks/pre-join
	fails 75 "round 1 was sealed before its update was there" as h02 join 02 --hooks hooks
	as h02 join 02
	[ "$(as co fl-round status | jq -c '[.rounds[].delivered]')" = '[["h01"],["h02"]]' ]
}

@test "what waits for a plan gets it when it is there; what waits for too long comes back" {
	as co init
	fails 75 "no open round" as h01 join 01 --wait 1
	as h01 join 01 --wait 60 &
	sleep .5
	as co tick
	wait %2
	[ "$(as co fl-round status | jq -c .rounds[0].delivered)" = '["h01"]' ]
}

@test "clocks that are an hour apart stop everything, with both times" {
	need faketime
	faketime -f +1h fl-round --version > /dev/null 2>&1 || skip "faketime cannot run this build"
	as co init
	as co tick
	fails 75 "this machine's clock says" as h01 faketime -f +1h fl-round join --as h01 --key h01 --trust co.pub \
		--data silo-01.train.csv --state s
	fails 75 "set the one that is wrong" as co faketime -f -1h fl-round tick --key co --plan plan.json --state state-co
	as h01 join 01
}
