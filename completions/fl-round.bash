# bash completion of fl-round; made by completions/bash.sh, do not edit
_fl_round()
{
	local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD - 1]} sub= i how=()
	if [ "$cur" = = ]; then
		cur=
	elif [ "$prev" = = ]; then
		prev=${COMP_WORDS[COMP_CWORD - 2]}
	fi
	for ((i = 1; i < COMP_CWORD; i++)); do
		case ${COMP_WORDS[i]} in init | tick | open | seal | close | join | status | watch) sub=${COMP_WORDS[i]} && break ;; esac
	done
	case $sub:$prev in
	init:--key | init:-k) how=(-f) ;;
	init:--passphrase-file) how=(-f) ;;
	init:--model | init:-m) how=(-f) ;;
	init:--channel) how=(-W "") ;;
	init:--draft) how=(-f) ;;
	init:--store | init:-s) how=(-W "") ;;
	init:--trust) how=(-f) ;;
	init:--token | init:-t) how=(-f) ;;
	init:--netrc) how=(-f) ;;
	init:--cacert) how=(-f) ;;
	init:--cert) how=(-f) ;;
	init:--cert-key) how=(-f) ;;
	init:--pin) how=(-W "") ;;
	init:--proxy) how=(-W "") ;;
	init:--deadline) how=(-W "") ;;
	tick:--key | tick:-k) how=(-f) ;;
	tick:--passphrase-file) how=(-f) ;;
	tick:--plan | tick:-p) how=(-f) ;;
	tick:--channel) how=(-W "") ;;
	tick:--rounds | tick:-n) how=(-W "") ;;
	tick:--wait | tick:-w) how=(-W "") ;;
	tick:--eval) how=(-f) ;;
	tick:--threads) how=(-W "") ;;
	tick:--store | tick:-s) how=(-W "") ;;
	tick:--trust) how=(-f) ;;
	tick:--token | tick:-t) how=(-f) ;;
	tick:--netrc) how=(-f) ;;
	tick:--cacert) how=(-f) ;;
	tick:--cert) how=(-f) ;;
	tick:--cert-key) how=(-f) ;;
	tick:--pin) how=(-W "") ;;
	tick:--proxy) how=(-W "") ;;
	tick:--deadline) how=(-W "") ;;
	tick:--state) how=(-d) ;;
	tick:--hooks) how=(-d) ;;
	tick:--metrics) how=(-f) ;;
	tick:--progress) how=(-W "auto always never") ;;
	open:--key | open:-k) how=(-f) ;;
	open:--passphrase-file) how=(-f) ;;
	open:--plan | open:-p) how=(-f) ;;
	open:--channel) how=(-W "") ;;
	open:--model | open:-m) how=(-f) ;;
	open:--store | open:-s) how=(-W "") ;;
	open:--trust) how=(-f) ;;
	open:--token | open:-t) how=(-f) ;;
	open:--netrc) how=(-f) ;;
	open:--cacert) how=(-f) ;;
	open:--cert) how=(-f) ;;
	open:--cert-key) how=(-f) ;;
	open:--pin) how=(-W "") ;;
	open:--proxy) how=(-W "") ;;
	open:--deadline) how=(-W "") ;;
	open:--state) how=(-d) ;;
	open:--hooks) how=(-d) ;;
	open:--metrics) how=(-f) ;;
	open:--progress) how=(-W "auto always never") ;;
	seal:--key | seal:-k) how=(-f) ;;
	seal:--passphrase-file) how=(-f) ;;
	seal:--store | seal:-s) how=(-W "") ;;
	seal:--trust) how=(-f) ;;
	seal:--token | seal:-t) how=(-f) ;;
	seal:--netrc) how=(-f) ;;
	seal:--cacert) how=(-f) ;;
	seal:--cert) how=(-f) ;;
	seal:--cert-key) how=(-f) ;;
	seal:--pin) how=(-W "") ;;
	seal:--proxy) how=(-W "") ;;
	seal:--deadline) how=(-W "") ;;
	seal:--state) how=(-d) ;;
	seal:--hooks) how=(-d) ;;
	seal:--metrics) how=(-f) ;;
	seal:--progress) how=(-W "auto always never") ;;
	close:--key | close:-k) how=(-f) ;;
	close:--passphrase-file) how=(-f) ;;
	close:--eval) how=(-f) ;;
	close:--threads) how=(-W "") ;;
	close:--store | close:-s) how=(-W "") ;;
	close:--trust) how=(-f) ;;
	close:--token | close:-t) how=(-f) ;;
	close:--netrc) how=(-f) ;;
	close:--cacert) how=(-f) ;;
	close:--cert) how=(-f) ;;
	close:--cert-key) how=(-f) ;;
	close:--pin) how=(-W "") ;;
	close:--proxy) how=(-W "") ;;
	close:--deadline) how=(-W "") ;;
	close:--state) how=(-d) ;;
	close:--hooks) how=(-d) ;;
	close:--metrics) how=(-f) ;;
	close:--progress) how=(-W "auto always never") ;;
	join:--as | join:-a) how=(-W "") ;;
	join:--data | join:-d) how=(-f) ;;
	join:--policy) how=(-f) ;;
	join:--key | join:-k) how=(-f) ;;
	join:--passphrase-file) how=(-f) ;;
	join:--rounds | join:-n) how=(-W "") ;;
	join:--wait | join:-w) how=(-W "") ;;
	join:--store | join:-s) how=(-W "") ;;
	join:--trust) how=(-f) ;;
	join:--token | join:-t) how=(-f) ;;
	join:--netrc) how=(-f) ;;
	join:--cacert) how=(-f) ;;
	join:--cert) how=(-f) ;;
	join:--cert-key) how=(-f) ;;
	join:--pin) how=(-W "") ;;
	join:--proxy) how=(-W "") ;;
	join:--deadline) how=(-W "") ;;
	join:--state) how=(-d) ;;
	join:--hooks) how=(-d) ;;
	join:--metrics) how=(-f) ;;
	join:--progress) how=(-W "auto always never") ;;
	status:--rounds | status:-n) how=(-W "") ;;
	status:--store | status:-s) how=(-W "") ;;
	status:--trust) how=(-f) ;;
	status:--token | status:-t) how=(-f) ;;
	status:--netrc) how=(-f) ;;
	status:--cacert) how=(-f) ;;
	status:--cert) how=(-f) ;;
	status:--cert-key) how=(-f) ;;
	status:--pin) how=(-W "") ;;
	status:--proxy) how=(-W "") ;;
	status:--deadline) how=(-W "") ;;
	watch:--rounds | watch:-n) how=(-W "") ;;
	watch:--store | watch:-s) how=(-W "") ;;
	watch:--trust) how=(-f) ;;
	watch:--token | watch:-t) how=(-f) ;;
	watch:--netrc) how=(-f) ;;
	watch:--cacert) how=(-f) ;;
	watch:--cert) how=(-f) ;;
	watch:--cert-key) how=(-f) ;;
	watch:--pin) how=(-W "") ;;
	watch:--proxy) how=(-W "") ;;
	watch:--deadline) how=(-W "") ;;
	*) case $cur in
		-*) how=(-W "--help --version --quiet --verbose")
			[ "$sub" = init ] && how[1]+=" --key --passphrase-file --model --channel --update --draft --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline"
			[ "$sub" = tick ] && how[1]+=" --key --passphrase-file --plan --channel --rounds --wait --until-done --eval --threads --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --state --hooks --metrics --progress"
			[ "$sub" = open ] && how[1]+=" --key --passphrase-file --plan --channel --model --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --state --hooks --metrics --progress"
			[ "$sub" = seal ] && how[1]+=" --key --passphrase-file --abandon --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --state --hooks --metrics --progress"
			[ "$sub" = close ] && how[1]+=" --key --passphrase-file --eval --threads --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --state --hooks --metrics --progress"
			[ "$sub" = join ] && how[1]+=" --as --data --policy --key --passphrase-file --rounds --wait --until-done --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline --state --hooks --metrics --progress"
			[ "$sub" = status ] && how[1]+=" --json --rounds --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline"
			[ "$sub" = watch ] && how[1]+=" --rounds --store --trust --token --netrc --cacert --cert --cert-key --pin --proxy --plain --deadline"
			;;
		*) if [ -z "$sub" ]; then how=(-W "init tick open seal close join status watch"); else how=(-f); fi ;;
		esac ;;
	esac
	mapfile -t COMPREPLY < <(compgen "${how[@]}" -- "$cur")
}
complete -o filenames -F _fl_round fl-round
