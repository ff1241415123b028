# bash completion of fl-init; made by completions/bash.sh, do not edit
_fl_init()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--schema) how=(-f) ;;
	*:--model) how=(-W "") ;;
	*:--init) how=(-W "auto zeros torch") ;;
	*:--seed) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--schema --model --init --seed --output --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_init fl-init
