#!/usr/bin/env bats
# fl-serve: who may do what, and which messages count.
load helper
load hub

setup() {
	fresh
	need curl b2sum jq
}

teardown() {
	hub_kill
}

# answers WHO WANT PLACE : the status of reading PLACE; sends WHO WANT FILE PLACE : of writing it.
answers() {
	local got
	got=$(as "$1" "$HUB/v1/fed/$3")
	[ "$got" = "$2" ] || { echo "$1 reads $3: $got, want $2: $(cat answer)"; return 1; }
}

sends() {
	local got
	got=$(as_put "$1" "$3" "$4")
	[ "$got" = "$2" ] || { echo "$1 writes $4: $got, want $2: $(cat answer)"; return 1; }
}

# says TEXT : the last answer does, in one line.
says() {
	[ "$(wc -l < answer)" = 1 ] && grep -qF "$1" answer || { cat answer; return 1; }
}

# seal FILE [ENVELOPE] [PAYLOAD] [SIZE] : of round 1, with h1's update; digests and bytes other than its own where given.
seal() {
	printf '{"version":1,"federation":"fed","round":1,"plan":"%s","sealed":"%s","entries":[{"participant":"h1",
		"envelope":"%s","payload":"%s","payloadSize":"%d"}]}' "$(digest plan-1.pb)" "$NOW" "${2:-$(digest envelope.pb)}" \
		"${3:-$(digest update)}" "${4:-7}" | message Seal north "$1"
}

# Round 1 from its plan to its result and a channel, every object by who may write it.
whole_round() {
	local payload
	payload=rounds/000001/updates/h1/$(digest update | tr : -)
	envelope 1 h1 h1 envelope.pb
	sends h1 201 update "$payload"
	sends h1 201 envelope.pb rounds/000001/updates/h1/envelope.pb
	seal seal.pb
	sends north 201 seal.pb rounds/000001/seal.pb
	echo next > next
	sends north 201 next "$(blob next)"
	printf '{"version":1,"federation":"fed","round":1,"seal":"%s","baseModel":"%s","model":"%s","participants":1,"made":"%s"}' \
		"$(digest seal.pb)" "$(digest model)" "$(digest next)" "$NOW" | message Result north result-1.pb
	sends north 201 result-1.pb rounds/000001/result.pb
	printf '{"version":1,"federation":"fed","name":"stable","serial":1,"model":"%s","round":1,"made":"%s"}' \
		"$(digest next)" "$NOW" | message Channel north channel.pb
	sends north 201 channel.pb channels/stable/000001.pb
}

@test "a round, each object by who may write it, and read by who may" {
	world
	whole_round
	while read -r place north h1 h2 eve mon; do
		for who in north h1 h2 eve mon; do
			answers "$who" "${!who}" "$place"
		done
	done <<- END
		federation.pb                          200 200 200 200 403
		$(blob model)                          200 200 200 200 403
		rounds/000001/plan.pb                  200 200 200 403 403
		rounds/000001/updates/h1/envelope.pb   200 200 403 403 403
		rounds/000001/updates/h1/$(digest update | tr : -) 200 200 403 403 403
		rounds/000001/seal.pb                  200 200 200 403 403
		rounds/000001/result.pb                200 200 200 200 403
		channels/stable/000001.pb              200 200 200 200 403
	END
	[ "$(curl -sf -H "Authorization: Bearer $(cat north.token)" "$HUB/v1/fed/?list" | wc -l)" = 9 ]
	curl -sf -H "Authorization: Bearer $(cat h2.token)" "$HUB/v1/fed/?list" > list
	[ "$(wc -l < list)" = 7 ]
	run ! grep updates list
	curl -sf -H "Authorization: Bearer $(cat eve.token)" "$HUB/v1/fed/rounds/?list" > list
	[ "$(jq -r .name list)" = rounds/000001/result.pb ]
	[ "$(as mon "$HUB/v1/fed/?list")" = 403 ]
}

@test "nobody writes what is another's to write" {
	world
	envelope 1 h1 h1 envelope.pb
	payload=$(digest update | tr : -)
	echo other > other
	for who in h1 h2 eve mon; do
		sends "$who" 403 plan-1.pb rounds/000002/plan.pb
		sends "$who" 403 plan-1.pb rounds/000001/seal.pb
		sends "$who" 403 plan-1.pb rounds/000001/result.pb
		sends "$who" 403 plan-1.pb channels/stable/000001.pb
		sends "$who" 403 federation.pb federation/000002.pb
		sends "$who" 403 other "$(blob other)"
	done
	for who in north h2 eve mon; do
		sends "$who" 403 update "rounds/000001/updates/h1/$payload"
		sends "$who" 403 envelope.pb rounds/000001/updates/h1/envelope.pb
	done
	[ ! -e hub/fed/rounds/000001/updates ]
}

