#!/usr/bin/env bats
# A federation in a WebDAV folder: lighttpd, and nginx as far as it goes.
load helper
load federation
set -o pipefail

teardown() { end_jobs; }

# lighttpd's mod_webdav on DAV, its files in www.
lighttpd_up() {
	need lighttpd
	ls /usr/lib/lighttpd/mod_webdav.so > /dev/null 2>&1 || skip "no mod_webdav here"
	mkdir -p www up
	PORT=$(free_port)
	cat > lighttpd.conf <<- END
		server.document-root = "$PWD/www"
		server.port = $PORT
		server.bind = "127.0.0.1"
		server.modules = ("mod_auth", "mod_authn_file", "mod_webdav")
		server.upload-dirs = ("$PWD/up")
		webdav.activate = "enable"
		webdav.is-readonly = "disable"
		$1
	END
	lighttpd -D -f lighttpd.conf > lighttpd.log 2>&1 3>&- &
	JOB_PIDS="$JOB_PIDS $!"
	await_port "$PORT"
	DAV=dav://127.0.0.1:$PORT/fed
}

# nginx with ngx_http_dav_module: no PROPFIND, so no lists.
nginx_up() {
	need nginx
	nginx -V 2>&1 | grep -q http_dav_module || skip "nginx without its dav module"
	mkdir -p www tmp
	PORT=$(free_port)
	cat > nginx.conf <<- END
		daemon off;
		master_process off;
		pid $PWD/nginx.pid;
		error_log $PWD/nginx.err;
		events {}
		http {
			access_log $PWD/nginx.log;
			client_body_temp_path $PWD/tmp/c;
			proxy_temp_path $PWD/tmp/p;
			fastcgi_temp_path $PWD/tmp/f;
			uwsgi_temp_path $PWD/tmp/u;
			scgi_temp_path $PWD/tmp/s;
			client_max_body_size 0;
			server {
				listen 127.0.0.1:$PORT;
				root $PWD/www;
				dav_methods PUT DELETE MKCOL COPY MOVE;
			}
		}
	END
	nginx -e "$PWD/nginx.err" -c "$PWD/nginx.conf" > nginx.out 2>&1 3>&- &
	JOB_PIDS="$JOB_PIDS $!"
	await_port "$PORT"
	DAV=dav://127.0.0.1:$PORT/fed
}

race() {
	local i
	for i in $(seq 20); do echo "$i" > "x$i"; done
	for i in $(seq 20); do
		(rc=0; fl-push -q "$DAV/channels/race/1" < "x$i" 2> "err$i" || rc=$?; echo $rc > "rc$i") &
		racers="$racers $!"
	done
	wait $racers
	cat err*
	[ "$(cat rc* | grep -c '^0$')" = 1 ]
	[ "$(cat rc* | grep -c '^1$')" = 19 ]
	fl-pull "$DAV/channels/race/1.pb" | cmp - "x$(grep -l '^0$' rc* | tr -dc 0-9)"
	[ -z "$(ls www/fed/tmp)" ]
}

@test "lighttpd: a round's objects go up and come down" {
	lighttpd_up
	federation
	publish "$DAV"
	publish "$DAV"
	for i in 1 2; do fl-push --key h$i "$DAV/rounds/1/updates/h$i" < u$i.st; done
	fails 1 "has delivered another update" fl-push --key h1 "$DAV/rounds/1/updates/h1" < u2.st
	fails 1 "is there already, with other bytes" fl-push "$DAV/rounds/1/plan" < channel.pb
	fl-pull --trust coord.pub "$DAV/channels/stable" | cmp - m.st
	mkdir got
	fl-pull --trust coord.pub "$DAV/rounds/1/updates" -o got
	cmp got/h1.st u1.st
	cmp got/h2.st u2.st
	fl-pull "$PWD/www/fed/channels/stable" | cmp - m.st # the same names
	[ -z "$(ls www/fed/tmp)" ]
}

@test "lighttpd: a part that is there is gone on with, and what waits is told" {
	lighttpd_up
	federation
	publish "$DAV"
	head -c 20000000 /dev/urandom > big
	blob=$(fl-push "$DAV/blobs" < big)
	head -c 15000000 big > out.part
	fl-pull "$DAV/blobs/$blob" -o out --metrics fd:3 3> m.jsonl
	cmp out big
	grep -q '"bytes_down":5000000,' m.jsonl
	fl-pull --wait 30 --if-newer m.st "$DAV/channels/stable" > next &
	waiter=$!
	fl-push "$DAV/blobs" < u1.st > /dev/null
	entry 2 channel.pb u1.st | fl-push "$DAV/channels/stable/2"
	wait $waiter
	cmp next u1.st
}

@test "lighttpd: of 20 that put different bytes under one name one wins" {
	lighttpd_up
	fl-push "$DAV/channels/first/1" <<< x
	race
}

@test "lighttpd: a password comes from a netrc file" {
	lighttpd_up 'auth.backend = "plain" auth.backend.plain.userfile = "'"$PWD"'/users"
		auth.require = ("/" => ("method" => "basic", "realm" => "fed", "require" => "valid-user"))'
	echo me:geheim > users
	echo "machine 127.0.0.1 login me password geheim" > netrc
	fails 77 "HTTP 401" fl-push "$DAV/blobs" <<< x
	fl-push --netrc netrc "$DAV/blobs" <<< x > /dev/null
	fails 78 "netrc" fl-push --netrc no-such "$DAV/blobs" <<< x
}

@test "lighttpd: the folder above is not made" {
	lighttpd_up
	fails 73 "the one above is not there" fl-push "dav://127.0.0.1:$PORT/a/b/blobs" <<< x
	fails 66 "has no entry yet" fl-pull "$DAV/channels/stable"
}

@test "nginx: objects go up and come down; it gives no lists" {
	nginx_up
	federation
	fl-push "$DAV/federation.pb" < federation.pb
	fl-push "$DAV/federation.pb" < federation.pb
	fails 1 "is there already, with other bytes" fl-push "$DAV/federation.pb" < plan.pb
	blob=$(fl-push "$DAV/blobs" < m.st)
	fl-pull "$DAV/blobs/$blob" | cmp - m.st
	fl-push "$DAV/rounds/1/plan" < plan.pb
	fl-push --key h1 "$DAV/rounds/1/updates/h1" < u1.st
	fl-pull "$DAV/rounds/1/updates/h1" | cmp - u1.st
	fails 76 "cannot be done there (HTTP 405)" fl-pull "$DAV/channels/stable"
	fl-push "http://127.0.0.1:$PORT/fed/plain" < u1.st # PUT and GET of any web server
	fl-pull "http://127.0.0.1:$PORT/fed/plain" | cmp - u1.st
}

@test "nginx: of 20 that put different bytes under one name one wins" {
	nginx_up
	fl-push "$DAV/channels/first/1" <<< x
	race
}
