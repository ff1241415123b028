#!/usr/bin/env bats
# fl-serve's status page, of two real rounds: what it says, who may see it, and how a browser shows it.
load helper
load hub

setup() {
	fresh
	need curl
	federated
	hub_up --tokens tokens
}

teardown() {
	hub_kill
}

# federated : a hub's folder with a federation of three hospitals, two of whom were asked for two rounds, and one of whom has
# answered a third that is open; tokens of everybody. Made once a run.
federated() {
	local cache=$BATS_RUN_TMPDIR/page
	if [ ! -d "$cache" ]; then
		mkdir make
		(cd make; make_federated)
		mv -T make "$cache"
	fi
	cp -a "$cache"/. .
}

make_federated() {
	local h r
	hospitals 3
	fl-init --schema schema.json --model logistic > m.st
	{
		echo '{"name": "heart", "threshold": 1, "schema": "schema.json", "members": ['
		for h in 1 2 3; do
			fl-key generate -q --no-passphrase "h$h.key" > /dev/null
			echo "{\"name\": \"h$h\", \"key\": \"h$h.key.pub\", \"operator\": \"<i>St. Anna</i> & Co\", \"roles\": [\"participant\"]},"
		done
		fl-key generate -q --no-passphrase co.key > /dev/null
		echo '{"name": "co", "key": "co.key.pub", "roles": ["admin", "coordinator"]}]}'
	} > fed.json
	fl-key token -q -o you.token --role monitor --name you --federation '*' > tokens
	fl-key token -q -o h1.token --role participant --name h1 --federation heart >> tokens
	mkdir -p hub/heart
	export FL_STORE=$PWD/hub/heart
	fl-round init -k co.key -m m.st fed.json
	for r in 1 2 3; do # the first two ask two hospitals, and are sealed when both have answered
		echo "{\"quorum\": 1, \"deadlineS\": 3600, \"cohort\": [\"h1\", \"h2\"$([ $r -lt 3 ] || echo ', "h3"')], \"train\": {\"epochs\": 1}}" > plan.json
		fl-round tick -k co.key -p plan.json --trust co.key.pub --state co --eval silo-03.test.csv
		for h in $(seq $((r < 3 ? 2 : 1))); do
			fl-round join --as "h$h" -k "h$h.key" -d "silo-0$h.train.csv" --trust co.key.pub --state "s$h"
		done
	done
}

# page [PATH] : what a monitor gets.
page() {
	curl -sf -H "Authorization: Bearer $(cat you.token)" "$HUB/${1-v1/heart/}" -D head
}

# text FILE : the words of a page, one space between.
text() {
	py - "$1" <<- 'END'
		import sys, xml.etree.ElementTree as e
		root = e.parse(sys.argv[1]).getroot()
		assert root.tag == "{http://www.w3.org/1999/xhtml}html" and root.get("lang") == "en", root.tag
		body = root.find("{http://www.w3.org/1999/xhtml}body")
		print(" ".join(" ".join(body.itertext()).split()))
	END
}

@test "it says where the federation stands" {
	page > page.html
	text page.html > words
	for w in 'Round 3 open for' 'Delivered 1 of 3 quorum 1' 'Participants 3 in roster 1' 'auc' 'h1, round 1: delivered' \
		'h2, round 3: missing' 'h3, round 2: not asked' '2 closed 2 2 0 2 1 20' 'Participants 3 h1 ( <i>St. Anna</i> & Co ) , h2' \
		'No privacy budget is reported'; do
		grep -qF -- "$w" words || { echo "not there: $w"; cat words; return 1; }
	done
	next=$(fl-show hub/heart/rounds/000002/result.pb | py -c 'import json, sys; print(json.dumps(json.load(sys.stdin)))' |
		grep -o '"model": "b2-256:[0-9a-f]*"' | grep -o '[0-9a-f]\{64\}')
	grep -qF "<code title=\"b2-256:$next\">${next:0:12}</code>" page.html
}

