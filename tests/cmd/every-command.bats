#!/usr/bin/env bats
# What every command promises, asked of every command. The words come from its option table (--describe).
load helper
set -o pipefail

commands() { (cd "$TOP/cmd" && ls -- *.c | sed 's/\.c$//'); }

# Subcommands of command $1, or one empty line. Those of fl are programs of their own.
subs() {
	local s
	[ "$1" = fl ] && s=help || s=$("$1" --describe | awk -F '\t' '$1 == "sub" { print $2 }')
	echo "$s"
}

# each FUNCTION: call it as FUNCTION COMMAND [SUB]; name everything that fails, not only the first.
each() {
	local c s bad=0
	for c in $(commands); do
		for s in $(subs "$c") ''; do
			if [ -z "$s" ] && [ -n "$(subs "$c")" ] && [ "$2" = leaf ]; then continue; fi
			if [ -n "$s" ] && [ "$2" = top ]; then continue; fi
			"$1" "$c" $s || { echo "failed: $1 $c $s"; bad=1; }
		done
	done < /dev/null
	return $bad
}

# The options that take a value, of command $1 and subcommand $2, as: long letter type.
valued() { "$1" --describe | awk -F '\t' -v sub_="${2:--}" '$1 == "opt" && ($2 == sub_ || $2 == "-") && $6 != "flag" { print $4, $3, $6 }'; }

@test "every source in cmd/ is built" {
	one() { [ -x "$BIN/$1" ] && [ "$(command -v "$1")" = "$BIN/$1" ]; }
	each one top
}

@test "--help goes to standard output, and names every option" {
	one() {
		"$@" --help > help 2> err && [ ! -s err ] && grep -q "^Usage: $*" help && "$@" -h | cmp -s - help &&
			"$1" --describe | awk -F '\t' -v sub_="${2:--}" '$1 == "opt" && ($2 == sub_ || $2 == "-") { print $4 }' > names &&
			while read -r name; do grep -q -e "--$name\b" help || { echo "--$name is not in --help"; return 1; }; done < names
	}
	each one
}

@test "--help is of lines that fit and ends in a line end" {
	one() { "$@" --help > help; [ "$(tail -c 1 help | wc -l)" = 1 ] && ! grep -nE '.{241}|[[:space:]]$' help; }
	each one
}

@test "--version is one line" {
	one() { "$1" --version > v 2> err && [ ! -s err ] && [ "$(wc -l < v)" = 1 ] && grep -qE "^$1 \(flkit\) [0-9]+\.[0-9]+\.[0-9]+$" v; }
	each one top
}

@test "--help wins over missing operands and needs no input" {
	one() { "$@" --help < /dev/null > /dev/null; }
	each one
}

@test "an unknown option is wrong usage" {
	one() { fails 64 "no option '--no-such'" "$@" --no-such && fails 64 "no option '--no-such'" "$@" --no-such=1 && fails 64 "no option '-?'" "$@" '-?'; }
	each one
}

@test "a long option may not be abbreviated" {
	one() { fails 64 "no option '--hel'" "$@" --hel && fails 64 "no option '--versio'" "$@" --versio; }
	each one
}

@test "an option without its value is wrong usage" {
	one() {
		local long letter type
		valued "$@" > opts || return 1
		while read -r long letter type; do
			fails 64 "--$long needs a value" "$@" "--$long" || return 1
			[ "$letter" = - ] || fails 64 "-$letter needs a value" "$@" "-$letter" || return 1
		done < opts
	}
	each one leaf
}

@test "a flag takes no value" {
	one() { fails 64 "--quiet takes no value" "$@" --quiet=1 && fails 64 "--quiet takes no value" "$@" --no-quiet=; }
	each one
}

@test "numbers are checked whole, names are checked against their list" {
	one() {
		local long letter type
		valued "$@" > opts || return 1
		while read -r long letter type; do
			case $type in
			int) fails 64 "is not a whole number" "$@" "--$long" 1x && fails 64 "is not a whole number" "$@" "--$long=" &&
				fails 64 "is not" "$@" "--$long" 99999999999999999999 && fails 64 "is not" "$@" "--$long=-9000000000000000000" ;;
			real) fails 64 "is not a number" "$@" "--$long" 0.1.2 && fails 64 "is not a number" "$@" "--$long" nan &&
				fails 64 "is not a number" "$@" "--$long" 1e999 ;;
			name) fails 64 "no 'no-such'; try " "$@" "--$long" no-such ;;
			esac || return 1
		done < opts
	}
	each one leaf
}

