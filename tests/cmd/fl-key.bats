#!/usr/bin/env bats
# fl-key: keys and signatures in minisign's files, tokens, and the care taken of what is secret.
load helper

# A machine with little memory spends little on scrypt, and so does a test; sanitizers need more.
little() {
	if (ulimit -v 500000; fl-key --version > /dev/null 2>&1); then
		(ulimit -v 500000; "$@")
	else
		"$@"
	fi
}

# on_terminal ANSWER... -- CMD... : see onterminal.py.
on_terminal() {
	little py "$TOP/tests/cmd/onterminal.py" "$@"
}

# Without a terminal, whatever the tests were started from.
detached() { setsid -w "$@" < /dev/null; }

new_key() { fl-key generate --no-passphrase "$1" > /dev/null; }

json() { py -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$1" "$2"; }

@test "generate: a secret file for us alone, and a public one" {
	umask 0
	fl-key generate --no-passphrase --name "Ward 12" k > out
	[ "$(stat -c %a k)" = 600 ]
	[ "$(stat -c %a k.pub)" = 644 ]
	head -n 1 k.pub | grep -qE '^untrusted comment: Ward 12, flkit public key [0-9A-F]{16}$'
	[ "$(json out public_key)" = "$(sed -n 2p k.pub)" ]
	[ "$(json out id)" = "$(sed -n '1s/.* //p' k.pub)" ]
	[ "$(ls -A | grep -c '^k')" = 2 ]
	new_key k2
	[ "$(sed -n 2p k.pub)" != "$(sed -n 2p k2.pub)" ]
}

@test "generate: nothing is overwritten, nothing is left half done" {
	new_key k
	cp k before
	fails 73 "k: exists already" fl-key generate --no-passphrase k
	cmp k before
	echo mine > j.pub
	fails 73 "j.pub: exists already" fl-key generate --no-passphrase j
	[ ! -e j ] && [ "$(cat j.pub)" = mine ]
	fails 73 "none/k" fl-key generate --no-passphrase none/k
	fails 64 "one line" fl-key generate --no-passphrase --name $'two\nlines' l
	fails 64 "FILE is missing" fl-key generate --no-passphrase
	fails 64 "exclude each other" fl-key generate --no-passphrase --passphrase-file x l
	[ ! -e l ]
}

@test "generate: without a terminal the file is unprotected, and that is said" {
	detached fl-key generate k 2> err > out
	grep -q "k is unprotected" err
	fl-key show k > out
	[ "$(json out protected)" = False ]
}

@test "a passphrase is asked for on the terminal, twice, and not shown" {
	on_terminal "open sesame" "open sesame" -- fl-key generate k > shown
	[ "$(grep -c 'assphrase of k: ' shown)" = 2 ]
	run ! grep -q sesame shown
	on_terminal "open sesame" -- fl-key show k > shown
	grep -q '"protected": true' shown
	run -77 on_terminal "open" -- fl-key show k
	[[ $output == *"fl-key: k: wrong passphrase"* ]]
	run -64 on_terminal one two -- fl-key generate j
	[[ $output == *"the two passphrases differ"* ]]
	run -77 on_terminal "" "" -- fl-key generate j
	[[ $output == *"the passphrase is empty"* ]]
	run -130 on_terminal "^C" -- fl-key generate j
	[ ! -e j ] && [ ! -e j.pub ]
	echo "open sesame" > pass
	chmod 600 pass
	little fl-key show --passphrase-file pass k > out
	echo "open sesame" | little fl-key show --passphrase-file - k | cmp - out
	fails 78 "nobody is there to give" detached fl-key show k
	chmod 640 pass
	fails 78 "pass: open to others (mode 640)" fl-key show --passphrase-file pass k
}

@test "minisign reads our keys and signatures" {
	need minisign
	new_key k
	echo text > f
	fl-key sign --key k f
	minisign -V -p k.pub -m f | grep -q "timestamp:[0-9]*	file:f	hashed"
	minisign -V -P "$(sed -n 2p k.pub)" -m f
	fl-key sign --key k --trusted-comment "round 7, größer" -o s f
	[ "$(minisign -Q -V -p k.pub -m f -x s)" = "round 7, größer" ]
	minisign -S -s k -m f -x theirs
	fl-key verify --pub k.pub -x theirs f > out
	[ "$(json out good)" = True ]
}

@test "we read minisign's keys and signatures" {
	need minisign
	minisign -G -W -p m.pub -s m.key > /dev/null
	head -c 100000 /dev/urandom > f
	minisign -S -s m.key -m f -t "from minisign"
	fl-key verify --pub m.pub f > out
	[ "$(json out trusted_comment)" = "from minisign" ]
	fl-key sign --key m.key -o s f
	minisign -V -p m.pub -m f -x s
	fl-key show m.key m.pub > out
	[ "$(sed -n 2p m.pub)" = "$(head -n 1 out | sed 's/.*"public_key": "\([^"]*\)".*/\1/')" ]
	minisign -S -l -s m.key -m f -x old
	fails 1 "an old signature of the bytes themselves" fl-key verify --pub m.pub -x old f
}

@test "files with a passphrase go both ways" {
	need minisign
	printf 'pass phrase\n' > pass
	chmod 600 pass
	little fl-key generate --passphrase-file pass k > /dev/null
	echo text > f
	minisign -S -s k -m f -x theirs < pass > /dev/null
	fl-key verify --pub k.pub -x theirs f
	{ cat pass pass; } | little minisign -G -p m.pub -s m.key > /dev/null
	little fl-key sign --key m.key --passphrase-file pass f
	minisign -V -p m.pub -m f
}

@test "verify: yes, no, and why not" {
	new_key k
	new_key j
	echo text > f
	fl-key sign --key k f
	fl-key verify --pub k.pub f > out
	fl-key verify --pub-key "$(sed -n 2p k.pub)" f | cmp - out
	fl-key sign --key k -o s - < f
	fl-key verify --pub k.pub -x s - < f
	fails 1 "f: made by key $(sed -n '1s/.* //p' k.pub), want $(sed -n '1s/.* //p' j.pub)" fl-key verify --pub j.pub f
	cp f.minisig s
	sed -i '3s/file:f/file:g/' f.minisig
	fails 1 "f: signature is bad: its trusted comment was changed" fl-key verify --pub k.pub f
	cp s f.minisig
	echo more >> f
	fails 1 "f: signature is bad: the file is not what was signed" fl-key verify --pub k.pub f
	head -n 2 s > f.minisig
	fails 65 "f.minisig: not a signature: it ends after 2 lines" fl-key verify --pub k.pub f
	fails 65 "k.pub: not a signature" fl-key verify --pub k.pub -x k.pub f
	fails 66 "g.minisig: No such file" fl-key verify --pub k.pub g
	fails 65 "not a public key" fl-key verify --pub f f
	fails 65 "not a public key" fl-key verify --pub-key RWQ f
	fails 64 "want one --pub" fl-key verify f
	fails 64 "want one --pub" fl-key verify --pub k.pub --pub j.pub f
}

@test "sign: the key comes from --key or FL_KEY_FILE, and never from a file that is open to others" {
	new_key k
	echo text > f
	fails 64 "--key is missing" fl-key sign f
	FL_KEY_FILE=k fl-key sign f
	fl-key verify --pub k.pub f
	cp f g
	fl-key sign --key k f g
	fl-key verify --pub k.pub g
	fails 64 "one file with --output" fl-key sign --key k -o s f g
	ln -s k link
	fails 78 "link: is a symbolic link" fl-key sign --key link f
	mkfifo pipe
	fails 78 "pipe: not a regular file" fl-key sign --key pipe f
	fails 78 ".: not a regular file" fl-key sign --key . f
	fails 66 "none: No such file" fl-key sign --key none f
	for mode in 604 640 610 602; do
		chmod $mode k
		fails 78 "k: open to others (mode $mode)" fl-key sign --key k f
	done
}

@test "a secret key that is damaged is refused" {
	new_key k
	echo text > f
	for line in 's/^R/S/' 's/^\(.\{80\}\)./\1=/' 's/^RWQAAEIy/RWQAAEIz/' 's/..$//' 's/$/AAAA/'; do
		sed "2$line" k > bad
		chmod 600 bad
		fails 65 "bad: not a secret key" fl-key sign --key bad f
	done
	py - k bad <<-'EOF'
		import base64, sys
		head, body = open(sys.argv[1]).read().splitlines()
		raw = bytearray(base64.b64decode(body))
		raw[100] ^= 1
		open(sys.argv[2], "w").write(head + "\n" + base64.b64encode(raw).decode() + "\n")
	EOF
	fails 65 "its public half does not belong to its secret half" fl-key sign --key bad f
	head -c 8192 /dev/zero > bad
	fails 65 "bad: longer than the limit" fl-key sign --key bad f
	: > bad
	fails 65 "bad: not a secret key" fl-key sign --key bad f
	fails 65 "k.pub" env FL_KEY_FILE=k.pub sh -c 'chmod 600 k.pub; exec fl-key sign f'
}

@test "a file that wants endless work is refused before any is done" {
	py - big <<-'EOF'
		import base64, sys
		raw = b"EdScB2" + bytes(32) + (1 << 40).to_bytes(8, "little") + (1 << 50).to_bytes(8, "little") + bytes(104)
		open(sys.argv[1], "w").write("untrusted comment: x\n" + base64.b64encode(raw).decode() + "\n")
	EOF
	chmod 600 big
	echo pass > pass
	chmod 600 pass
	fails 65 "big: asks for more work" fl-key show --passphrase-file pass big
}

@test "rotate: a new key in the same place, with the old one's word" {
	new_key k
	cp k first
	cp k.pub first.pub
	id=$(sed -n '1s/.* //p' k.pub)
	fl-key rotate --name h12 k > out 2> err
	grep -q "sign with --key k.$id" err
	cmp first "k.$id"
	cmp first.pub "k.$id.pub"
	run ! cmp -s k first
	[ "$(json out follows)" = "$id" ]
	[ "$(json out public_key)" = "$(sed -n 2p k.pub)" ]
	fl-key verify --pub first.pub k.pub | grep -q "follows key $id"
	[ "$(stat -c %a k)" = 600 ]
	fl-key show k > shown
	[ "$(json shown public_key)" = "$(json out public_key)" ]
	second=$(json out id)
	fl-key rotate --quiet k > out
	fl-key verify --pub "k.$second.pub" k.pub
	fl-key verify --pub first.pub "k.$second.pub"
	[ "$(ls k* | wc -l)" = 8 ]
}

@test "rotate: an odd public file stops it, and nothing is changed" {
	new_key k
	new_key j
	cp j.pub k.pub
	cp k before
	fails 65 "k.pub: is not the public half of k" fl-key rotate k
	cmp k before
	[ "$(ls k* | wc -l)" = 2 ]
	rm k.pub
	fl-key rotate --quiet k > out
	fl-key verify --pub "k.$(json out follows).pub" k.pub
}

@test "rotate: killed at any moment, the file is a whole key" {
	new_key k
	for i in $(seq 25); do
		fl-key rotate --quiet k > /dev/null 2>&1 &
		sleep "0.00$((i % 8))"
		kill -9 $! 2> /dev/null || true
		wait $! 2> /dev/null || true
		fl-key show k > out
		cp "k" now
		fl-key sign --key now -o s k.pub
		fl-key show k.pub > /dev/null
	done
}

@test "a file system without nameless files or links will do" {
	need strace
	no_leaks() { ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$@"; }
	no_leaks -e inject=linkat:error=EPERM fl-key generate --no-passphrase k > /dev/null
	grep -q 'linkat.*INJECTED' trace
	[ "$(stat -c %a k)" = 600 ]
	fails 73 "k: exists already" fl-key generate --no-passphrase k
	id=$(sed -n '1s/.* //p' k.pub)
	no_leaks -e inject=link:error=EPERM fl-key rotate --quiet k > /dev/null
	grep -q ' link(.*INJECTED' trace
	fl-key verify --pub "k.$id.pub" k.pub
	fl-key show k "k.$id" > /dev/null
	run -73 no_leaks -e inject=fsync:error=ENOSPC fl-key generate --no-passphrase j
	[[ $output == *"j: No space left on device"* ]]
	[ ! -e j ]
	run -73 no_leaks -e inject=linkat:error=EPERM -e inject=fsync:error=ENOSPC:when=2+ fl-key generate --no-passphrase j
	[ ! -e j ]
}

@test "token: the secret goes into the file, its hash on standard output" {
	fl-key token -o t --role participant --name h12 --federation icu > line
	[ "$(stat -c %a t)" = 600 ]
	grep -qE '^flt_[A-Za-z0-9_-]{43}$' t
	[ "$(cat line)" = "b2-256:$(tr -d '\n' < t | b2sum -l 256 | cut -d ' ' -f 1) participant h12 icu" ]
	run ! grep -qF -e "$(cut -c 5- t)" line
	fl-key token -o t2 --role reader --name r --federation '*' --expires 2999-12-31 > line
	grep -q ' reader r \* 2999-12-31T00:00:00Z$' line
	fl-key token -o t3 --role monitor --name m --federation icu --expires 2999-12-31T01:00:00+01:00 | grep -q ' 2999-12-31T00:00:00Z$'
	fl-key token -o t4 --role monitor --name m --federation icu --expires 30d |
		grep -q " $(date -u -d '+30 days' +%Y-%m-%dT%H:)"
	fails 73 "t: exists already" fl-key token -o t --role reader --name r --federation icu
}

@test "token: words that the hub would not take are refused" {
	fails 64 "--output is missing" fl-key token --role reader --name r --federation icu
	fails 64 "--role is missing" fl-key token -o t --name r --federation icu
	fails 64 "--name is missing" fl-key token -o t --role reader --federation icu
	fails 64 "--federation is missing" fl-key token -o t --role reader --name r
	fails 64 "participant, coordinator, reader, monitor" fl-key token -o t --role boss --name r --federation icu
	fails 64 "'../r' is no name" fl-key token -o t --role reader --name ../r --federation icu
	fails 64 "'a b' is no name" fl-key token -o t --role reader --name r --federation 'a b'
	fails 64 "is past" fl-key token -o t --role reader --name r --federation icu --expires 2001-01-01
	for when in tomorrow 0d 2999-13-01 90 2999-12-31T00:00:00; do
		fails 64 "'$when' is no time" fl-key token -o t --role reader --name r --federation icu --expires "$when"
	done
	[ ! -e t ]
}

@test "no core file, no look into its memory, no secret among its words" {
	new_key k
	mkfifo in
	fl-key sign --key k -o s - < in &
	exec 7> in
	for i in $(seq 100); do
		[ "$(sed -n 's/^Max core file size *\([0-9]*\) .*/\1/p' "/proc/$!/limits")" = 0 ] && break
		sleep 0.05
	done
	[ "$(sed -n 's/^Max core file size *\([0-9]*\) .*/\1/p' "/proc/$!/limits")" = 0 ]
	[ "$(stat -c %U "/proc/$!/maps")" = root ]
	exec 7>&-
	wait $!
}

# federation : federation.json of the admins a and b, whose keys are new, and federation.pb, signed by a.
federation() {
	for who in a b c; do
		new_key $who
	done
	cat > federation.json <<-EOF
		{"version": 1, "name": "icu", "serial": 1, "threshold": 2, "members": [
		 {"name": "ann", "publicKey": "$(sed -n 2p a.pub)", "roles": ["ROLE_ADMIN"]},
		 {"name": "bob", "publicKey": "$(sed -n 2p b.pub)", "roles": ["ROLE_ADMIN"]}]}
	EOF
	fl-show --encode Federation --key a -o federation.pb federation.json
}

@test "a message gets the signatures of several admins" {
	federation
	fl-key verify --message --pub a.pub federation.pb > out
	[ "$(json out type)" = Federation ]
	[ "$(json out digest)" = "b2-256:$(b2sum -l 256 < federation.pb | cut -d ' ' -f 1)" ]
	run -1 fl-key verify --message --pub a.pub --pub b.pub federation.pb
	[[ $output == *"not signed by 1 of the 2 keys given"* ]]
	fl-key sign --message --key b -o both.pb federation.pb
	fl-key verify --message --pub a.pub --pub b.pub both.pb
	fl-key verify --message --federation both.pb both.pb > out
	grep -q '"good": true, "member": "ann"' out
	grep -q '"good": true, "member": "bob"' out
	fl-key sign --message --key b both.pb | cmp - both.pb
	fl-key sign --message --key b - < federation.pb | cmp - both.pb
	fl-key sign --message --key c -o both.pb both.pb
	fl-key verify --message --federation federation.pb both.pb > out
	grep -q '"good": null' out
}

@test "a message that is signed by others, or changed, is not good" {
	federation
	run -1 fl-key verify --message --pub c.pub federation.pb
	[[ $output == *"not signed by 1 of the 1 keys given"* ]]
	fl-show --encode Federation --key c -o foreign.pb federation.json
	run -1 fl-key verify --message --federation federation.pb foreign.pb
	[[ $output == *"not signed by any member of federation.pb"* ]]
	sed 's/icu/icv/' federation.pb > changed.pb
	run -1 fl-key verify --message --federation federation.pb changed.pb
	[[ $output == *'"good": false'* && $output == *"1 of 1 signatures are bad"* ]]
	head -c 100 federation.pb > cut.pb
	fails 65 "cut.pb" fl-key verify --message --pub a.pub cut.pb
	fails 65 "cut.pb" fl-key sign --message --key a -o out.pb cut.pb
	[ ! -e out.pb ]
	fails 64 "whose signature" fl-key verify --message federation.pb
	fails 64 "want --message" fl-key verify --federation federation.pb federation.pb
	fails 64 "of files, not of messages" fl-key sign --message --trusted-comment x --key a federation.pb
}

@test "a signature of a file is never one of a message" {
	need minisign
	federation
	fl-key sign --key a federation.json
	# The same bytes as the message signs, with minisign's oldest kind of signature, which signs them as they are.
	py - federation.pb body sig a.pub <<-'EOF'
		import base64, sys
		raw = open(sys.argv[1], "rb").read()
		def varint(p):
		    n = shift = 0
		    while True:
		        n |= (raw[p] & 127) << shift
		        shift += 7
		        p += 1
		        if raw[p - 1] < 128:
		            return n, p
		def fields(p, end):
		    while p < end:
		        tag, p = varint(p)
		        n, p = varint(p)
		        yield tag >> 3, raw[p:p + n], p
		        p += n
		parts = list(fields(0, len(raw)))
		kind, body = parts[0][1], parts[1][1]
		sig = dict((n, b) for n, b, _ in fields(parts[2][2], len(raw)))[2]
		open(sys.argv[2], "wb").write(b"fl-v1-" + kind + b"\0" + body)
		key = base64.b64decode(open(sys.argv[4]).read().splitlines()[1])
		line = base64.b64encode(b"Ed" + key[2:10] + sig).decode()
		open(sys.argv[3], "w").write("untrusted comment: x\n" + line + "\ntrusted comment: x\n" + base64.b64encode(bytes(64)).decode() + "\n")
	EOF
	run minisign -V -p a.pub -m body -x sig
	[[ $output == *"Comment signature verification failed"* ]] # past the first signature, which is good
	fails 1 "an old signature of the bytes themselves" fl-key verify --pub a.pub -x sig body
}