@test "it is well-formed, loads nothing, runs nothing, and is sent so that it cannot" {
	page > page.html
	page '' > index.html
	for p in page index; do
		text $p.html > /dev/null
		run ! grep -iE '<script|<iframe|<img| on[a-z]+=| style=|javascript:|@import|url\(' $p.html
		run ! grep -oE '(src|href)="(https?:|//)[^"]*"' $p.html
	done
	grep -qi "^content-type: text/html; charset=utf-8" head
	hash=$(py -c 'import base64, hashlib, re; s = open("page.html").read()
print(base64.b64encode(hashlib.sha256(re.search("<style>(.*)</style>", s, re.S).group(1).encode()).digest()).decode())')
	grep -qiF "content-security-policy: default-src 'none'; style-src 'sha256-$hash'" head
	grep -q '<a href="v1/heart/">heart</a>' index.html
	grep -q '<a href="../../">' page.html
}

@test "it shows no token, key, address or folder" {
	page > page.html
	run ! grep -E "flt_|127\.0\.0\.1|$PWD|$(cut -d ' ' -f 1 tokens | paste -s -d '|')" page.html
	for k in *.key; do
		run ! grep -F "$(sed -n 2p "$k")" page.html
	done
}

@test "a monitor may see it, a participant and a stranger may not, and what is not there is 404" {
	page > /dev/null
	[ "$(as h1 "$HUB/v1/heart/")" = 403 ]
	[ "$(status "$HUB/v1/heart/")" = 401 ]
	[ "$(as you "$HUB/v1/nobody/")" = 404 ]
	[ "$(as you "$HUB/")" = 200 ]
	[ "$(as you -I "$HUB/v1/heart/")" = 200 ]
}

# chrome ARGUMENT... : a browser without a window, offline but for this machine, with nothing of the user's.
chrome() {
	timeout 60 chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --hide-scrollbars --no-first-run \
		--user-data-dir="$PWD/chrome" --enable-logging=stderr "$@" 3>&-
}

# shown FILE WIDTH : the picture is that wide and not blank.
shown() {
	py - "$@" <<- 'END'
		import struct, sys, zlib
		b = open(sys.argv[1], "rb").read()
		assert b[:8] == b"\x89PNG\r\n\x1a\n" and struct.unpack(">I", b[16:20])[0] == int(sys.argv[2]), sys.argv
		data, at = b"", 8
		while at < len(b):
		    n, kind = struct.unpack(">I4s", b[at:at + 8])
		    data += b[at + 8:at + 8 + n] if kind == b"IDAT" else b""
		    at += n + 12
		raw = zlib.decompress(data)  # filtered: where nothing changes, zeros
		assert len(raw) - raw.count(0) > len(raw) / 200, (len(raw), raw.count(0))
	END
}

@test "a browser shows it, wide and narrow, light and dark" {
	need chromium
	hub_down
	hub_up # a browser has no bearer token; on loopback a hub without tokens lets anybody look
	chrome --dump-dom "$HUB/v1/heart/" > dom.html 2> chrome.log
	grep -q '<h1>heart</h1>' dom.html
	grep -q '<svg class="fixed" role="img"' dom.html
	run ! grep CONSOLE chrome.log # no refused style, no error
	chrome --window-size=1280,1600 --screenshot=wide.png "$HUB/v1/heart/" > /dev/null 2>&1
	chrome --window-size=500,1600 --screenshot=narrow.png "$HUB/v1/heart/" > /dev/null 2>&1
	chrome --window-size=1280,1600 --blink-settings=preferredColorScheme=0 --screenshot=dark.png "$HUB/v1/heart/" > /dev/null 2>&1
	shown wide.png 1280
	shown narrow.png 500
	shown dark.png 1280
	run ! cmp -s wide.png dark.png
}

@test "it does not need the width of a screen" {
	need chromium
	hub_down
	hub_up
	# The page in a frame of 360 pixels, measured by a script of a page of ours.
	page > page.html
	py - <<- 'END'
		import html
		page = open("page.html").read()
		open("frame.html", "w").write('<iframe id="f" width="360" height="800" srcdoc="%s"></iframe><p id="w"></p><script>f.onload = () => '
		    '{ w.textContent = "width " + f.contentDocument.documentElement.scrollWidth }</script>' % html.escape(page))
	END
	chrome --dump-dom --virtual-time-budget=5000 "file://$PWD/frame.html" 2> /dev/null | grep -o 'width [0-9]*<' > width
	[ "$(cat width)" = 'width 360<' ]
}
