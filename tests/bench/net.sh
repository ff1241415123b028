# net.sh - what the benches of the network share: a hub, nginx, a clock. Sourced by sh; all on loopback, all ended at exit.
here=$(cd "$(dirname "$0")" && pwd)
top=$(cd "$here/../.." && pwd)
python=${PYTHON:-/usr/bin/python3}
pids=
work=$(mktemp -d "${BENCH_DIR:-${TMPDIR:-/tmp}}/fl-net.XXXXXX")
end() {
	for p in $pids; do kill "$p" 2> /dev/null || :; done
	wait
	rm -rf "$work"
}
trap end EXIT
trap 'exit 1' INT TERM
cd "$work"
export LC_ALL=C

# now : seconds; since START : seconds since then.
now() { date +%s.%N; }
since() { echo "$1 $(now)" | awk '{ printf "%.3f", $2 - $1 }'; }

# peak PID : the most memory it has had, kB.
peak() { awk '/^VmHWM/ { print $2 }' "/proc/$1/status"; }

# turns N A B [BEFORE] : seconds of the quickest of N runs of each of two commands, in turn: what else the machine does hits both.
# BEFORE comes first each time, off the clock.
turns() {
	for _ in $(seq "$1"); do
		${4:-:}
		t=$(now)
		"$2"
		a=$(since "$t")
		t=$(now)
		"$3"
		echo "$a $(since "$t")"
	done | awk 'NR == 1 || $1 < a { a = $1 } NR == 1 || $2 < b { b = $2 } END { if (!NR) exit 1; print a, b }'
}

# at_once N COMMAND... : so many at once, {} their numbers.
at_once() {
	many=$1
	shift
	seq "$many" | xargs -P "$many" -I '{}' "$@"
}

# hub [COMMAND...] -- [OPTION...] : fl-serve of folder hub, run by COMMAND; sets hub_pid, port and site.
hub() {
	mkdir -p hub/f
	rm -f port
	by=
	while [ "$1" != -- ]; do by="$by $1"; shift; done
	shift
	$by fl-serve -q --root hub --listen 127.0.0.1:0 --port-file port --log hub.log "$@" &
	hub_pid=$! pids="$pids $!"
	until [ -s port ]; do kill -0 "$hub_pid"; sleep 0.02; done
	site=http://127.0.0.1:$(cat port)
}

# web [COMMAND...] : nginx of folder www, which takes what is PUT; sets web.
web() {
	mkdir -p www
	web_port=$("$python" -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
	cat > nginx.conf <<- END
		daemon off; master_process off; worker_processes 1; pid $work/nginx.pid; error_log $work/nginx.err; events { worker_connections 1024; }
		http { access_log $work/nginx.log; client_max_body_size 0; client_body_temp_path $work/tmp; proxy_temp_path $work/tmp1;
		fastcgi_temp_path $work/tmp2; uwsgi_temp_path $work/tmp3; scgi_temp_path $work/tmp4; keepalive_requests 1000000;
		server { listen 127.0.0.1:$web_port; root $work/www; dav_methods PUT; create_full_put_path on; } }
	END
	"$@" nginx -c "$work/nginx.conf" -p "$work" 2> /dev/null &
	pids="$pids $!" web=http://127.0.0.1:$web_port
	until curl -s -o /dev/null "$web/"; do kill -0 $!; sleep 0.02; done
}
