# bash completion of fl-schema; made by completions/bash.sh, do not edit
_fl_schema()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in infer | check | show) sub=${COMP_WORDS[i]} && break ;; esac
	done
	case $sub:$prev in
	infer:--label | infer:-l) how=(-W "") ;;
	infer:--time) how=(-W "") ;;
	infer:--event) how=(-W "") ;;
	infer:--id) how=(-W "") ;;
	infer:--group) how=(-W "") ;;
	infer:--weight) how=(-W "") ;;
	infer:--offset) how=(-W "") ;;
	infer:--ignore) how=(-W "") ;;
	infer:--categorical | infer:-c) how=(-W "") ;;
	infer:--missing) how=(-W "") ;;
	infer:--unknown) how=(-W "error bucket") ;;
	infer:--max-levels) how=(-W "") ;;
	infer:--output | infer:-o) how=(-f) ;;
	check:--schema | check:-s) how=(-f) ;;
	show:--output | show:-o) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--help --version --quiet --verbose")
			[ "$sub" = infer ] && how[1]+=" --label --time --event --id --group --weight --offset --ignore --categorical --missing --drop-first --unknown --max-levels --output"
			[ "$sub" = check ] && how[1]+=" --schema --all"
			[ "$sub" = show ] && how[1]+=" --canonical --output"
			;;
		*) if [ -z "$sub" ]; then how=(-W "infer check show"); else how=(-f); fi ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_schema fl-schema
