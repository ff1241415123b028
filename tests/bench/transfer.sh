#!/bin/bash
# transfer.sh - fl-serve beside nginx on loopback without TLS: uploads, small reads, memory, and a quick upload among slow ones.
# fl-serve has what it acknowledges on the disk and checks its digest; nginx does neither.
set -eu
. "$(dirname "$0")/net.sh"
for c in nginx curl; do
	command -v $c > /dev/null || { echo "transfer: skipped, no $c" >&2; exit 0; }
done
row() { awk -v what="$1" -v a="$2" -v b="$3" -v by="$4" 'BEGIN { printf "%s | %.3f s | %.3f s (%s) | %.2f\n", what, a, b, by, b / a }'; }
blob() { echo "blobs/b2-256-$(b2sum -l 256 "$1" | cut -c 1-64)"; }

hub --
web
export site web

# 16 files of 1M float32, other ones for each run: nothing is there already.
n=16
fill() {
	rm -rf www/* hub/f/*
	for i in $(seq $n); do
		head -c 4000000 /dev/urandom > "u$i"
		blob "u$i" > "n$i"
	done
	sync
}
to_hub() { at_once $n sh -c 'curl -sfo answer{} -T u{} "$site/v1/f/$(cat n{})"'; }
push() { at_once $n sh -c 'fl-push -q "$site/v1/f/blobs" < u{} > /dev/null'; }
to_web() { at_once $n sh -c 'curl -sfo answer{} -T u{} "$web/$(cat n{})"'; }
both=$(turns 5 to_hub to_web fill)
row "16 uploads of 1M float32 at once, curl -T" $both nginx
both=$(turns 5 push to_web fill)
row "16 uploads of 1M float32 at once, fl-push" $both "nginx, curl -T"
few=$(peak "$hub_pid")

# Memory does not grow with what is carried.
head -c 256000000 /dev/urandom > big
fl-push -q "$site/v1/f/blobs" < big > /dev/null
fl-pull -q "$site/v1/f/$(blob big)" | cmp - big
rm big
echo "hub's peak memory | 16 x 4 MB at once: $few kB | 256 MB up and down: $(peak "$hub_pid") kB | limit 65536 kB"

# Small reads, the server on one core: 1 kB over 16 connections that stay open.
gets() { taskset -c 1 wrk -t 1 -c 16 -d 2 "$1" | awk '/^Requests\/sec/ { print $2 }'; }
if command -v wrk > /dev/null && [ "$(nproc)" -gt 1 ]; then
	head -c 1000 /dev/urandom > small
	hub taskset -c 0 -- --threads 1
	web taskset -c 0
	curl -sfo answer -T small "$site/v1/f/$(blob small)"
	curl -sfo answer -T small "$web/small"
	for _ in 1 2 3; do
		echo "$(gets "$site/v1/f/$(blob small)") $(gets "$web/small")"
	done | awk '$1 > a { a = $1 } $2 > b { b = $2 } END { printf "reads of 1 kB a second, server on one core | %.0f | %.0f (nginx) | %.2f\n", a, b, a / b }'
else
	echo "transfer: reads skipped, no wrk or one core only" >&2
fi

# A quick upload by itself, and while 200 slow ones are under way.
"$python" - "$site" 200 << 'END'
import hashlib, http.client, os, socket, sys, threading, time

port, many = int(sys.argv[1].rsplit(":", 1)[1]), int(sys.argv[2])

def place(data):
    return "/v1/f/blobs/b2-256-" + hashlib.blake2b(data, digest_size=32).hexdigest()

def quick():
    best = 9e9
    for _ in range(20):
        data = os.urandom(100000)
        at, t = place(data), time.monotonic()
        c = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
        c.request("PUT", at, data)
        assert c.getresponse().status == 201
        best = min(best, time.monotonic() - t)
    return best

alone, slow = quick(), []
for i in range(many):
    data = b"%08d" % i + bytes(10**6 - 8)
    s = socket.create_connection(("127.0.0.1", port))
    s.sendall(b"PUT %s HTTP/1.1\r\nHost: h\r\nContent-Length: %d\r\n\r\n" % (place(data).encode(), len(data)) + data[:1000])
    slow.append(s)
done = threading.Event()
def trickle():
    while not done.wait(0.1):
        for s in slow:
            s.sendall(bytes(1000))
t = threading.Thread(target=trickle)
t.start()
among = quick()
done.set()
t.join()
print("quick upload of 100 kB among %d slow ones | %.1f ms | %.1f ms (alone) | %.2f" % (many, 1e3 * among, 1e3 * alone, alone / among))
END
