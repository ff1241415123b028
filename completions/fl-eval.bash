# bash completion of fl-eval; made by completions/bash.sh, do not edit
_fl_eval()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--data) how=(-f) ;;
	*:--schema) how=(-f) ;;
	*:--scale) how=(-W "schema local none") ;;
	*:--by) how=(-W "") ;;
	*:--min-group) how=(-W "") ;;
	*:--threshold) how=(-W "") ;;
	*:--bootstrap) how=(-W "") ;;
	*:--level) how=(-W "") ;;
	*:--seed) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--data --schema --scale --by --min-group --threshold --bootstrap --level --seed --output --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_eval fl-eval
