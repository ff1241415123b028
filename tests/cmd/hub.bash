# hub.bash - start and stop a hub for a test, and speak to it with curl. Use: `load hub` after `load helper`.

# hub_up [OPTION]... : fl-serve on a free port of loopback, with the folder hub; sets HUB and HUB_PID, logs to `log`.
hub_up() {
	local i
	mkdir -p hub
	rm -f port
	fl-serve --root hub --listen 127.0.0.1:0 --port-file port --log log "$@" 2> hub.err 3>&- &
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
