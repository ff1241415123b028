#!/usr/bin/env bats
# A federation over fl-serve: what fl-push and fl-pull promise, through the hub.
load helper
load federation
set -o pipefail

setup() {
	fresh
	need /usr/bin/python3
}

teardown() { end_jobs; }

@test "a round's objects go up and come down" {
	federation
	hub
	publish "$HUB" -t tok.coord
	for i in 1 2; do fl-push -t tok.h$i --key h$i "$HUB/rounds/1/updates/h$i" < u$i.st; done
	fl-push -t tok.h1 --key h1 "$HUB/rounds/1/updates/h1" < u1.st
	fails 1 "has delivered another update" fl-push -t tok.h1 --key h1 "$HUB/rounds/1/updates/h1" < u2.st
	fl-pull -t tok.reader "$HUB/channels/stable" | cmp - m.st
	mkdir got
	fl-pull -t tok.coord --trust coord.pub "$HUB/rounds/1/updates" -o got
	cmp got/h1.st u1.st
	cmp got/h2.st u2.st
	fails 77 "" fl-push -t tok.h1 --key h2 "$HUB/rounds/1/updates/h2" < u1.st
	fails 77 "a token is needed" fl-pull "$HUB/channels/stable"
}

@test "a large upload goes on where kill -9 of the client has cut it" {
	federation
	hub
	publish "$HUB" -t tok.coord
	head -c 200000000 /dev/zero > big
	fl-push -t tok.coord "$HUB/blobs" < big > /dev/null &
	victim=$!
	for i in $(seq 200); do
		[ -z "$(find root -size +5M)" ] || break
		sleep 0.05
	done
	kill -9 $victim
	wait $victim || true
	[ ! -e "root/demo/blobs/b2-256-$(b2sum -l 256 big | cut -c 1-64)" ] || skip "the upload was over before it was cut"
	sleep 0.3 # the hub notices that the connection is gone
	fl-push -v -t tok.coord "$HUB/blobs" --metrics fd:3 < big 3> m.jsonl > /dev/null 2> err
	grep -q "going on with an upload after" err
	py -c 'import json; m = json.load(open("m.jsonl")); assert m["bytes_up"] < 200000000, m'
	cmp big root/demo/blobs/b2-256-"$(b2sum -l 256 big | cut -c 1-64)"
}

@test "a large upload goes on when the hub was killed and is there again" {
	federation
	hub
	publish "$HUB" -t tok.coord
	head -c 200000000 /dev/zero > big
	fl-push -v -t tok.coord "$HUB/blobs" < big > out 2> err &
	client=$!
	JOB_PIDS=$client
	for i in $(seq 200); do
		[ -z "$(find root -size +5M)" ] || break
		sleep 0.05
	done
	kill -9 $HUB_PID
	wait $HUB_PID || true
	port=$(cat port)
	hub --listen "127.0.0.1:$port"
	wait $client
	[ "$(cat out)" = "$(digest big)" ]
	cmp big root/demo/blobs/b2-256-"$(b2sum -l 256 big | cut -c 1-64)"
}

@test "a connection that is cut every 64 kB is no obstacle" {
	federation
	hub
	publish "$HUB" -t tok.coord
	head -c 1000000 /dev/urandom > big
	PROXY=$(free_port)
	/usr/bin/python3 - "$PROXY" "$(cat port)" <<- 'END' > proxy.log 2>&1 3>&- &
		import socket, sys, threading
		LIMIT = 65536
		def pump(a, b, n):
		    try:
		        while n > 0 and (k := a.recv(min(n, 8192))):
		            b.sendall(k)
		            n -= len(k)
		    except OSError:
		        pass
		    for s in (a, b):
		        try: s.shutdown(socket.SHUT_RDWR)
		        except OSError: pass
		s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
		while True:
		    c, _ = s.accept()
		    d = socket.create_connection(("127.0.0.1", int(sys.argv[2])))
		    threading.Thread(target=pump, args=(c, d, 10**9), daemon=True).start()
		    threading.Thread(target=pump, args=(d, c, LIMIT), daemon=True).start()
	END
	JOB_PIDS="$JOB_PIDS $!"
	await_port "$PROXY"
	blob=$(fl-push -t tok.coord "$HUB/blobs" < big)
	fl-pull --deadline 100 -v -t tok.coord "http://127.0.0.1:$PROXY/v1/demo/blobs/$blob" --metrics fd:3 3> m.jsonl > out 2> err
	cmp out big
	py -c 'import json; m = json.load(open("m.jsonl")); assert m["retries"] > 10 and m["bytes_down"] == 1000000, m'
}

@test "long polls: what is waited for comes with few requests" {
	federation
	hub
	publish "$HUB" -t tok.coord
	fl-pull -t tok.reader --wait 30 --if-newer m.st "$HUB/channels/stable" --metrics fd:3 3> m.jsonl > next &
	waiter=$!
	sleep 1
	fl-push -q -t tok.coord "$HUB/blobs" < u1.st
	entry 2 channel.pb u1.st | fl-push -t tok.coord "$HUB/channels/stable/2"
	wait $waiter
	cmp next u1.st
	py -c 'import json; m = json.load(open("m.jsonl")); assert m["requests"] < 15, m'
}

