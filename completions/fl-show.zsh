#compdef fl-show
# zsh completion of fl-show; made by completions/zsh.sh, do not edit
_fl-show() {
	_arguments -s \
		'--check[read everything and say whether it is sound; exit 1 if one is not]' \
		'--tensors[list the tensors with the range and norm of their values]' \
		'--values=[print the values of this tensor]:NAME: ' \
		'--diff[compare two files\: exit 1 if metadata or values differ]' \
		'--roster=[the federation.pb that says who may sign messages; implies --check]:FILE:_files' \
		'--encode=[make a message of this type from JSON]:TYPE:(Channel Envelope Federation Plan Receipt Result Seal)' \
		'--key=[the secret key with which --encode signs]:FILE:_files' \
		'(-o --output)'{-o+,--output=}'[write what --encode makes to FILE, whole or not at all]:FILE:_files' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-show ]] && _fl-show "$@" || compdef _fl-show fl-show
