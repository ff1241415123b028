#!/usr/bin/env bats
# A federation in an S3 bucket, against Debian's radosgw with real signatures, started once for the file.
load helper
load federation
set -o pipefail

setup_file() {
	local tool=${FL_SHARED:-$BATS_TEST_DIRNAME/../../../shared}/tools/radosgw-up.sh
	export CEPH_DIR=$BATS_FILE_TMPDIR/ceph NO_S3=
	for c in radosgw ceph-mon ceph-osd ceph curl; do command -v $c > /dev/null || NO_S3="no $c here"; done
	[ -e "$tool" ] || NO_S3="no shared tools/radosgw-up.sh"
	for c in 16789 17480; do # the tool's own, and no others
		if (exec 3<> /dev/tcp/127.0.0.1/$c) 2> /dev/null; then NO_S3="port $c is taken"; fi
	done
	[ -z "$NO_S3" ] || return 0
	# The tool waits for fixed times, which a busy machine may overrun: it gets a second chance.
	start_s3 "$tool" && return 0
	teardown_file
	sleep 3
	start_s3 "$tool" || NO_S3="radosgw does not start here: $(tail -n 1 "$BATS_FILE_TMPDIR/ceph.log")"
}

start_s3() {
	local i
	timeout 200 bash "$1" "$CEPH_DIR" > "$BATS_FILE_TMPDIR/ceph.log" 2>&1 3>&- || return 1
	for i in $(seq 20); do # it answers before it can do anything
		s3_curl -m 10 -X PUT http://127.0.0.1:17480/bucket > /dev/null && return 0
		sleep 1
	done
	return 1
}

s3_curl() {
	curl -sf --aws-sigv4 aws:amz:us-east-1:s3 -u FLKEY:FLSECRET \
		-H "x-amz-content-sha256: e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855" "$@"
}

teardown() {
	end_jobs
}

teardown_file() {
	local p
	for p in rgw osd mon; do
		[ ! -s "$CEPH_DIR/$p.pid" ] || kill "$(cat "$CEPH_DIR/$p.pid")" 2> /dev/null || true
	done
}

setup() {
	fresh
	[ -z "$NO_S3" ] || skip "$NO_S3"
	export AWS_ENDPOINT_URL=http://127.0.0.1:17480 AWS_SHARED_CREDENTIALS_FILE=$PWD/credentials AWS_CONFIG_FILE=/dev/null
	unset AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AWS_SESSION_TOKEN AWS_PROFILE
	printf '[default]\naws_access_key_id = FLKEY\naws_secret_access_key = FLSECRET\n' > credentials
	S3=s3://bucket/$BATS_TEST_NUMBER/fed
}

@test "a round's objects go up and come down" {
	federation
	publish "$S3"
	publish "$S3"
	for i in 1 2; do fl-push --key h$i "$S3/rounds/1/updates/h$i" < u$i.st; done
	fails 1 "has delivered another update" fl-push --key h1 "$S3/rounds/1/updates/h1" < u2.st
	fl-pull --trust coord.pub "$S3/channels/stable" | cmp - m.st
	mkdir got
	fl-pull --trust coord.pub "$S3/rounds/1/updates" -o got
	cmp got/h1.st u1.st
	cmp got/h2.st u2.st
	fails 66 "is not there" fl-pull "$S3/rounds/2/plan"
	fails 1 "is there already, with other bytes" fl-push "$S3/rounds/1/plan" < channel.pb
	fl-pull "$S3/rounds/1/plan" | cmp - plan.pb
}

@test "a part that is there is gone on with" {
	head -c 20000000 /dev/urandom > big
	blob=$(fl-push "$S3/blobs" < big)
	head -c 15000000 big > out.part
	fl-pull "$S3/blobs/$blob" -o out --metrics fd:3 3> m.jsonl
	cmp out big
	grep -q '"bytes_down":5000000,' m.jsonl
}