@test "receipts of the hub are kept where asked for" {
	federation
	hub --key coord
	publish "$HUB" -t tok.coord
	mkdir receipts
	fl-push -t tok.h1 --key h1 --receipts receipts "$HUB/rounds/1/updates/h1" < u1.st
	[ "$(ls receipts | wc -l)" = 2 ]
	fl-show receipts/*envelope.pb.receipt | grep -q '"rounds/000001/updates/h1/envelope.pb"'
}

@test "a receipt for something else is said to be one and not kept" {
	need python3
	federation
	hub --key coord
	publish "$HUB" -t tok.coord
	mkdir own receipts
	fl-push -t tok.h1 --key h1 --receipts own "$HUB/rounds/1/updates/h1" < u1.st
	/usr/bin/python3 - own/*envelope.pb.receipt > lying.port <<- 'END' 3>&- &
		import base64, http.server, sys
		receipt = base64.b64encode(open(sys.argv[1], 'rb').read()).decode()
		class Hub(http.server.BaseHTTPRequestHandler):
		    def do_PUT(self):
		        self.rfile.read(int(self.headers['Content-Length']))
		        self.send_response(201)
		        self.send_header('FL-Receipt', receipt)
		        self.send_header('Content-Length', '0')
		        self.end_headers()
		    def log_message(self, *a):
		        pass
		hub = http.server.HTTPServer(('127.0.0.1', 0), Hub)
		print(hub.server_port, flush=True)
		hub.timeout = 30
		hub.handle_request()
	END
	until [ -s lying.port ]; do sleep .05; done
	fl-push -t tok.coord --receipts receipts "http://127.0.0.1:$(cat lying.port)/v1/demo/federation.pb" < federation.pb 2> err
	[ -z "$(ls receipts)" ]
	grep -q "the receipt that came is not kept: it is for rounds/000001/updates/h1/envelope.pb" err
}

@test "TLS: an authority that is not known, another name, and a pin" {
	need openssl
	federation
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 2> /dev/null
	hub --tls-cert cert.pem --tls-key key.pem
	https=https://127.0.0.1:$(cat port)/v1/demo
	fl-push -t tok.coord --cacert cert.pem "$https/federation.pb" < federation.pb
	fl-pull -t tok.reader --cacert cert.pem "$https/federation.pb" | cmp - federation.pb
	CURL_CA_BUNDLE="" SSL_CERT_FILE=cert.pem fl-pull -t tok.reader "$https/federation.pb" | cmp - federation.pb
	fails 77 "ertificate" fl-pull -t tok.reader "$https/federation.pb"
	fails 77 "" fl-pull -t tok.reader --cacert cert.pem "https://localhost:$(cat port)/v1/demo/federation.pb"
	fails 77 "" fl-pull -t tok.reader --cacert cert.pem --pin sha256//AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA= "$https/federation.pb"
	pin=$(openssl x509 -in cert.pem -pubkey -noout | openssl pkey -pubin -outform DER | openssl dgst -sha256 -binary | base64)
	fl-pull -t tok.reader --cacert cert.pem --pin "sha256//$pin" "$https/federation.pb" | cmp - federation.pb
	fails 78 "certificate file" fl-pull -t tok.reader --cacert no.pem "$https/federation.pb"
	fails 69 "" fl-pull --deadline 0.6 -t tok.reader "http://127.0.0.1:$(cat port)/v1/demo/federation.pb"
	[ "$(grep -c '"event":"request"' hub.log)" -le 6 ]
}

@test "a client certificate opens what a token does" {
	need openssl
	federation
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=IP:127.0.0.1 2> /dev/null
	openssl req -x509 -newkey rsa:2048 -nodes -keyout c.key -out c.pem -days 2 -subj /CN=h1 2> /dev/null
	hub
	publish "$HUB" -t tok.coord
	end_jobs
	hub --tls-cert cert.pem --tls-key key.pem --client-ca c.pem
	https=https://127.0.0.1:$(cat port)/v1/demo
	fl-push --cacert cert.pem --cert c.pem --cert-key c.key --key h1 "$https/rounds/1/updates/h1" < u1.st
	fails 77 "" fl-push --cacert cert.pem --cert c.pem --cert-key c.key --key h2 "$https/rounds/1/updates/h2" < u2.st
	fails 78 "certificate" fl-push --cacert cert.pem --cert no.pem --cert-key c.key --key h1 "$https/rounds/1/updates/h1" < u1.st
}

@test "a token file that others can read, or that is none, is refused" {
	federation
	hub
	cp tok.reader open
	chmod 644 open
	fails 78 "open" fl-pull -t open "$HUB/federation.pb"
	fails 66 "none" fl-pull -t none "$HUB/federation.pb"
	(umask 077; echo hello > bad)
	fails 65 "bad" fl-pull -t bad "$HUB/federation.pb"
}
