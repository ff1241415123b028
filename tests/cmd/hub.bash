# hub.bash - start and stop a hub for a test, and speak to it with curl. Use: `load hub` after `load helper`.

# hub_up [OPTION]... : fl-serve on a free port of loopback, with the folder hub; sets HUB and HUB_PID, logs to `log`.
# HUB_WRAP is an array of words to run it by.
hub_up() {
	local i
	mkdir -p hub
	rm -f port
	"${HUB_WRAP[@]}" fl-serve --root hub --listen 127.0.0.1:0 --port-file port --log log "$@" 2> hub.err 3>&- &
	HUB_PID=$!
	for i in $(seq 200); do
		[ ! -s port ] || break
		kill -0 $HUB_PID 2> /dev/null || { cat hub.err; return 1; }
		sleep 0.05
	done
	HUB_PORT=$(cat port)
	HUB=http://127.0.0.1:$HUB_PORT
}

# hub_down : SIGTERM, and the hub must end well.
hub_down() {
	local pid=$HUB_PID
	HUB_PID=
	kill -TERM "$pid"
	wait "$pid"
}

# For teardown: whatever is left of it.
hub_kill() {
	[ -z "$HUB_PID" ] || { kill -KILL "$HUB_PID" && wait "$HUB_PID"; } 2> /dev/null || true
	HUB_PID=
}

# status CURL-ARGUMENT... : only the status of the answer.
status() {
	curl -s -o answer -w '%{http_code}' "$@"
}

# put FILE PLACE [CURL-ARGUMENT]... : the status of the upload to /v1/PLACE; get PLACE: the object on standard output.
put() {
	local file=$1 place=$2
	shift 2
	status -T "$file" "$HUB/v1/$place" "$@"
}

get() {
	curl -sf "$HUB/v1/$1"
}

# --- a federation to serve: coordinator north, participants h1 and h2, outsider mallory ---

NOW=2026-01-01T00:00:00Z

# digest FILE : its digest as messages write it; blob FILE : the name it has as a blob.
digest() {
	echo "b2-256:$(b2sum -l 256 "$1" | cut -d ' ' -f 1)"
}

blob() {
	echo "blobs/$(digest "$1" | tr : -)"
}

member() {
	printf '{"name":"%s","publicKey":"%s","roles":[%s]}' "$1" "$(sed -n 2p "$1.key.pub")" "$2"
}

# people : a key pair NAME.key and a token NAME.token for everybody, and the file tokens.
people() {
	local role name
	for name in north h1 h2 mallory; do
		fl-key generate --no-passphrase "$name.key" > /dev/null 2>&1
	done
	while read -r name role; do
		fl-key token -o "$name.token" --role "$role" --name "$name" --federation fed >> tokens
	done <<- 'END'
		north coordinator
		h1 participant
		h2 participant
		eve reader
		mon monitor
	END
	fl-key token -o mallory.token --role participant --name h1 --federation other >> tokens
}

# roster : federation.pb
roster() {
	printf '{"version":1,"name":"fed","serial":1,"threshold":1,"members":[%s,%s,%s],"schema":"%s","created":"%s"}' \
		"$(member north '"ROLE_ADMIN","ROLE_COORDINATOR"')" "$(member h1 '"ROLE_PARTICIPANT"')" \
		"$(member h2 '"ROLE_PARTICIPANT"')" "$(digest schema)" "$NOW" | message Federation north federation.pb
}

# message TYPE SIGNER FILE, JSON on standard input.
message() {
	fl-show --encode "$1" --key "$2.key" -o "$3" -
}

# plan ROUND SIGNER FILE [JSON-MEMBERS] : a plan for the model in the file model.
plan() {
	local previous=
	[ "$1" = 1 ] || previous=$(digest "result-$(($1 - 1)).pb")
	printf '{"version":1,"federation":"fed","round":%d,"roster":"%s","baseModel":"%s","schema":"%s","previous":"%s",
		"opened":"%s","deadline":"2030-01-01T00:00:00Z","quorum":1,"aggregate":{"strategy":"fedavg"}%s}' "$1" \
		"$(digest federation.pb)" "$(digest model)" "$(digest schema)" "$previous" "$NOW" "$4" | message Plan "$2" "$3"
}

# envelope ROUND PARTICIPANT SIGNER FILE [PAYLOAD-SIZE] : for the payload in the file update.
envelope() {
	printf '{"version":1,"federation":"fed","round":%d,"participant":"%s","plan":"%s","baseModel":"%s","payload":"%s",
		"payloadSize":"%d","made":"%s"}' "$1" "$2" "$(digest "plan-$1.pb")" "$(digest model)" "$(digest update)" \
		"${5:-$(stat -c %s update)}" "$NOW" | message Envelope "$3" "$4"
}

# as NAME CURL-ARGUMENT... : the status of a request with NAME's token.
as() {
	local token
	token=$(cat "$1.token")
	shift
	status -H "Authorization: Bearer $token" "$@"
}

# as_put NAME FILE PLACE [CURL-ARGUMENT]... : of an upload to the federation fed.
as_put() {
	local who=$1 file=$2 place=$3
	shift 3
	as "$who" -T "$file" "$HUB/v1/fed/$place" "$@"
}

# world : people, their federation, a model, and the first round open on a hub with tokens.
world() {
	people
	echo schema > schema
	echo model > model
	echo update > update
	roster
	plan 1 north plan-1.pb
	hub_up --tokens tokens "$@"
	[ "$(as_put north federation.pb federation.pb)" = 201 ]
	[ "$(as_put north model "$(blob model)")" = 201 ]
	[ "$(as_put north plan-1.pb rounds/000001/plan.pb)" = 201 ]
}
