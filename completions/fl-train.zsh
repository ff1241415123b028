#compdef fl-train
# zsh completion of fl-train; made by completions/zsh.sh, do not edit
_fl-train() {
	_arguments -s \
		'--data=[the rows to train on; several files with commas between]:CSV:_files' \
		'--schema=[scale by this schema instead of the model'\''s own]:SCHEMA:_files' \
		'--epochs=[passes over the rows (default 1; 100 iterations of lbfgs)]:E: ' \
		'--steps=[batches, instead of --epochs]:K: ' \
		'--batch=[rows of a batch; 0 is all rows]:B: ' \
		'--lr=[learning rate]:R: ' \
		'--optimizer=[local solver]:NAME:(adam lbfgs momentum sgd)' \
		'--momentum=[of momentum]:M: ' \
		'--l1=[penalty L * sum |weight|]:L: ' \
		'--l2=[penalty L/2 * sum weight^2]:L: ' \
		'--prox=[penalty MU/2 * |model - start|^2 (FedProx)]:MU: ' \
		'--class-weight=[balanced, or a weight for each class with commas between]:W: ' \
		'--scale=[mean and deviation from the schema, from these rows, or none]:HOW:(schema local none)' \
		'--emit=[the difference to the model that came in, or the new model]:WHAT:(update model)' \
		'--seed=[seed of what is left to chance; without it a fresh one]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-train ]] && _fl-train "$@" || compdef _fl-train fl-train
