# bash completion of fl-show; made by completions/bash.sh, do not edit
_fl_show()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--values) how=(-W "") ;;
	*:--roster) how=(-f) ;;
	*:--encode) how=(-W "Channel Envelope Federation Plan Receipt Result Seal") ;;
	*:--key) how=(-f) ;;
	*:--output | *:-o) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--check --tensors --values --diff --roster --encode --key --output --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_show fl-show
