#!/bin/sh
# options.sh [--check] BINARY PAGE - bring the OPTIONS of a man page up to date with the command's option table.
# The part of PAGE between the lines `.\" options begin` and `.\" options end` is what BINARY --describe says. With
# --check nothing is written: 0 if the page is up to date, 1 and a sentence if it is not.
set -eu
check=
if [ "$1" = --check ]; then
	check=1
	shift
fi
bin=$1 page=$2
if ! grep -q '^\.\\" options begin$' "$page" || ! grep -q '^\.\\" options end$' "$page"; then
	echo "options.sh: $page: no line '.\\\" options begin' or '.\\\" options end'" >&2
	exit 1
fi
new=$(mktemp)
trap 'rm -f "$new" "$new.opts"' EXIT
"$bin" --describe > "$new.opts"
awk -F '\t' -v page="$page" '
function text(s) { # mdoc: no escapes, no macro at the start of a line
	gsub(/\\/, "\\e", s)
	sub(/^[.'\'']/, "\\\\\\&&", s)
	return s
}
function word(s) { # one argument of a macro: never itself a macro or a delimiter
	gsub(/\\/, "\\e", s)
	gsub(/-/, "\\-", s)
	if (s ~ /^([A-Z][a-z]|[.,:;()?!|])$/)
		s = "\\&" s
	return s ~ / / ? "\"" s "\"" : s
}
function item(    s, i, n, c) {
	s = ".It"
	if ($3 != "-")
		s = s " Fl " $3 ($5 != "-" ? " Ar " word($5) : "") " ,"
	s = s " Fl " word("-" $4) ($5 != "-" ? " Ar " word($5) : "") "\n"
	s = s text(toupper(substr($9, 1, 1)) substr($9, 2)) ".\n"
	if ($6 == "name") {
		n = split($7, c, " ")
		s = s "One of\n.Cm"
		for (i = 1; i <= n; i++)
			s = s " " word(c[i]) (i < n ? " ," : " .\n")
	}
	if ($6 == "flag" && $8 == "on")
		s = s "This is the default; its opposite is\n.Fl " word("-no-" $4) " .\n"
	else if ($8 == "standard streams")
		s = s "The default is standard " ($4 == "output" ? "output" : "input") ".\n"
	else if ($8 != "-")
		s = s "The default is\n.Cm " word($8) " .\n"
	return s
}
FNR == NR && $1 == "sub" { subs[++n_subs] = $2; synopsis[$2] = $3; summary[$2] = $4 }
FNR == NR && $1 == "opt" { list[$2] = list[$2] item() }
FNR == NR { next }
/^\.\\" options begin$/ {
	print
	printf "%s", ".Bl -tag -width Ds\n" list["-"] ".El\n"
	for (i = 1; i <= n_subs; i++)
		if (list[subs[i]] != "")
			printf ".Ss %s\n.Bl -tag -width Ds\n%s.El\n", "Options of " subs[i], list[subs[i]]
	skip = 1
}
/^\.\\" options end$/ { skip = 0 }
!skip { print }' "$new.opts" "$page" > "$new"
if [ "$check" ]; then
	cmp -s "$new" "$page" || { echo "options.sh: $page: OPTIONS are not those of $(basename "$bin"); run 'make docs'" >&2; exit 1; }
else
	cmp -s "$new" "$page" || cat "$new" > "$page"
fi
