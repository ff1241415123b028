# bash completion of fl-train; made by completions/bash.sh, do not edit
_fl_train()
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
	*:--epochs) how=(-W "") ;;
	*:--steps) how=(-W "") ;;
	*:--batch) how=(-W "") ;;
	*:--lr) how=(-W "") ;;
	*:--optimizer) how=(-W "adam lbfgs momentum sgd") ;;
	*:--momentum) how=(-W "") ;;
	*:--l1) how=(-W "") ;;
	*:--l2) how=(-W "") ;;
	*:--prox) how=(-W "") ;;
	*:--class-weight) how=(-W "") ;;
	*:--scale) how=(-W "schema local none") ;;
	*:--emit) how=(-W "update model") ;;
	*:--seed) how=(-W "") ;;
	*:--output | *:-o) how=(-f) ;;
	*:--metrics) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--data --schema --epochs --steps --batch --lr --optimizer --momentum --l1 --l2 --prox --class-weight --scale --emit --seed --output --metrics --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_train fl-train