@test "a token is known, of this federation, and not over" {
	world
	[ "$(status "$HUB/v1/fed/federation.pb")" = 401 ]
	grep -qi '^www-authenticate: bearer' <(curl -sI "$HUB/v1/fed/federation.pb")
	[ "$(as mallory "$HUB/v1/fed/federation.pb")" = 403 ]
	says "not for federation fed"
	[ "$(status -H "Authorization: Bearer flt_$(printf 'A%.0s' {1..43})" "$HUB/v1/fed/federation.pb")" = 401 ]
	[ "$(status -H "Authorization: Bearer nonsense" "$HUB/v1/fed/federation.pb")" = 401 ]
	[ "$(status -u "h1:$(cat h1.token)" "$HUB/v1/fed/federation.pb")" = 200 ]
	[ "$(as mon "$HUB/metrics")" = 200 ]
	[ "$(as mon "$HUB/")" = 200 ]
	grep -q '<html' answer
	[ "$(as mon "$HUB/v1/fed/")" = 200 ]
	[ "$(as h1 "$HUB/metrics")" = 403 ]
	[ "$(as h1 "$HUB/")" = 403 ]
	[ "$(status "$HUB/metrics")" = 401 ]
	[ "$(status "$HUB/healthz")" = 200 ]

	sed -i '/ h1 fed/s/$/ 2020-01-01T00:00:00Z/' tokens
	kill -HUP "$HUB_PID"
	until grep -q '"event":"reload"' log; do sleep 0.05; done
	[ "$(as h1 "$HUB/v1/fed/federation.pb")" = 401 ]
	says expired
	[ "$(as h2 "$HUB/v1/fed/federation.pb")" = 200 ]

	echo broken >> tokens
	kill -HUP "$HUB_PID"
	until grep -q '"level":"error","event":"reload"' log; do sleep 0.05; done
	[ "$(as h2 "$HUB/v1/fed/federation.pb")" = 200 ]
	hub_down
	for t in *.token; do run ! grep -F -- "$(cat "$t")" log hub.err; done
	run ! grep -E '127\.0\.0\.1|flt_[A-Za-z0-9_-]{10}' log
}

@test "updates come into rounds that are open, from whom they ask" {
	world
	payload=$(digest update | tr : -)
	sends h1 404 update "rounds/000002/updates/h1/$payload"
	says "round 2 is not open"
	whole_round
	plan 2 north plan-2.pb ',"cohort":["h1"],"maxUpdateBytes":"7"'
	sends north 201 plan-2.pb rounds/000002/plan.pb
	sends h2 403 update "rounds/000002/updates/h2/$payload"
	says "does not ask h2"
	sends h2 404 update "rounds/000001/updates/h2/$payload"
	says "is over"
	sends h1 200 update "rounds/000001/updates/h1/$payload"
	sends h1 200 envelope.pb rounds/000001/updates/h1/envelope.pb
	sends h1 409 plan-2.pb rounds/000001/updates/h1/envelope.pb
	sends h1 201 update "rounds/000002/updates/h1/$payload"
	echo "too long an update" > long
	sends h1 413 long "rounds/000002/updates/h1/$(digest long | tr : -)"
}

@test "messages that do not hold are refused with the reason and kept aside" {
	world
	payload=rounds/000001/updates/h1/$(digest update | tr : -)
	envelope 1 h1 h1 envelope.pb
	place=rounds/000001/updates/h1/envelope.pb
	sends h1 422 envelope.pb $place
	says "put it first"
	sends h1 201 update "$payload"

	envelope 1 h1 h2 forged.pb
	sends h1 422 forged.pb $place
	envelope 1 h1 mallory forged.pb
	sends h1 422 forged.pb $place
	says "no member's key"
	envelope 1 h2 h2 foreign.pb
	sends h1 422 foreign.pb $place
	says "its place says 'h1'"
	envelope 1 h1 h1 size.pb 99
	sends h1 422 size.pb $place
	says "99 bytes"
	head -c -1 envelope.pb > short.pb
	sends h1 422 short.pb $place
	sends h1 422 update $place
	printf '\001' | dd of=envelope.pb bs=1 seek=30 conv=notrunc 2> /dev/null
	sends h1 422 envelope.pb $place
	[ ! -e hub/fed/$place ]
	[ "$(ls hub/fed/.refused | wc -l)" = 8 ]

	sends north 409 model federation.pb
	sends north 422 model federation/000002.pb
}

