#compdef fl-synth
# zsh completion of fl-synth; made by completions/zsh.sh, do not edit
_fl-synth() {
	_arguments -s \
		'--silos=[number of silos; without it the scenario'\''s own]:N: ' \
		'--out=[folder to write to, made if it is not there]:DIR:_files -/' \
		'--rows=[training rows of a middling silo; without it the scenario'\''s own]:N: ' \
		'--test-rows=[test rows of every silo; without it the scenario'\''s own]:N: ' \
		'--skew=[how far silos differ\: 0 not at all, 1 as the scenario has it]:S: ' \
		'--alpha=[leaf-synthetic\: how far truths differ; without it 1]:A: ' \
		'--beta=[leaf-synthetic\: how far inputs differ; without it 1]:B: ' \
		'--seed=[seed of what is left to chance; without it a fresh one]:N: ' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-synth ]] && _fl-synth "$@" || compdef _fl-synth fl-synth
