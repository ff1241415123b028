#compdef fl
# zsh completion of fl; made by completions/zsh.sh, do not edit
_fl() {
	local line state
	_arguments -C -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'1:subcommand:((help\:"List the commands, or explain one" schema\:"Infer, check and show table schemas" stats\:"Sums of a table'\''s columns, and the schema they make" synth\:"Make synthetic tables, one per site" init\:"Make an untrained model for a schema" train\:"Train a model on local data and write the update" aggregate\:"Combine updates into the next model" predict\:"Predict a row for each row" eval\:"Measure how well a model does on a table" show\:"Show, check and compare artefacts"))' \
		'*::argument:->rest'
	[[ $state == rest ]] || return
	case $line[1] in
	help) _values command schema stats synth init train aggregate predict eval show ;;
	schema) words[1]=fl-schema && _dispatch fl-schema fl-schema ;;
	stats) words[1]=fl-stats && _dispatch fl-stats fl-stats ;;
	synth) words[1]=fl-synth && _dispatch fl-synth fl-synth ;;
	init) words[1]=fl-init && _dispatch fl-init fl-init ;;
	train) words[1]=fl-train && _dispatch fl-train fl-train ;;
	aggregate) words[1]=fl-aggregate && _dispatch fl-aggregate fl-aggregate ;;
	predict) words[1]=fl-predict && _dispatch fl-predict fl-predict ;;
	eval) words[1]=fl-eval && _dispatch fl-eval fl-eval ;;
	show) words[1]=fl-show && _dispatch fl-show fl-show ;;
	esac
}
[[ $funcstack[1] == _fl ]] && _fl "$@" || compdef _fl fl