@test "a seal says of every update what its envelope says" {
	world
	seal=rounds/000001/seal.pb
	envelope 1 h1 h1 envelope.pb
	seal seal.pb
	sends north 422 seal.pb $seal
	says "rounds/000001/updates/h1/envelope.pb is not here; put it first"
	sends h1 201 update "rounds/000001/updates/h1/$(digest update | tr : -)"
	sends h1 201 envelope.pb rounds/000001/updates/h1/envelope.pb
	seal envelope-of.pb "$(digest model)"
	sends north 422 envelope-of.pb $seal
	says "an envelope is not that of rounds/000001/updates/h1/envelope.pb"
	seal payload.pb '' "$(digest model)"
	sends north 422 payload.pb $seal
	says "an entry's payload is not that of rounds/000001/updates/h1/envelope.pb"
	seal size.pb '' '' 8
	sends north 422 size.pb $seal
	says "an entry's payload is not that of rounds/000001/updates/h1/envelope.pb"
	sends north 201 seal.pb $seal
}

@test "a plan answers the last result, and a round's messages say its number" {
	world
	whole_round
	cp result-1.pb right.pb
	cp federation.pb result-1.pb
	plan 2 north plan-2.pb
	sends north 422 plan-2.pb rounds/000002/plan.pb
	says "previous"
	cp right.pb result-1.pb
	plan 2 h1 stolen.pb
	sends north 422 stolen.pb rounds/000002/plan.pb
	mv model right
	echo elsewhere > model
	plan 2 north nomodel.pb
	sends north 422 nomodel.pb rounds/000002/plan.pb
	says "its model"
	mv right model
	plan 2 north plan-2.pb
	sends north 422 plan-2.pb rounds/000003/plan.pb
	sends north 201 plan-2.pb rounds/000002/plan.pb
	sends north 200 plan-2.pb rounds/000002/plan.pb
	plan 2 north other.pb ',"intervalS":5'
	sends north 409 other.pb rounds/000002/plan.pb
	envelope 1 h1 h1 replayed.pb
	sends h1 201 update "rounds/000002/updates/h1/$(digest update | tr : -)"
	sends h1 422 replayed.pb rounds/000002/updates/h1/envelope.pb
}

@test "only a coordinator founds a federation, and what is refused leaves nothing" {
	people
	echo schema > schema
	roster
	hub_up --tokens tokens
	sends h1 403 federation.pb federation.pb
	sends eve 403 federation.pb federation.pb
	sends north 422 tokens federation.pb
	[ ! -e hub/fed ]
	[ "$(as north -T federation.pb "$HUB/v1/other/federation.pb")" = 403 ]
	sends north 201 federation.pb federation.pb
	sends north 200 federation.pb federation.pb
}

@test "a new roster follows the old one, and is in force at once" {
	world
	payload=rounds/000001/updates/h1/$(digest update | tr : -)
	sends h1 201 update "$payload"
	printf '{"version":1,"name":"fed","serial":2,"previous":"%s","threshold":1,"members":[%s,%s],"schema":"%s","created":"%s",
		"revoked":[{"publicKey":"%s","at":"2026-01-02T00:00:00Z"}]}' "$(digest federation.pb)" \
		"$(member north '"ROLE_ADMIN","ROLE_COORDINATOR"')" "$(member h2 '"ROLE_PARTICIPANT"')" "$(digest schema)" "$NOW" \
		"$(sed -n 2p h1.key.pub)" > two.json
	message Federation mallory forged.pb < two.json
	sends north 422 forged.pb federation/000002.pb
	message Federation north two.pb < two.json
	sends north 422 two.pb federation/000003.pb
	sends north 201 two.pb federation/000002.pb
	sends north 200 two.pb federation/000002.pb
	sends north 200 plan-1.pb rounds/000001/plan.pb
	envelope 1 h1 h1 envelope.pb
	sends h1 422 envelope.pb rounds/000001/updates/h1/envelope.pb
}

@test "a receipt says what was stored, and is signed by the hub" {
	need base64
	fl-key generate --no-passphrase hub.key > /dev/null 2>&1
	world --key hub.key
	echo more > more
	[ "$(as_put north more "$(blob more)" -D head)" = 201 ]
	tr -d '\r' < head | sed -n 's/^FL-Receipt: //p' | base64 -d > receipt.pb
	fl-show receipt.pb > receipt.json
	grep -q "$(digest more)" receipt.json
	grep -q "$(blob more)" receipt.json
	grep -q '"north"' receipt.json
}
