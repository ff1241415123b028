# bash completion of fl-pull; made by completions/bash.sh, do not edit
_fl_pull()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--output | *:-o) how=(-f) ;;
	*:--if-newer) how=(-f) ;;
	*:--have) how=(-f) ;;
	*:--wait | *:-w) how=(-W "") ;;
	*:--trust) how=(-f) ;;
	*:--state) how=(-d) ;;
	*:--token | *:-t) how=(-f) ;;
	*:--netrc) how=(-f) ;;
	*:--cacert) how=(-f) ;;
	*:--cert) how=(-f) ;;
	*:--cert-key) how=(-f) ;;
	*:--pin) how=(-W "") ;;
	*:--proxy) how=(-W "") ;;
	*:--deadline) how=(-W "") ;;
	*:--metrics) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--output --if-newer --have --wait --trust --state --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --metrics --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_pull fl-pull
