#!/usr/bin/env bats
# What can go wrong around a command: each time one line, the right exit status, and no partial file.
load helper

setup() {
	fresh
	updates 2
}

# every FUNCTION : call it with each command that turns files into a file, ready to run with the model on standard input.
every() {
	local bad=0 wrong
	while read -r -a command; do
		wrong=$("$1" "${command[@]}" < m.st 2>&1) || { echo "failed: ${command[*]}: $wrong"; bad=1; }
	done <<-END
		fl-init --schema schema.json --model mlp:4
		fl-train --data silo-01.train.csv
		fl-aggregate u1.st u2.st
		fl-aggregate --partial u1.st u2.st
		fl-stats --data silo-01.train.csv
		fl-compress --codec planes
	END
	return $bad
}

# left : the files under temporary names.
left() { find . -name '.*.????????' -type f; }

@test "a full disk: 74 and one line, on standard output, under a name, and for metrics" {
	one() {
		local rc=0
		"$@" > /dev/full 2> err || rc=$?
		[ $rc = 74 ] && [ "$(wc -l < err)" = 1 ] && grep -q "standard output: cannot write: No space left" err &&
			fails 74 "/dev/full: cannot write" "$@" -o /dev/full < m.st
	}
	every one
	fails 74 "/dev/full: cannot write" fl-train --data silo-01.train.csv -o u.st --metrics /dev/full < m.st
	rc=0
	fl-show m.st > /dev/full 2> err || rc=$?
	[ $rc = 74 ] && [ "$(wc -l < err)" = 1 ]
}

@test "a closed pipe ends a command quietly" {
	one() {
		local rc=0
		exec 6> >(exec 0<&-; sleep 0)
		wait $!
		"$@" >&6 2> err || rc=$?
		exec 6>&-
		[ $rc = 141 ] && [ ! -s err ]
	}
	every one
}

@test "binary is not written to a terminal" {
	need script
	one() {
		script -qec "$* < m.st" /dev/null < /dev/null > typed || [ $? = 64 ]
		grep -q "binary output on a terminal; redirect it" typed && [ "$(wc -l < typed)" = 1 ]
	}
	every one
}

@test "a name that cannot be made: 73, before any work" {
	one() { fails 73 "no/such: No such file" "$@" -o no/such && fails 73 ".: is a directory" "$@" -o .; }
	every one
}

@test "a failure leaves the old file as it was, and no other" {
	echo old > kept
	fails 65 "" fl-train --data silo-01.train.csv -o kept < u1.st
	fails 66 "" fl-aggregate u1.st absent.st -o kept < m.st
	fails 65 "" fl-aggregate u1.st m.st -o kept < m.st
	fails 65 "" fl-init --schema m.st --model logistic -o kept
	fails 65 "" fl-stats --data m.st -o kept
	fails 65 "" fl-stats --to-schema kept < m.st
	[ "$(cat kept)" = old ]
	[ -z "$(left)" ]
}

@test "a signal in the middle leaves nothing behind" {
	mkfifo hold
	for sig in TERM INT HUP; do
		echo old > kept
		env --default-signal=INT,HUP fl-train --data silo-01.train.csv -o kept < hold &
		pid=$!
		exec 7> hold
		for _ in $(seq 100); do [ -z "$(left)" ] || break; sleep 0.05; done
		[ -n "$(left)" ]
		kill -$sig $pid
		rc=0
		wait $pid || rc=$?
		exec 7>&-
		[ $rc = $((128 + $(kill -l $sig))) ]
		[ "$(cat kept)" = old ]
		[ -z "$(left)" ]
	done
}

@test "a new file takes the place of the old one whole" {
	echo old > kept
	exec 5< kept
	fl-aggregate u1.st u2.st -o kept < m.st
	fl-aggregate u1.st u2.st < m.st | cmp - kept
	[ "$(cat <&5)" = old ]
	[ -z "$(left)" ]
}

@test "a file or a folder in the wrong place: 66, and its name" {
	for c in fl-init fl-train fl-aggregate fl-stats fl-show; do
		case $c in
		fl-init) set -- --model logistic --schema ;;
		fl-train | fl-stats) set -- --data ;;
		*) set -- ;;
		esac
		fails 66 "absent: No such file" $c "$@" absent < m.st
		fails 66 ".: is a directory" $c "$@" . < m.st
	done
	fails 66 "standard input: is a directory" fl-train --data silo-01.train.csv < .
	fails 66 "standard input: is a directory" fl-stats --to-schema - < .
	fails 66 "standard input: is a directory" fl-show < .
}

