# bash completion of fl-key; made by completions/bash.sh, do not edit
_fl_key()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in generate | show | sign | verify | rotate | token) sub=${COMP_WORDS[i]} && break ;; esac
	done
	case $sub:$prev in
	generate:--name | generate:-n) how=(-W "") ;;
	generate:--passphrase-file) how=(-f) ;;
	show:--passphrase-file) how=(-f) ;;
	sign:--key | sign:-k) how=(-f) ;;
	sign:--passphrase-file) how=(-f) ;;
	sign:--trusted-comment | sign:-t) how=(-W "") ;;
	sign:--output | sign:-o) how=(-f) ;;
	verify:--pub | verify:-p) how=(-W "") ;;
	verify:--pub-key | verify:-P) how=(-W "") ;;
	verify:--signature | verify:-x) how=(-f) ;;
	verify:--federation | verify:-f) how=(-f) ;;
	rotate:--name | rotate:-n) how=(-W "") ;;
	rotate:--passphrase-file) how=(-f) ;;
	token:--output | token:-o) how=(-f) ;;
	token:--role | token:-r) how=(-W "participant coordinator reader monitor") ;;
	token:--name | token:-n) how=(-W "") ;;
	token:--federation | token:-f) how=(-W "") ;;
	token:--expires | token:-e) how=(-W "") ;;
	*) case $cur in
		-*) how=(-W "--help --version --quiet --verbose")
			[ "$sub" = generate ] && how[1]+=" --name --no-passphrase --passphrase-file"
			[ "$sub" = show ] && how[1]+=" --passphrase-file"
			[ "$sub" = sign ] && how[1]+=" --key --passphrase-file --trusted-comment --message --output"
			[ "$sub" = verify ] && how[1]+=" --pub --pub-key --signature --message --federation"
			[ "$sub" = rotate ] && how[1]+=" --name --passphrase-file"
			[ "$sub" = token ] && how[1]+=" --output --role --name --federation --expires"
			;;
		*) if [ -z "$sub" ]; then how=(-W "generate show sign verify rotate token"); else how=(-f); fi ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_key fl-key
