# bash completion of fl; made by completions/bash.sh, do not edit
_fl()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in help | schema | stats | synth | init | train | compress | aggregate | key | serve | round | push | pull | predict | eval | show) sub=${COMP_WORDS[i]} && break ;; esac
	done
	if [ "$sub" = help ]; then
		sub=
	elif [ -n "$sub" ]; then
		declare -F "_fl_$sub" > /dev/null || ! declare -F _completion_loader > /dev/null || _completion_loader "fl-$sub"
		COMP_WORDS=("fl-$sub" "${COMP_WORDS[@]:i + 1}") COMP_CWORD=$((COMP_CWORD - i))
		declare -F "_fl_$sub" > /dev/null && "_fl_$sub" "fl-$sub" "$cur" "$prev"
		return
	fi
	case $sub:$prev in
	*) case $cur in
		-*) how=(-W "--help --version --quiet --verbose")
			;;
		*) if [ -z "$sub" ]; then how=(-W "help schema stats synth init train compress aggregate key serve round push pull predict eval show"); else how=(-f); fi ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl fl
