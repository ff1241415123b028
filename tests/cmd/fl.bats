#!/usr/bin/env bats
load helper
set -o pipefail

@test "fl help lists every command, with the summary that the command has itself" {
	fl help > list
	for c in "$TOP"/cmd/fl-*.c; do
		name=$(basename "$c" .c)
		summary=$("$name" --describe | awk -F '\t' '$1 == "cmd" { print $4 }')
		grep -qxE "  ${name#fl-} +.*" list || { echo "fl help lacks $name"; false; }
		grep -E "^  ${name#fl-} " list | grep -qF "  $summary" || { echo "$name says: $summary"; false; }
	done
	[ "$(grep -c '^  ' list)" = "$(ls "$TOP"/cmd/fl-*.c | wc -l)" ]
}

@test "fl NAME is fl-NAME, arguments, streams and exit status included" {
	mkdir bin
	cp "$BIN/fl" bin/
	printf '#!/bin/sh\necho "$@"; cat; exit 7\n' > bin/fl-echo
	chmod +x bin/fl-echo
	run -7 bin/fl echo --help 'a b' -- -x <<< input
	[ "$output" = $'--help a b -- -x\ninput' ]
}

@test "the command beside fl is preferred to the one on PATH, which is found too" {
	mkdir bin path
	cp "$BIN/fl" bin/
	printf '#!/bin/sh\necho from path\n' > path/fl-mine
	chmod +x path/fl-mine
	PATH=$PWD/path:$PATH run -0 bin/fl mine
	[ "$output" = "from path" ]
	printf '#!/bin/sh\necho from beside\n' > bin/fl-mine
	chmod +x bin/fl-mine
	PATH=$PWD/path:$PATH run -0 bin/fl mine
	[ "$output" = "from beside" ]
}

@test "an unknown command gets a hint where one is near" {
	fails 64 "no command 'trian'; try 'train', or 'fl help'" fl trian
	fails 64 "no command 'aggregat'; try 'aggregate'" fl aggregat
	fails 64 "no command 'xyzzyxyzzy'; try 'fl help'" fl xyzzyxyzzy
	fails 64 "no command 'evil'; try 'eval'" fl help evil
}

@test "a command is a name, not a path" {
	fails 64 "no command '../bin/sh'" fl ../bin/sh
	fails 64 "no command ''" fl ''
	fails 64 "no command" fl "$(printf 'x%.0s' {1..300})"
	fails 64 "no command 'a?b'" fl $'a\nb'
}

@test "a command that is known and not installed is named" {
	mkdir bin
	cp "$BIN/fl" bin/
	PATH=/usr/bin:/bin fails 78 "fl-train is not installed" bin/fl train
}

@test "a command that cannot be run is named" {
	mkdir bin
	cp "$BIN/fl" bin/
	touch bin/fl-train
	fails 74 "cannot run fl-train: Permission denied" bin/fl train
}

@test "fl alone, and options before the command, are wrong usage" {
	fails 64 "subcommand is missing; one of help, " fl
	fails 64 "the subcommand comes first: fl train" fl -q train
	fails 64 "unexpected 'b'" fl help a b
}

@test "fl help NAME shows that command's --help where there is no terminal" {
	for c in "$TOP"/cmd/fl-*.c; do
		name=$(basename "$c" .c)
		"$name" --help > want
		fl help "${name#fl-}" | cmp - want
	done
}

@test "fl help NAME shows the manual on a terminal" {
	need script
	mkdir -p prefix/bin prefix/share/man/man1 path
	cp "$BIN/fl" prefix/bin/
	touch prefix/share/man/man1/fl-train.1
	printf '#!/bin/sh\necho "man was asked for $2"\n' > path/man
	chmod +x path/man
	PATH=$PWD/path:$PATH script -qec "prefix/bin/fl help train" /dev/null < /dev/null |
		grep -q "man was asked for .*/prefix/bin/../share/man/man1/fl-train.1"
}
