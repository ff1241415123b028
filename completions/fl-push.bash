# bash completion of fl-push; made by completions/bash.sh, do not edit
_fl_push()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--key | *:-k) how=(-f) ;;
	*:--passphrase-file) how=(-f) ;;
	*:--token | *:-t) how=(-f) ;;
	*:--netrc) how=(-f) ;;
	*:--cacert) how=(-f) ;;
	*:--cert) how=(-f) ;;
	*:--cert-key) how=(-f) ;;
	*:--pin) how=(-W "") ;;
	*:--proxy) how=(-W "") ;;
	*:--deadline) how=(-W "") ;;
	*:--receipts) how=(-d) ;;
	*:--metrics) how=(-f) ;;
	*:--progress) how=(-W "auto always never") ;;
	*) case $cur in
		-*) how=(-W "--key --passphrase-file --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --receipts --metrics --progress --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_push fl-push
