# bash completion of fl-aggregate; made by completions/bash.sh, do not edit
_fl_aggregate()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--strategy) how=(-W "fedadagrad fedadam fedavg fedavgm fedyogi") ;;
	*:--server-lr) how=(-W "") ;;
	*:--beta1) how=(-W "") ;;
	*:--beta2) how=(-W "") ;;
	*:--tau) how=(-W "") ;;
	*:--state) how=(-f) ;;
	*:--base) how=(-f) ;;
	*:--files-from) how=(-f) ;;
	*:--output | *:-o) how=(-f) ;;
	*:--metrics) how=(-f) ;;
	*:--threads) how=(-W "") ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--strategy --server-lr --beta1 --beta2 --tau --state --partial --base --files-from --null --output --metrics --threads --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_aggregate fl-aggregate