@test "an error stays on one line, whatever is in a name" {
	one() { fails 64 "no option" "$@" $'--a\nb\e[31m'; }
	each one
}

@test "a full disk is noticed" {
	one() {
		local rc=0
		"$@" --help > /dev/full 2> err || rc=$?
		[ $rc = 74 ] && [ "$(wc -l < err)" = 1 ] && grep -q 'standard output: cannot write' err
	}
	each one
}

@test "a closed standard output is noticed" {
	one() {
		local rc=0
		"$@" --help >&- 2> err || rc=$?
		[ $rc = 74 ] && [ "$(wc -l < err)" = 1 ]
	}
	each one
}

@test "a closed pipe ends a command quietly" {
	one() { # open the pipe, let its reader go, then write
		local rc=0
		mkfifo p
		(exec 5< p) &
		exec 6> p
		wait
		"$@" --help >&6 2> err || rc=$?
		exec 6>&-
		rm p
		[ ! -s err ] && [ $rc = 141 ]
	}
	each one top
}

@test "a command asks for what it needs in one line" { # no operands, no input, or an input that is empty
	one() {
		local rc=0
		[ "$*" != "fl help" ] || return 0 # lists the commands
		timeout 10 "$@" < /dev/null > out 2> err || rc=$?
		case $rc in
		64 | 65 | 66) [ "$(wc -l < err)" = 1 ] && grep -q "^$1: " err && [ ! -s out ] ;;
		*) echo "exit status $rc"; return 1 ;;
		esac
	}
	each one
}

@test "a folder is no input" {
	one() {
		local rc=0
		[ "$*" != "fl help" ] || return 0 # lists the commands
		timeout 10 "$@" < / > out 2> err || rc=$?
		case $rc in 64 | 65 | 66) [ "$(wc -l < err)" = 1 ] && [ ! -s out ] ;; *) echo "exit status $rc"; return 1 ;; esac
	}
	each one
}

@test "an unknown subcommand is wrong usage, and the list is shown" {
	one() { [ "$1" = fl ] || [ -z "$(subs "$1")" ] || fails 64 "no subcommand 'no-such'; try $(subs "$1" | head -n 1)" "$1" no-such; }
	each one top
}

@test "every command has a manual whose OPTIONS are its own" {
	one() { sh "$TOP/man/options.sh" --check "$BIN/$1" "$TOP/man/$1.1"; }
	each one top
}

@test "every manual has its sections, and says what --help says" {
	one() {
		local s
		for s in NAME SYNOPSIS DESCRIPTION OPTIONS 'EXIT STATUS' EXAMPLES 'SEE ALSO'; do
			grep -q "^\.Sh $s$" "$TOP/man/$1.1" || { echo "no $s in $1(1)"; return 1; }
		done
		grep -q "^\.Nm $1$" "$TOP/man/$1.1"
	}
	each one top
}

@test "a command reads no configuration and writes nothing of its own" {
	need strace
	one() { ASAN_OPTIONS=detect_leaks=0 strace -f -o trace "$1" --version > /dev/null && ! grep -E 'O_CREAT|connect\(|"[^"]*\.(conf|rc|json)"' trace; }
	each one top
}

# By itself; what a library needs in turn is its own matter. Messages are protobuf's; only what speaks HTTP has a library for it.
@test "a command links only what it needs" {
	need readelf
	one() {
		local more=
		case $1 in
		fl-show | fl-key) more='|libprotobuf-c' ;;
		fl-push | fl-pull | fl-round) more='|libprotobuf-c|libcurl-gnutls|libexpat' ;;
		fl-serve) more='|libprotobuf-c|libmicrohttpd|libgnutls|libcurl-gnutls|libexpat' ;; # the last two for --offload
		esac
		readelf -d "$BIN/$1" | sed -n 's/.*(NEEDED).*\[\(.*\)\]/\1/p' > libs
		grep -q '^libc\.so' libs &&
			! grep -vE "^(libc|libm|libjansson|libsodium|ld-linux.*|lib(a|ub|l|t)san|libpthread|libdl|librt|libstdc\+\+|libgcc_s$more)\.so" libs
	}
	each one top
}
