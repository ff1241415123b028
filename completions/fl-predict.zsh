#compdef fl-predict
# zsh completion of fl-predict; made by completions/zsh.sh, do not edit
_fl-predict() {
	_arguments -s \
		'--data=[the rows to predict; they need no label; several files with commas between]:CSV:_files' \
		'--schema=[scale by this schema instead of the model'\''s own]:SCHEMA:_files' \
		'--scale=[mean and deviation from the schema, from these rows, or none]:HOW:(schema local none)' \
		'--threshold=[two classes\: positive is predicted from this probability on]:P: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-predict ]] && _fl-predict "$@" || compdef _fl-predict fl-predict
