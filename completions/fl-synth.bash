# bash completion of fl-synth; made by completions/bash.sh, do not edit
_fl_synth()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--silos) how=(-W "") ;;
	*:--out) how=(-d) ;;
	*:--rows) how=(-W "") ;;
	*:--test-rows) how=(-W "") ;;
	*:--skew) how=(-W "") ;;
	*:--alpha) how=(-W "") ;;
	*:--beta) how=(-W "") ;;
	*:--seed) how=(-W "") ;;
	*:--metrics) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--silos --out --rows --test-rows --skew --alpha --beta --seed --metrics --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_synth fl-synth
