# federation.bash - a small federation for tests of stores: load it after helper.

digest() { echo "b2-256:$(b2sum -l 256 "$1" | cut -c 1-64)"; }

# encode TYPE KEY < JSON > MESSAGE, signed.
encode() { fl-show --encode "$1" --key "$2"; }

# federation : keys coord, h1, h2 and mallory with their .pub, model m.st, updates u1.st and u2.st, and the signed messages
# federation.pb, plan.pb (round 1) and channel.pb (entry 1 of stable), which belong together. Made once a run.
federation() {
	local cache=$BATS_RUN_TMPDIR/federation mine k
	if [ ! -d "$cache" ]; then
		updates 2
		mine=$(mktemp -d "$BATS_RUN_TMPDIR/make.XXXXXX")
		cp m.st u1.st u2.st schema.json "$mine"
		(cd "$mine" && make_federation)
		mv -T "$mine" "$cache" 2> /dev/null || [ -d "$cache" ]
	fi
	cp -p "$cache"/* .
	MODEL=$(digest m.st)
}

make_federation() {
	local members='' k roles
	for k in coord h1 h2 mallory; do
		fl-key generate --no-passphrase -q $k > /dev/null
		[ $k != mallory ] || continue
		[ $k = coord ] && roles='"ROLE_ADMIN","ROLE_COORDINATOR"' || roles='"ROLE_PARTICIPANT"'
		members="$members,{\"name\":\"$k\",\"publicKey\":\"$(sed -n 2p $k.pub)\",\"roles\":[$roles]}"
	done
	encode Federation coord > federation.pb <<- EOF2
		{"version":1,"name":"demo","serial":1,"threshold":1,"created":"2026-01-01T00:00:00Z","schema":"$(digest schema.json)",
		 "members":[${members#,}]}
	EOF2
	encode Plan coord > plan.pb <<- EOF2
		{"version":1,"federation":"demo","round":1,"roster":"$(digest federation.pb)","baseModel":"$(digest m.st)",
		 "schema":"$(digest schema.json)","opened":"$(date -u +%FT%TZ)","deadline":"2100-01-01T00:00:00Z","quorum":1,"channel":"stable"}
	EOF2
	entry 1 '' m.st > channel.pb
}

# entry SERIAL PREVIOUS MODEL [KEY] : an entry of channel stable; PREVIOUS is a file, or ''.
entry() {
	encode Channel "${4:-coord}" <<- EOF2
		{"version":1,"federation":"demo","name":"stable","serial":$1,$([ -z "$2" ] || echo "\"previous\":\"$(digest "$2")\",")
		 "model":"$(digest "$3")","made":"$(date -u +%FT%TZ)"}
	EOF2
}

# publish STORE [OPTION]... : put what federation made into a store, as the coordinator would.
publish() {
	local store=$1 f
	shift
	fl-push "$@" "$store/federation.pb" < federation.pb
	for f in schema.json m.st; do fl-push "$@" "$store/blobs" < $f > /dev/null; done
	fl-push "$@" "$store/rounds/1/plan" < plan.pb
	fl-push "$@" "$store/channels/stable/1" < channel.pb
}

# hub [OPTION]... : fl-serve of folder root on a free port of loopback, until the test ends; HUB is federation demo there. With
# tokens for coord, h1, h2 and a reader, in tok.NAME.
hub() {
	local n i
	mkdir -p root
	[ -e tokens ] || for n in coord:coordinator h1:participant h2:participant reader:reader; do
		fl-key token -q -o "tok.${n%%:*}" -r "${n##*:}" -n "${n%%:*}" -f demo
	done > tokens
	rm -f port
	fl-serve -q --root root --listen 127.0.0.1:0 --port-file port --tokens tokens --log hub.log "$@" 2> hub.err 3>&- &
	HUB_PID=$!
	for i in $(seq 100); do
		[ ! -s port ] || break
		sleep 0.1
	done
	[ -s port ] || { cat hub.err; return 1; }
	HUB=http://127.0.0.1:$(cat port)/v1/demo
}

# free_port : a port of loopback that nobody listens on.
free_port() {
	py -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# await_port PORT : until something listens there, 10 s at most.
await_port() {
	local i
	for i in $(seq 100); do
		if (exec 3<> "/dev/tcp/127.0.0.1/$1") 2> /dev/null; then return 0; fi
		sleep 0.1
	done
	echo "nothing listens on port $1"
	return 1
}

# A file's teardown calls this: end what this test has started.
end_jobs() {
	local p
	for p in $HUB_PID $JOB_PIDS; do
		kill "$p" 2> /dev/null || true
		wait "$p" 2> /dev/null || true
	done
	HUB_PID='' JOB_PIDS=''
}
