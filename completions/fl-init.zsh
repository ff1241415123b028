#compdef fl-init
# zsh completion of fl-init; made by completions/zsh.sh, do not edit
_fl-init() {
	_arguments -s \
		'--schema=[the columns, as written by fl-schema]:SCHEMA:_files' \
		'--model=[logistic, linear, softmax, poisson, cox or mlp\:64,32 with ,act= ,dropout= ,ties= ...]:SPEC: ' \
		'--init=[first parameters (auto\: zeros for one layer, torch for more)]:HOW:(auto zeros torch)' \
		'--seed=[seed of what is left to chance; without it a fresh one]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-init ]] && _fl-init "$@" || compdef _fl-init fl-init
