#compdef fl-stats
# zsh completion of fl-stats; made by completions/zsh.sh, do not edit
_fl-stats() {
	_arguments -s \
		'--data=[the rows to sum over; several files with commas between]:CSV:_files' \
		'--schema=[what the columns are; without it, what the values look like]:SCHEMA:_files' \
		'--to-schema=[read statistics and write means, deviations and levels into SCHEMA]:SCHEMA:_files' \
		'--label=[the column to predict]:NAME: ' \
		'--time=[survival\: the column of times]:NAME: ' \
		'--event=[survival\: the column of events]:NAME: ' \
		'*--categorical=[count the values of this column, numbers or not; repeatable]:NAME: ' \
		'*--ignore=[leave this column out; repeatable]:NAME: ' \
		'*--missing=[a value that means missing, beside the empty one; repeatable]:TEXT: ' \
		'--max-levels=[leave out text columns with more distinct values]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-stats ]] && _fl-stats "$@" || compdef _fl-stats fl-stats
