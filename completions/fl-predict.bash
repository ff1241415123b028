# bash completion of fl-predict; made by completions/bash.sh, do not edit
_fl_predict()
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
	*:--threshold) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--data --schema --scale --threshold --output --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_predict fl-predict
