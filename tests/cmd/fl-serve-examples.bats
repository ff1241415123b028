#!/usr/bin/env bats
# The hub's neighbours as share/ has them: nginx in front, and the units.
load helper
load hub

setup() {
	fresh
	PATH=$PATH:/usr/sbin:/sbin
}

teardown() {
	[ -z "$NGINX_PID" ] || kill "$NGINX_PID" 2> /dev/null || true
	hub_kill
}

# settled CMD... : until CMD succeeds, for ten seconds at most.
settled() {
	local i
	for i in $(seq 200); do
		! "$@" > /dev/null 2>&1 || return 0
		sleep 0.05
	done
	return 1
}

free_port() {
	py -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

@test "nginx.conf holds, and objects go through it both ways over HTTP/2" {
	need nginx openssl curl b2sum
	openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost 2> /dev/null
	port=$(free_port)
	sed -e "s|/run/flkit/hub.sock|$PWD/sock|; s|/etc/ssl/hub/fullchain.pem|$PWD/cert.pem|; s|/etc/ssl/hub/key.pem|$PWD/key.pem|" \
		-e "s|/run/nginx.pid|$PWD/nginx.pid|; s|/var/log/nginx/error.log|$PWD/error.log|; s|^user .*|user $(id -un);|" \
		-e "s|listen 443|listen 127.0.0.1:$port|; /listen \[::\]/d" "$TOP/share/examples/nginx.conf" > nginx.conf
	nginx -t -q -p "$PWD" -e error.log -c "$PWD/nginx.conf"

	mkdir -p hub/fed
	fl-serve --root hub --listen "unix:$PWD/sock" --log log 2> hub.err 3>&- &
	HUB_PID=$!
	nginx -p "$PWD" -e error.log -c "$PWD/nginx.conf" -g 'daemon off;' 3>&- &
	NGINX_PID=$!
	HUB=https://localhost:$port
	settled curl -sf --cacert cert.pem "$HUB/healthz" || { tail -n 2 error.log hub.err; false; }
	head -c 3000000 /dev/urandom > model
	[ "$(put model "fed/$(blob model)" --cacert cert.pem --http2)" = 201 ]
	curl -sf --cacert cert.pem --http2 -w '%{stderr}%{http_version}' "$HUB/v1/fed/$(blob model)" 2> version | cmp - model
	[ "$(cat version)" = 2 ]
	[ "$(put model "fed/$(blob model)" --cacert cert.pem)" = 200 ]
	for i in $(seq 300); do echo "url = $HUB/healthz"; echo 'output = /dev/null'; done > urls
	curl -s --cacert cert.pem -w '%{http_code}\n' -K urls | sort | uniq -c > counts
	grep -q ' 429$' counts
	run ! grep -F 127.0.0.1 log
}

@test "the units are ones that systemd understands" {
	need systemd-analyze
	mkdir units
	sed "s|/usr/bin/fl-serve|$BIN/fl-serve|" "$TOP/share/systemd/fl-serve.service" > units/fl-serve.service
	cp "$TOP/share/systemd/fl-serve.socket" units
	systemd-analyze verify units/fl-serve.service units/fl-serve.socket > said 2>&1 || true
	if grep -q 'Failed to \(initialize\|set up\) manager' said; then
		skip "systemd-analyze cannot run here"
	fi
	run ! grep -E 'fl-serve\.(service|socket)' <(grep -v "Command 'man" said) # the page may not be installed
}
