#compdef fl-eval
# zsh completion of fl-eval; made by completions/zsh.sh, do not edit
_fl-eval() {
	_arguments -s \
		'--data=[the rows, with their labels; several files with commas between]:CSV:_files' \
		'--schema=[scale by this schema instead of the model'\''s own]:SCHEMA:_files' \
		'--scale=[mean and deviation from the schema, from these rows, or none]:HOW:(schema local none)' \
		'--by=[the same metrics for each value of COLUMN as well]:COLUMN: ' \
		'--min-group=[of a group with fewer rows show only how many]:N: ' \
		'--threshold=[two classes\: positive is predicted from this probability on]:P: ' \
		'--bootstrap=[confidence intervals from N resamples; 0 for none]:N: ' \
		'--level=[confidence of the intervals]:P: ' \
		'--seed=[seed of what is left to chance; without it a fresh one]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-eval ]] && _fl-eval "$@" || compdef _fl-eval fl-eval
