#compdef fl-aggregate
# zsh completion of fl-aggregate; made by completions/zsh.sh, do not edit
_fl-aggregate() {
	_arguments -s \
		'--strategy=[how the mean becomes the next model]:NAME:(fedadagrad fedadam fedavg fedavgm fedyogi)' \
		'--server-lr=[server learning rate (default 1; fedadam, fedyogi .01; fedadagrad .1)]:R: ' \
		'--beta1=[server momentum of fedavgm and the adaptive strategies]:B: ' \
		'--beta2=[decay of the second moment of fedadam and fedyogi]:B: ' \
		'--tau=[degree of adaptivity of the adaptive strategies]:T: ' \
		'--state=[what the strategy carries on from round to round; made where it is missing]:FILE:_files' \
		'--partial[write the sum itself, to be added up further; reads no base model]' \
		'--base=[the model that was trained from]:MODEL:_files' \
		'--files-from=[also take the names of updates from FILE, one a line]:FILE:_files' \
		'(-0 --null)'{-0,--null}'[names in --files-from end with NUL, as find -print0 writes them]' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--threads=[threads; 0 is one for each core]:N: ' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-aggregate ]] && _fl-aggregate "$@" || compdef _fl-aggregate fl-aggregate
