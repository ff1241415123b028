#!/usr/bin/env bats
# fl-serve: TLS, certificates of both sides, and their replacement under way.
load helper
load hub

setup() {
	fresh
	need curl openssl b2sum
	mkdir -p hub/fed
}

teardown() {
	hub_kill
}

# authority NAME : NAME.pem and NAME.key that sign others.
authority() {
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.pem" -days 2 \
		-subj "/CN=$1" 2> /dev/null
}

# certificate NAME AUTHORITY [DAYS [CN]] : NAME.pem, NAME.key, for 127.0.0.1.
certificate() {
	openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout "$1.key" -out "$1.csr" -subj "/CN=${4:-$1}" \
		-addext subjectAltName=IP:127.0.0.1 2> /dev/null
	openssl x509 -req -in "$1.csr" -CA "$2.pem" -CAkey "$2.key" -out "$1.pem" -days "${3:-1}" -copy_extensions copy 2> /dev/null
}

tls_up() {
	hub_up --tls-cert hub.pem --tls-key hub.key "$@"
	HUB=https://127.0.0.1:$HUB_PORT
}

serial() {
	openssl s_client -connect "127.0.0.1:$HUB_PORT" < /dev/null 2> /dev/null | openssl x509 -noout -serial
}

@test "objects go both ways over TLS 1.3 and 1.2, and not below" {
	authority ca
	certificate hub ca
	tls_up
	head -c 3000000 /dev/urandom > model
	[ "$(put model "fed/$(blob model)" --cacert ca.pem)" = 201 ]
	curl -sf --cacert ca.pem --tlsv1.3 "$HUB/v1/fed/$(blob model)" | cmp - model
	curl -sf --cacert ca.pem --tls-max 1.2 "$HUB/v1/fed/$(blob model)" | cmp - model
	run ! curl -sf --cacert ca.pem --tls-max 1.1 --tlsv1.0 --ciphers DEFAULT@SECLEVEL=0 "$HUB/healthz"
	run ! openssl s_client -connect "127.0.0.1:$HUB_PORT" -tls1_1 -cipher DEFAULT@SECLEVEL=0 < /dev/null
	run ! curl -sf "http://127.0.0.1:$HUB_PORT/healthz"
	run ! curl -sf "$HUB/healthz"
	authority stranger
	run ! curl -sf --cacert stranger.pem "$HUB/healthz"
	curl -sf --cacert ca.pem "$HUB/healthz"
}

@test "a hub does not start with a certificate that nobody could accept" {
	authority ca
	certificate hub ca
	certificate other ca
	fails 78 "is not the key of" fl-serve --root hub --tls-cert hub.pem --tls-key other.key
	fails 78 "hub.key" fl-serve --root hub --tls-cert hub.key --tls-key hub.key
	fails 66 "nothing.pem" fl-serve --root hub --tls-cert nothing.pem --tls-key hub.key
	openssl x509 -req -in hub.csr -CA ca.pem -CAkey ca.key -out old.pem -days -1 2> /dev/null ||
		openssl x509 -req -in hub.csr -CA ca.pem -CAkey ca.key -out old.pem -not_before 20200101000000Z -not_after 20210101000000Z
	fails 78 "has expired" fl-serve --root hub --tls-cert old.pem --tls-key hub.key
}

@test "a certificate is replaced at SIGHUP, a broken one is not taken, and uploads go on" {
	authority ca
	certificate hub ca
	tls_up
	one=$(serial)
	head -c 600000 /dev/urandom > big
	put big "fed/$(blob big)" --cacert ca.pem --limit-rate 300k > code &
	upload=$!
	certificate hub ca
	kill -HUP "$HUB_PID"
	until grep -q '"event":"reload"' log; do sleep 0.05; done
	two=$(serial)
	[ "$one" != "$two" ]
	echo broken > hub.pem
	kill -HUP "$HUB_PID"
	until grep -q '"level":"error","event":"reload"' log; do sleep 0.05; done
	[ "$(serial)" = "$two" ]
	wait $upload
	[ "$(cat code)" = 201 ]
	hub_down
}

@test "where clients show certificates, theirs must be good, and say who they are" {
	authority ca
	authority clients
	authority stranger
	certificate hub ca
	certificate c-h1 clients 1 h1
	certificate c-bad stranger 1 h1
	certificate c-north clients 1 north
	certificate c-eve clients 1 "not a name"
	openssl x509 -req -in c-h1.csr -CA clients.pem -CAkey clients.key -out c-old.pem -days -1 2> /dev/null
	people
	echo schema > schema
	echo model > model
	echo update > update
	roster
	plan 1 north plan-1.pb
	echo "cert:north coordinator north fed" >> tokens
	tls_up --tokens tokens --client-ca clients.pem
	with() {
		local who=$1
		shift
		status --cacert ca.pem --cert "c-$who.pem" --key "c-${KEY:-$who}.key" "$@"
	}
	[ "$(status --cacert ca.pem "$HUB/v1/fed/federation.pb")" = 401 ]
	grep -q 'client certificate is needed' answer
	[ "$(with bad "$HUB/v1/fed/federation.pb")" = 401 ]
	[ "$(KEY=h1 with old "$HUB/v1/fed/federation.pb")" = 401 ]
	[ "$(with eve "$HUB/v1/fed/federation.pb")" = 401 ]

	[ "$(with north -T federation.pb "$HUB/v1/fed/federation.pb")" = 201 ]
	[ "$(with north -T model "$HUB/v1/fed/$(blob model)")" = 201 ]
	[ "$(with north -T plan-1.pb "$HUB/v1/fed/rounds/000001/plan.pb")" = 201 ]
	payload=$(digest update | tr : -)
	[ "$(with h1 -T update "$HUB/v1/fed/rounds/000001/updates/h1/$payload")" = 201 ]
	[ "$(with h1 -T update "$HUB/v1/fed/rounds/000001/updates/h2/$payload")" = 403 ]
	[ "$(with h1 -T model "$HUB/v1/fed/$(blob update)")" = 403 ]
	[ "$(with h1 -H "Authorization: Bearer $(cat mon.token)" "$HUB/metrics")" = 200 ]
}
