# bash completion of fl-serve; made by completions/bash.sh, do not edit
_fl_serve()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	case $sub:$prev in
	*:--root | *:-r) how=(-d) ;;
	*:--listen | *:-l) how=(-W "") ;;
	*:--tls-cert) how=(-f) ;;
	*:--tls-key) how=(-f) ;;
	*:--client-ca) how=(-f) ;;
	*:--offload) how=(-W "") ;;
	*:--tokens | *:-t) how=(-f) ;;
	*:--key | *:-k) how=(-f) ;;
	*:--port-file) how=(-f) ;;
	*:--threads) how=(-W "") ;;
	*:--connections) how=(-W "") ;;
	*:--per-address) how=(-W "") ;;
	*:--max-object) how=(-W "") ;;
	*:--quota) how=(-W "") ;;
	*:--quota-objects) how=(-W "") ;;
	*:--rate) how=(-W "") ;;
	*:--header-timeout) how=(-W "") ;;
	*:--min-rate) how=(-W "") ;;
	*:--grace) how=(-W "") ;;
	*:--log) how=(-f) ;;
	*) case $cur in
		-*) how=(-W "--root --listen --tls-cert --tls-key --client-ca --plain --offload --tokens --key --port-file --threads --connections --per-address --max-object --quota --quota-objects --rate --header-timeout --min-rate --grace --log --log-addresses --help --version --quiet --verbose")
			;;
		*) how=(-f) ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_serve fl-serve
