# bash completion of fl-compress; made by completions/bash.sh, do not edit
_fl_compress()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--codec | *:-c) how=(-W "") ;;
	*:--base) how=(-f) ;;
	*:--residual) how=(-f) ;;
	*:--budget) how=(-W "") ;;
	*:--nmse) how=(-W "") ;;
	*:--bandwidth) how=(-W "") ;;
	*:--rtt) how=(-W "") ;;
	*:--local-time) how=(-W "") ;;
	*:--deadline) how=(-W "") ;;
	*:--link) how=(-f) ;;
	*:--report) how=(-f) ;;
	*:--seed) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--codec --decode --list --base --residual --budget --nmse --bandwidth --rtt --local-time --deadline --link --report --seed --output --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_compress fl-compress
