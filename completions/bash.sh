#!/bin/sh
# bash.sh BINARY - print the bash completion of a command, made from its option table (--describe).
set -eu
"$1" --describe | awk -F '\t' '
function add(sub_, w) { words[sub_] = words[sub_] (words[sub_] == "" ? "" : " ") w }
$1 == "cmd" { name = $2; fn = "_" name; gsub(/-/, "_", fn) }
$1 == "sub" { subs = subs (subs == "" ? "" : " ") $2 }
$1 == "opt" {
	add($2, "--" $4)
	if ($6 == "flag" && $8 == "on")
		add($2, "--no-" $4)
	if ($6 == "flag")
		next
	pat = ($2 == "-" ? "*" : $2) ":--" $4 ($3 == "-" ? "" : " | " ($2 == "-" ? "*" : $2) ":-" $3)
	how = $6 == "name" ? "-W \"" $7 "\"" : $6 == "file" ? "-f" : $6 == "dir" ? "-d" : "-W \"\""
	values = values "\t" pat ") how=(" how ") ;;\n"
}
END {
	print "# bash completion of " name "; made by completions/bash.sh, do not edit"
	print fn "()\n{"
	print "\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()"
	print "\tif [ \"$cur\" = = ]; then"
	print "\t\tcur="
	print "\telif [ \"$prev\" = = ]; then"
	print "\t\tprev=${COMP_WORDS[COMP_CWORD - 2]}"
	print "\tfi"
	if (subs != "") {
		pats = subs
		gsub(/ /, " | ", pats)
		print "\tfor ((i = 1; i < COMP_CWORD; i++)); do"
		print "\t\tcase ${COMP_WORDS[i]} in " pats ") sub=${COMP_WORDS[i]} && break ;; esac"
		print "\tdone"
	}
	if (name == "fl") { # hand the rest of the line to the completion of that command
		print "\tif [ \"$sub\" = help ]; then\n\t\tsub="
		print "\telif [ -n \"$sub\" ]; then"
		print "\t\tdeclare -F \"_fl_$sub\" > /dev/null || ! declare -F _completion_loader > /dev/null || _completion_loader \"fl-$sub\""
		print "\t\tCOMP_WORDS=(\"fl-$sub\" \"${COMP_WORDS[@]:i + 1}\") COMP_CWORD=$((COMP_CWORD - i))"
		print "\t\tdeclare -F \"_fl_$sub\" > /dev/null && \"_fl_$sub\" \"fl-$sub\" \"$cur\" \"$prev\""
		print "\t\treturn\n\tfi"
	}
	print "\tcase $sub:$prev in"
	printf "%s", values
	print "\t*) case $cur in"
	print "\t\t-*) how=(-W \"" words["-"] "\")"
	n = split(subs, s, " ")
	if (name != "fl")
		for (i = 1; i <= n; i++)
			if (words[s[i]] != "")
				print "\t\t\t[ \"$sub\" = " s[i] " ] && how[1]+=\" " words[s[i]] "\""
	print "\t\t\t;;"
	if (subs != "")
		print "\t\t*) if [ -z \"$sub\" ]; then how=(-W \"" subs "\"); else how=(-f); fi ;;"
	else
		print "\t\t*) how=(-f) ;;"
	print "\t\tesac ;;"
	print "\tesac"
	print "\tmapfile -t COMPREPLY < <(compgen \"${how[@]}\" -- \"$cur\")"
	print "}"
	print "complete -o filenames -F " fn " " name
}'
