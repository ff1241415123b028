#!/usr/bin/env bats
# HTTP servers that break, lie, wait and refuse: flaky.py and proxy.py of the shared tools, and some of our own.
load helper
load federation
set -o pipefail

setup() {
	fresh
	need /usr/bin/python3
}

teardown() { end_jobs; }

flaky() {
	local tool
	tool=$(shared tools/flaky.py)
	PORT=$(free_port)
	/usr/bin/python3 "$tool" "$PORT" > flaky.log 2>&1 3>&- &
	JOB_PIDS="$JOB_PIDS $!"
	await_port "$PORT"
	URL=http://127.0.0.1:$PORT
}

# answer TEXT... : a server that answers the k-th connection with the k-th TEXT (with escapes as Python has them), and the last one
# for ever; it writes what it was asked to asked.PORT.K.
answer() {
	PORT=$(free_port)
	/usr/bin/python3 - "$PORT" "$@" > answer.log 2>&1 3>&- <<- 'END' &
		import socket, sys
		s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
		open("ready." + sys.argv[1], "w")
		for k in range(1000):
		    c, _ = s.accept()
		    r = b""
		    c.settimeout(5)
		    try:
		        while b"\r\n\r\n" not in r:
		            r += c.recv(65536) or b"\r\n\r\n"
		        open(f"asked.{sys.argv[1]}.{k + 1}", "wb").write(r)
		        c.sendall(sys.argv[2 + min(k, len(sys.argv) - 3)].encode().decode("unicode_escape").encode("latin1"))
		        c.shutdown(socket.SHUT_WR)
		        while c.recv(65536):
		            pass
		    except OSError:
		        pass
		    c.close()
	END
	JOB_PIDS="$JOB_PIDS $!"
	for i in $(seq 100); do
		[ ! -e "ready.$PORT" ] || break
		sleep 0.1
	done
	[ -e "ready.$PORT" ] || { cat answer.log; return 1; }
	URL=http://127.0.0.1:$PORT
}

@test "503 with Retry-After is waited for, and the same bytes are sent again" {
	flaky
	head -c 3000000 /dev/urandom > x
	fl-push "$URL/503" --metrics fd:3 < x 3> m.jsonl
	grep -q '"retries":2' m.jsonl
	grep -q '"requests":3' m.jsonl
	cat x | fl-push "$URL/429"
	for code in 408 425 500 502 504; do fl-push "$URL/$code" 2> /dev/null <<< x; done
}

@test "what does not pass is not tried again" {
	flaky
	for want in '400 65' '401 77' '403 77' '404 66' '405 76' '409 1' '413 77' '422 65' '501 76' '505 76' '507 74'; do
		set -- $want
		fails "$2" "" fl-push "$URL/$1" <<< x
	done
}

@test "told to wait beyond the deadline: 75" {
	flaky
	fails 75 "asked to wait 1 s, which is past the deadline" fl-push --deadline 0.5 "$URL/503" <<< x
	answer 'HTTP/1.1 503 No\r\nRetry-After: 3600\r\nContent-Length: 13\r\nContent-Type: text/plain\r\n\r\ngoing to bed\n'
	fails 75 "going to bed (HTTP 503); asked to wait 3600 s" fl-pull "$URL/x"
	answer "HTTP/1.1 429 No\r\nRetry-After: $(LC_ALL=C date -u -d '+2 days' '+%a, %d %b %Y %T GMT')\r\nContent-Length: 0\r\n\r\n"
	fails 75 "asked to wait 172" fl-pull "$URL/x"
}

@test "a server that is not there: 69, in the time given" {
	PORT=$(free_port)
	fails 69 "Failed to connect" fl-pull --deadline 0.8 "http://127.0.0.1:$PORT/x"
	fails 69 "" fl-push --deadline 0.5 "http://no-such-host.invalid/x" <<< x
}