@test "lists of more than a page are whole" {
	printf x > x
	curl -sf -Z --aws-sigv4 aws:amz:us-east-1:s3 -u FLKEY:FLSECRET -H "x-amz-content-sha256: $(sha256sum x | cut -c 1-64)" \
		-T x "http://127.0.0.1:17480/bucket/$BATS_TEST_NUMBER/fed/channels/c/[000001-001100].pb"
	run -65 fl-pull "$S3/channels/c" # x1100 is no message, and it is the newest
	[[ "$output" == *"channels/c/001100.pb"* ]]
}

@test "of 20 that put different bytes under one name one wins" {
	fl-push "$S3/channels/race/1" <<< first
	for i in $(seq 20); do echo "$i" > "x$i"; done
	for i in $(seq 20); do
		(rc=0; fl-push -q "$S3/channels/race/2" < "x$i" 2> "err$i" || rc=$?; echo $rc > "rc$i") &
	done
	wait
	cat err*
	[ "$(cat rc* | grep -c '^0$')" = 1 ]
	[ "$(cat rc* | grep -c '^1$')" = 19 ]
	fl-pull "$S3/channels/race/2.pb" | cmp - "x$(grep -l '^0$' rc* | tr -dc 0-9)"
}

@test "wrong credentials, no credentials, no bucket, a wrong clock" {
	fl-push "$S3/blobs" <<< x > /dev/null
	sed -i 's/FLSECRET/OTHER/' credentials
	fails 77 "SignatureDoesNotMatch" fl-pull "$S3/channels/stable"
	fails 77 "HTTP 403" fl-push "$S3/blobs" <<< x
	AWS_ACCESS_KEY_ID=FLKEY AWS_SECRET_ACCESS_KEY=FLSECRET fl-push "$S3/blobs" <<< x > /dev/null
	printf '[other]\naws_access_key_id=FLKEY\naws_secret_access_key=FLSECRET\n' > credentials
	fails 78 "no S3 credentials" fl-push "$S3/blobs" <<< x
	AWS_PROFILE=other fl-push "$S3/blobs" <<< x > /dev/null
	export AWS_PROFILE=other
	fails 66 "NoSuchBucket" fl-push s3://no-such-bucket/blobs <<< x
	printf '[other]\nnonsense\n' > credentials
	fails 78 "line 2" fl-push "$S3/blobs" <<< x
	need faketime
	printf '[other]\naws_access_key_id=FLKEY\naws_secret_access_key=FLSECRET\n' > credentials
	! ldd "$(command -v fl-pull)" | grep -q asan || skip "faketime and asan do not go together"
	fails 77 "clock is wrong" faketime -f +1h fl-pull "$S3/channels/stable"
}

@test "a URL that cannot be signed is refused" {
	fails 64 "want s3://BUCKET/PREFIX" fl-push s3:///blobs <<< x
	fails 64 "want s3://BUCKET/PREFIX" fl-push "s3://bucket/a b/blobs" <<< x
	fails 64 "want s3://BUCKET/PREFIX" fl-push "s3://bucket/../x/blobs" <<< x
	AWS_ENDPOINT_URL=127.0.0.1 fails 78 "is not http(s)" fl-push "$S3/blobs" <<< x
}

@test "a store that ignores If-None-Match is refused before anything is put" {
	need /usr/bin/python3
	PORT=$(free_port)
	/usr/bin/python3 - "$PORT" > server.log 2>&1 3>&- <<- 'END' &
		import http.server, sys
		class H(http.server.BaseHTTPRequestHandler):
		    protocol_version = "HTTP/1.1"
		    def do_PUT(self):
		        self.rfile.read(int(self.headers["Content-Length"]))
		        open("put.log", "a").write(self.path + "\n")
		        self.send_response(200)
		        self.send_header("Content-Length", "0")
		        self.end_headers()
		http.server.ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), H).serve_forever()
	END
	JOB_PIDS=$!
	await_port "$PORT"
	AWS_ENDPOINT_URL=http://127.0.0.1:$PORT fails 77 "in spite of If-None-Match" fl-push "$S3/blobs" <<< x
	[ "$(sort -u put.log)" = "/bucket/$BATS_TEST_NUMBER/fed/.fl-probe" ]
}

