#!/bin/sh
# fish.sh BINARY - print the fish completion of a command, made from its option table (--describe).
set -eu
"$1" --describe | awk -F '\t' '
function quote(s) {
	gsub(/\\/, "&&", s)
	gsub(/'\''/, "\\'\''", s)
	return "'\''" s "'\''"
}
$1 == "cmd" { name = $2; print "# fish completion of " name "; made by completions/fish.sh, do not edit" }
$1 == "sub" {
	subs = subs (subs == "" ? "" : " ") $2
	lines = lines "complete -c " name " -n __fish_use_subcommand -f -a " $2 " -d " quote($4) "\n"
}
$1 == "opt" {
	s = "complete -c " name
	if ($2 != "-")
		s = s " -n " quote("__fish_seen_subcommand_from " $2)
	else if (name == "fl")
		s = s " -n __fish_use_subcommand"
	if ($3 != "-")
		s = s " -s " $3
	s = s " -l " $4
	if ($6 == "name")
		s = s " -x -a " quote($7)
	else if ($6 == "file")
		s = s " -r -F"
	else if ($6 == "dir")
		s = s " -x -a " quote("(__fish_complete_directories)")
	else if ($6 != "flag")
		s = s " -x"
	lines = lines s " -d " quote($9) "\n"
	if ($6 == "flag" && $8 == "on")
		lines = lines "complete -c " name ($2 == "-" ? "" : " -n " quote("__fish_seen_subcommand_from " $2)) " -l no-" $4 " -d " quote("not: " $9) "\n"
}
END {
	printf "%s", lines
	if (name == "fl") { # hand the rest of the line to the completion of that command
		all = subs
		sub(/help /, "", all)
		print "function __fl_rest"
		print "\tset -l words (commandline -opc)"
		print "\tcomplete -C (string join \" \" -- fl-$words[2] (string escape -- $words[3..]) (commandline -ct))"
		print "end"
		print "complete -c fl -n " quote("__fish_seen_subcommand_from " all "; and not __fish_seen_subcommand_from help") " -x -a " quote("(__fl_rest)")
		print "complete -c fl -n " quote("__fish_seen_subcommand_from help") " -x -a " quote(all)
	}
}'