@test "a transfer that is cut goes on, and starts anew where the object has changed" {
	flaky
	fl-pull "$URL/etagdrop" --metrics fd:3 > a 3> m.jsonl
	grep -q '"retries":1' m.jsonl
	grep -q '"bytes_down":1024000,' m.jsonl
	fl-pull "$URL/etagdrop2" > b
	cmp a b
	py -c 'import sys; sys.stdout.buffer.write(bytes(range(256)) * 4000)' | cmp - a
}

@test "a short body, a wrong range and a body that never ends are errors" {
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\nshort'
	fails 69 "" fl-pull --deadline 0.7 "$URL/x"
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: "a"\r\n\r\nfive5' 'HTTP/1.1 206 P\r\nContent-Range: bytes 0-9/10\r\nContent-Length: 10\r\n\r\n0123456789'
	fails 65 "another part came" fl-pull "$URL/x"
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\nETag: "a"\r\n\r\nfive5' 'HTTP/1.1 206 P\r\nContent-Range: bytes 5-9/10\r\nContent-Length: 5\r\n\r\n56789'
	[ "$(fl-pull "$URL/x")" = five556789 ]
	grep -q 'Range: bytes=5-' asked.$PORT.2
	grep -q 'If-Range: "a"' asked.$PORT.2
}

@test "an encoded body is refused, whatever it would become" {
	flaky
	ldd "$(command -v fl-pull)" | grep -q asan || ulimit -v 1000000
	(fails 65 "comes in the encoding 'gzip'" fl-pull "$URL/bomb")
}

@test "a digest that does not fit is refused, and nothing of it is passed on" {
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\nETag: "b2-256:0000000000000000000000000000000000000000000000000000000000000000"\r\n\r\nabc'
	fails 65 "what came has the digest" fl-pull "$URL/x"
	fails 65 "what came has the digest" fl-pull "$URL/f/blobs/b2-256:1111111111111111111111111111111111111111111111111111111111111111" -o out
	[ ! -e out ] && [ ! -e out.part ]
}

@test "what a server says stays on one line, and is cut" {
	answer "HTTP/1.1 400 No\r\nContent-Type: text/plain\r\n\r\n\\x1b[31mred $(printf 'x%.0s' $(seq 500))\nsecond line"
	fails 65 "was not understood: ?[31mred xxx" fl-push "$URL/x" <<< x
	! grep -q "second" .err
	answer 'HTTP/1.1 400 No\r\nContent-Type: text/html\r\n\r\n<h1>Bad</h1>'
	fails 65 "was not understood (HTTP 400)" fl-push "$URL/x" <<< x
	! grep -q h1 .err
}

@test "redirects: followed with the method kept, not for ever, and the token goes nowhere else" {
	fl-key token -q -o tok -r reader -n r -f demo > /dev/null
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi'
	there=$PORT
	answer "HTTP/1.1 307 Go\r\nLocation: http://127.0.0.1:$there/y\r\nContent-Length: 0\r\n\r\n"
	[ "$(fl-pull -t tok "$URL/x")" = hi ]
	grep -q 'Authorization: Bearer flt_' "asked.$PORT.1"
	grep -q '^GET /y' "asked.$there.1"
	! grep -q Authorization "asked.$there.1"
	fl-push -t tok "$URL/x" <<< x
	grep -q '^PUT /y' "asked.$there.2"
	! grep -q Authorization "asked.$there.2"
	answer 'HTTP/1.1 302 Go\r\nLocation: /y\r\nContent-Length: 0\r\n\r\n'
	fails 65 "leads elsewhere (HTTP 302)" fl-push "$URL/x" <<< x
	fails 65 "from one place to another more than 5 times" fl-pull "$URL/x"
	answer 'HTTP/1.1 302 Go\r\nLocation: file:///etc/passwd\r\nContent-Length: 0\r\n\r\n'
	fails 64 "" fl-pull "$URL/x"
	answer 'HTTP/1.1 302 Go\r\nLocation: ftp://127.0.0.1/x\r\nContent-Length: 0\r\n\r\n'
	fails 64 "" fl-pull "$URL/x"
}