@test "a presigned URL serves a plain push and pull" {
	presign=$(shared tools/presign.sh)
	path=/bucket/$BATS_TEST_NUMBER/x
	head -c 100000 /dev/urandom > x
	fl-push "$(bash "$presign" PUT 127.0.0.1:17480 "$path" FLKEY FLSECRET us-east-1 60)" < x
	get=$(bash "$presign" GET 127.0.0.1:17480 "$path" FLKEY FLSECRET us-east-1 60)
	fl-pull "$get" | cmp - x
	fails 77 "HTTP 403" fl-push "$get" < x
	! grep -q Signature .err
}

@test "secrets are seen in no sentence and by no other process" {
	need strace
	ASAN_OPTIONS=detect_leaks=0 strace -f -s 4096 -e trace=write,execve -o trace fl-push -v "$S3/blobs" <<< x > /dev/null
	! grep -q FLSECRET trace
}

@test "a hub keeps the messages, and sends clients to the bucket for models and updates" {
	need jq
	federation
	hub --offload "s3://bucket/$BATS_TEST_NUMBER"
	unset AWS_ENDPOINT_URL AWS_SHARED_CREDENTIALS_FILE # participants have none
	publish "$HUB" --token tok.coord
	fl-push --token tok.h1 --key h1 "$HUB/rounds/1/updates/h1" < u1.st
	fl-push --token tok.h1 --key h1 "$HUB/rounds/1/updates/h1" < u1.st

	# An envelope whose payload never came is refused.
	head -c 100 u1.st > other
	fl-show "root/demo/rounds/000001/updates/h1/envelope.pb" | jq -c ".body | .payload = \"$(digest other)\" | .payloadSize = \"100\"" |
		encode Envelope h2 > bad.pb
	fails 65 "" fl-push --token tok.h2 "$HUB/rounds/1/updates/h2/envelope" < bad.pb

	fl-push --token tok.h2 --key h2 "$HUB/rounds/1/updates/h2" < u2.st
	fl-pull --token tok.reader --trust coord.pub "$HUB/channels/stable" | cmp - m.st
	mkdir got
	fl-pull --token tok.coord --trust coord.pub "$HUB/rounds/1/updates" -o got
	cmp got/h1.st u1.st
	cmp got/h2.st u2.st
	[ -z "$(find root -name 'b2-256-*')" ]
	[ -n "$(find root -name envelope.pb)" ]

	# No token, no URL; a URL for getting puts nothing, and none is good for another object.
	[ "$(curl -s -o /dev/null -w '%{http_code}' "$HUB/blobs/b2-256-${MODEL#b2-256:}")" = 401 ]
	local url
	url=$(curl -s -o /dev/null -w '%{redirect_url}' -H "Authorization: Bearer $(cat tok.reader)" "$HUB/blobs/b2-256-${MODEL#b2-256:}")
	[ "$(curl -s "$url" | b2sum -l 256 | cut -c 1-64)" = "${MODEL#b2-256:}" ]
	[ "$(curl -s -o /dev/null -w '%{http_code}' -T u1.st "$url")" = 403 ]
	[ "$(curl -s -o /dev/null -w '%{http_code}' "${url/${MODEL#b2-256:}/$(b2sum -l 256 schema.json | cut -c 1-64)}")" = 403 ]
}

@test "share/examples/s3.sh: rounds in a bucket, from founding to the last model" {
	ROUNDS=2 sh "$TOP/share/examples/s3.sh" d "bucket/$BATS_TEST_NUMBER/rounds" > said
	grep -q '"state": "closed"' said
	ROUNDS=2 sh "$TOP/share/examples/folder.sh" e > /dev/null
	cmp d/last.st e/last.st
}
