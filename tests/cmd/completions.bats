#!/usr/bin/env bats
# The completions are well-formed, up to date, and complete.
load helper
set -o pipefail

commands() { (cd "$TOP/cmd" && ls -- *.c | sed 's/\.c$//'); }

# bash_complete WORD... : what bash offers for the last of the words.
bash_complete() {
	bash --norc -c '
		for f in "$0"/completions/*.bash; do . "$f" || exit; done
		COMP_WORDS=("$@")
		COMP_CWORD=$((${#COMP_WORDS[@]} - 1))
		f=_${1//-/_}
		"$f" "$1" "${COMP_WORDS[COMP_CWORD]}" "${COMP_WORDS[COMP_CWORD - 1]}"
		printf "%s\n" "${COMPREPLY[@]}"' "$TOP" "$@"
}

# The long options of command $1 and subcommand $2, as they are typed, sorted.
options() { "$1" --describe | awk -F '\t' -v sub_="${2:--}" '$1 == "opt" && ($2 == "-" || $2 == sub_) { print "--" $4 }' | sort; }

@test "the committed completions are those of the option tables" {
	for c in $(commands); do
		for s in bash zsh fish; do
			sh "$TOP/completions/$s.sh" "$BIN/$c" > now
			cmp now "$TOP/completions/$c.$s" || { echo "$c.$s is stale; run 'make docs'"; false; }
		done
	done
}

@test "bash, zsh and fish can read them" {
	for c in $(commands); do
		bash -n "$TOP/completions/$c.bash"
		! command -v zsh > /dev/null || zsh -n "$TOP/completions/$c.zsh"
		! command -v fish > /dev/null || fish --no-config -n "$TOP/completions/$c.fish"
	done
}

@test "bash offers every option of every command" {
	for c in $(commands); do
		bash_complete "$c" -- | grep -v '^--no-' | sort > got
		options "$c" > want
		[ -s want ]
		diff want got || { echo "$c"; false; }
	done
}

@test "bash offers subcommands, and then their options" {
	run -0 bash_complete fl-schema ''
	[[ $output == *infer* && $output == *check* ]]
	run -0 bash_complete fl-schema inf
	[ "$output" = infer ]
	bash_complete fl-schema infer -- | grep -v '^--no-' | sort > got
	options fl-schema infer | diff - got
}

@test "bash offers names, files and folders where an option takes them" {
	mkdir folder
	touch fine
	for c in $(commands); do
		"$c" --describe | awk -F '\t' '$1 == "opt" && $6 != "flag" { print $2, $4, $6, $7 }' > opts
		while read -r sub long type choices; do
			[ "$sub" != - ] && words="$c $sub" || words=$c
			bash_complete $words "--$long" '' > got
			bash_complete $words "--$long" = '' > got2
			cmp got got2
			case $type in
			name) diff <(printf '%s\n' $choices) got ;;
			file) grep -qx fine got && grep -qx folder got ;;
			dir) grep -qx folder got && ! grep -qx fine got ;;
			*) ! grep . got ;;
			esac || { echo "$words --$long"; cat got; false; }
		done < opts
	done
}

@test "bash completes through fl" {
	run -0 bash_complete fl tra
	[ "$output" = train ]
	run -0 bash_complete fl help agg
	[ "$output" = aggregate ]
	bash_complete fl train --o > got
	bash_complete fl-train --o | diff - got
	grep -qx -- --output got
	run -0 bash_complete fl schema inf
	[ "$output" = infer ]
}

@test "fish offers every option of every command" {
	need fish
	for c in $(commands); do
		fish --no-config -c "source $TOP/completions/$c.fish; complete -C '$c --'" | cut -f 1 | sed 's/=$//' |
			grep -v '^--no-' | sort -u > got
		options "$c" | diff - got || { echo "$c"; false; }
	done
}

@test "fish completes names, subcommands and through fl" {
	need fish
	fish_complete() { fish --no-config -c "for f in $TOP/completions/*.fish; source \$f; end; complete -C '$1'" | cut -f 1; }
	fish_complete 'fl-schema ' | grep -qx infer
	fish_complete 'fl tra' | grep -qx train
	fish_complete 'fl train --outp' | grep -q '^--output'
	fish_complete 'fl help agg' | grep -qx aggregate
	fish_complete 'fl-train --emit ' | grep -qx model
}

# Zsh's own functions, with _arguments replaced by one that shows what it was given.
@test "zsh is given every option of every command" {
	need zsh
	for c in $(commands); do
		zsh -f -c '
			compdef() { }
			_dispatch() { }
			_values() { }
			_arguments() { print -rl -- "$@"; }
			source "$1"
			_$2
			true' zsh "$TOP/completions/$c.zsh" "$c" > given
		for o in $(options "$c"); do
			grep -qE -- "^(\*|\([^)]*\))*$o(\[|=)" given || { echo "$c: $o"; false; }
		done
	done
}
