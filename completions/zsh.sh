#!/bin/sh
# zsh.sh BINARY - print the zsh completion of a command, made from its option table (--describe).
set -eu
"$1" --describe | awk -F '\t' '
function quote(s) { # inside single quotes
	gsub(/'\''/, "'\''\\'\'''\''", s)
	return s
}
function text(s) { # inside [ ] of a spec
	gsub(/\\/, "&&", s)
	gsub(/\[|\]|:/, "\\\\&", s)
	return quote(s)
}
function item(    s, act) {
	act = $6 == "name" ? "(" $7 ")" : $6 == "file" ? "_files" : $6 == "dir" ? "_files -/" : " "
	act = $6 == "flag" ? "" : ":" text($5) ":" act
	s = "--" $4 ($6 == "flag" ? "" : "=")
	if ($3 != "-")
		s = "'\''(-" $3 " --" $4 ")'\''{-" $3 ($6 == "flag" ? "" : "+") "," s "}"
	else
		s = "'\''" s
	s = s ($3 == "-" ? "" : "'\''") "[" text($9) "]" act "'\''"
	if ($6 == "list")
		s = ($3 == "-" ? "'\''*" substr(s, 2) : "'\''*'\''{-" $3 "+,--" $4 "=}'\''[" text($9) "]" act "'\''")
	if ($6 == "flag" && $8 == "on")
		s = s " \\\n\t\t'\''--no-" $4 "[not: " text($9) "]'\''"
	return s
}
$1 == "cmd" { name = $2; fn = "_" name }
$1 == "sub" { subs[++n] = $2; sum[$2] = $4 }
$1 == "opt" { list[$2] = list[$2] " \\\n\t\t" item() }
END {
	print "#compdef " name
	print "# zsh completion of " name "; made by completions/zsh.sh, do not edit"
	print fn "() {"
	if (!n) {
		print "\t_arguments -s" list["-"] " \\\n\t\t'\''*:file:_files'\''"
	} else {
		print "\tlocal line state"
		printf "%s", "\t_arguments -C -s" list["-"] " \\\n\t\t'\''1:subcommand:(("
		for (i = 1; i <= n; i++) {
			s = sum[subs[i]]
			gsub("[\\\\\":]", "\\\\&", s)
			printf "%s%s\\:\"%s\"", (i > 1 ? " " : ""), subs[i], quote(s)
		}
		print "))'\'' \\\n\t\t'\''*::argument:->rest'\''"
		print "\t[[ $state == rest ]] || return"
		print "\tcase $line[1] in"
		for (i = 1; i <= n; i++) {
			if (name == "fl" && subs[i] == "help") {
				printf "\thelp) _values command"
				for (j = 2; j <= n; j++)
					printf " %s", subs[j]
				print " ;;"
			} else if (name == "fl") # hand the rest of the line to the completion of that command
				print "\t" subs[i] ") words[1]=fl-" subs[i] " && _dispatch fl-" subs[i] " fl-" subs[i] " ;;"
			else
				print "\t" subs[i] ") _arguments -s" list["-"] list[subs[i]] " \\\n\t\t'\''*:file:_files'\'' ;;"
		}
		print "\tesac"
	}
	print "}"
	print "[[ $funcstack[1] == " fn " ]] && " fn " \"$@\" || compdef " fn " " name
}'