@test "a list that lies: bad lines, names of no store, and no end" {
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nnot json\n'
	fails 65 "list, line 1" fl-pull "$URL/f/channels/stable"
	answer 'HTTP/1.1 200 OK\r\nContent-Length: 27\r\n\r\n{"name":"../x","size":311}\n'
	fails 66 "has no entry yet" fl-pull "$URL/f/channels/stable"
	answer 'HTTP/1.1 200 OK\r\nFL-Next: channels/stable/000001.pb\r\n\r\n{"name":"channels/stable/000001.pb","size":3}'
	fails 65 "is cut off in line 1" fl-pull "$URL/f/channels/stable"
	answer 'HTTP/1.1 200 OK\r\nFL-Next: channels/stable/000001.pb\r\n\r\n{"name":"channels/stable/000001.pb","size":3}\n'
	fails 65 "does not get on" fl-pull "$URL/f/channels/stable"
}

@test "heads without end are not read to it" {
	PORT=$(free_port)
	/usr/bin/python3 - "$PORT" > server.log 2>&1 3>&- <<- 'END' &
		import socket, sys
		s = socket.create_server(("127.0.0.1", int(sys.argv[1])))
		while True:
		    c, _ = s.accept()
		    try:
		        c.sendall(b"HTTP/1.1 200 OK\r\n")
		        for i in range(10**6):
		            c.sendall(b"X-%d: %s\r\n" % (i, b"x" * 100))
		    except OSError:
		        pass
		    c.close()
	END
	JOB_PIDS=$!
	await_port "$PORT"
	fails 65 "of headers" fl-pull "http://127.0.0.1:$PORT/x"
}

@test "an upload that is sent elsewhere is not followed there" {
	answer 'HTTP/1.1 201 C\r\nLocation: http://127.0.0.1:1/steal\r\nUpload-Offset: 0\r\nContent-Length: 0\r\n\r\n'
	head -c 9000000 /dev/zero > big
	fails 65 "an upload that is elsewhere" fl-push "$URL/f/blobs" < big
	answer 'HTTP/1.1 201 C\r\nLocation: //evil/steal\r\nUpload-Offset: 0\r\nContent-Length: 0\r\n\r\n'
	fails 65 "an upload that is elsewhere" fl-push "$URL/f/blobs" < big
}

@test "a proxy is used as curl does: https by CONNECT, no_proxy, --proxy" {
	need openssl curl
	tool=$(shared tools/proxy.py)
	(exec 3<> /dev/tcp/127.0.0.1/18302) 2> /dev/null && skip "port 18302 is taken"
	/usr/bin/python3 "$tool" > proxy.log 2>&1 3>&- &
	JOB_PIDS="$JOB_PIDS $!"
	await_port 18302
	openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost \
		-addext subjectAltName=DNS:localhost,IP:127.0.0.1 2> /dev/null
	federation
	hub --tls-cert cert.pem --tls-key key.pem
	https=https://127.0.0.1:$(cat port)/v1/demo
	https_proxy=http://127.0.0.1:18302 publish "$https" --cacert cert.pem -t tok.coord
	grep -q "CONNECT 127.0.0.1:$(cat port)" proxy.log
	: > proxy.log
	https_proxy=http://127.0.0.1:18302 no_proxy=127.0.0.1 fl-pull --cacert cert.pem -t tok.reader "$https/channels/stable" | cmp - m.st
	[ ! -s proxy.log ]
	fl-pull --proxy http://127.0.0.1:18302 --cacert cert.pem -t tok.reader "$https/channels/stable" | cmp - m.st
	grep -q CONNECT proxy.log
	fails 77 "" fl-pull --proxy http://127.0.0.1:18302 http://127.0.0.1:1/x
}