@test "a model that is none: 65, or 76 for one from the future" {
	train() { fl-train --data silo-01.train.csv; }
	fails 65 "standard input: is empty" train < /dev/null
	fails 65 "standard input: is of kind update, want a file of kind model" train < u1.st
	fails 65 "standard input: header length" train < silo-01.train.csv
	head -c 9000 m.st > cut.st
	fails 65 "standard input: ends" train < cut.st
	(cat m.st && echo x) > long.st
	fails 65 "standard input: 2 bytes after the last tensor" train < long.st
	fails 65 "standard input: bytes after the last tensor" train < <(cat long.st)
	for code in '76 fl["v"]=2' '65 del_fl["v"]' '65 del_fl["spec"]' '65 del_fl["table"]' '65 fl["schema"]="b2-256:"+"0"*64' \
		'76 fl["spec"]["family"]="forest"' '65 fl["spec"]["inputs"]=70' '65 fl["spec"]["inputs"]=2**40' \
		'65 fl["spec"]["outputs"]=-1' '65 t["weight"].data[3]=float("nan")' '65 t["x"]=t.pop("bias")' \
		'65 t["weight"].shape.reverse()' '65 fl["table"]["fields"]=[]' '65 fl["table"]=3' '65 fl["spec"]=[]'; do
		edit=${code#* }
		st edit m.st odd.st "${edit/del_/del }"
		fails "${code%% *}" "standard input: " train < odd.st
	done
}

@test "tables with something wrong: file, line, column and the text, and no more of the row" {
	try() { # try TEXT SED-SCRIPT
		sed "$2" silo-01.train.csv > bad.csv
		fails 65 "bad.csv$1" fl-train --data bad.csv < m.st
		! grep -qE 'medicine|public|geriatrics' .err # of line 3
	}
	try ':3: column "age": "fourty" is not a number' '3s/^2,73/2,fourty/'
	try ':3: column "age": "NaN" is not a number' '3s/^2,73/2,NaN/'
	try ':3: column "age": "-inf" is not a number' '3s/^2,73/2,-inf/'
	try ':3: column "age": "1e999" is not a number' '3s/^2,73/2,1e999/'
	try ':3: column "age": value is missing' '3s/^2,73/2,/'
	try ':3: column "residence": "mars" is not a level' '3s/rural/mars/'
	try ':3: column "readmitted": "2" is not a level' '3s/,1$/,2/'
	try ':3: column "readmitted": value is missing' '3s/,1$/,/'
	try ':3: has 47 values, want 46' '3s/$/,5/'
	try ':3: has 45 values, want 46' '3s/,1$//'
	try ':3: quote is not closed' '3s/^2,73/2,"73/'
	try ': column "age" is missing' '1s/,age,/,years,/'
	try ': column "readmitted" is missing' '1s/,readmitted$/,re/'
	try ': column "age" is there twice' '1s/^patient/age/'
	try ': no rows' '2,$d'
	try ': is empty' 'd'
	try ':1: holds the byte 0x01' '1s/^/\x01/'
	try ':3: column "residence": ' '3s/rural/\xff\xfe/'
}

@test "a million columns, a binary file, and a cell of a megabyte" {
	py -c 'print(",".join("c%d" % i for i in range(10**6)))' > wide.csv
	fails 65 "wide.csv:1: more than 65536 columns" fl-train --data wide.csv < m.st
	fails 65 "u1.st:1: " fl-train --data u1.st < m.st
	py -c 'print("x" * 10**6)' | tr -d '\n' > cell
	awk -v long="$(head -c 100000 cell)" 'NR == 3 { sub(/rural/, long) } { print }' silo-01.train.csv > long.csv
	fails 65 'long.csv:3: column "residence": "xxx' fl-train --data long.csv < m.st
	[ "$(wc -c < .err)" -lt 300 ]
}

@test "a name with line breaks or escapes in it stays one line" {
	fails 66 "a?b" fl-aggregate $'a\nb\e[31m' < m.st
	fails 66 "a?b" fl-train --data $'a\nb' < m.st
	fails 66 "a?b" fl-show $'a\nb'
	sed $'3s/rural/m\x1b[31m/' silo-01.train.csv > bad.csv
	fails 65 "bad.csv:3: " fl-train --data bad.csv < m.st
	! grep -q $'\x1b' .err
}

@test "a metrics descriptor that is none is said before any work" {
	fails 64 "is not fd:N" fl-aggregate --metrics fd:x u1.st -o none.st < m.st
	[ ! -e none.st ]
	fails 74 "fd:77" fl-aggregate --metrics fd:77 u1.st -o next.st < m.st
	fails 73 "no/such" fl-aggregate --metrics no/such u1.st -o next.st < m.st
}
