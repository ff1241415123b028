# bash completion of fl-stats; made by completions/bash.sh, do not edit
_fl_stats()
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
	*:--to-schema) how=(-f) ;;
	*:--label) how=(-W "") ;;
	*:--time) how=(-W "") ;;
	*:--event) how=(-W "") ;;
	*:--categorical) how=(-W "") ;;
	*:--ignore) how=(-W "") ;;
	*:--missing) how=(-W "") ;;
	*:--max-levels) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--data --schema --to-schema --label --time --event --categorical --ignore --missing --max-levels --output --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_stats fl-stats
