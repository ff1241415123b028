#compdef fl
# zsh completion of fl; made by completions/zsh.sh, do not edit
_fl() {
	local line state
	_arguments -C -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'1:subcommand:((help\:"List the commands, or explain one" schema\:"Say what the columns of a CSV mean to a model" stats\:"Sum up columns so that sites add up, or turn such sums into a schema" synth\:"Write a federation of synthetic tables\: CSV files for every silo, and their schema" init\:"Make an untrained model for a schema" train\:"Train a model on local rows and emit what it learnt" compress\:"Make an update ten to hundreds of times smaller, and whole again" aggregate\:"Add updates up into the next model, or into a partial" key\:"Make keys and tokens, sign, and check signatures" serve\:"Serve a folder of federations over HTTP" round\:"Take part in the rounds of a federation, or coordinate them" push\:"Put standard input into a store" pull\:"Get a model, an update or a message from a store" predict\:"Predict a row for each row" eval\:"Measure how well a model does on a table" show\:"Show what an artefact or a message is, and what is in it"))' \
		'*::argument:->rest'
	[[ $state == rest ]] || return
	case $line[1] in
	help) _values command schema stats synth init train compress aggregate key serve round push pull predict eval show ;;
	schema) words[1]=fl-schema && _dispatch fl-schema fl-schema ;;
	stats) words[1]=fl-stats && _dispatch fl-stats fl-stats ;;
	synth) words[1]=fl-synth && _dispatch fl-synth fl-synth ;;
	init) words[1]=fl-init && _dispatch fl-init fl-init ;;
	train) words[1]=fl-train && _dispatch fl-train fl-train ;;
	compress) words[1]=fl-compress && _dispatch fl-compress fl-compress ;;
	aggregate) words[1]=fl-aggregate && _dispatch fl-aggregate fl-aggregate ;;
	key) words[1]=fl-key && _dispatch fl-key fl-key ;;
	serve) words[1]=fl-serve && _dispatch fl-serve fl-serve ;;
	round) words[1]=fl-round && _dispatch fl-round fl-round ;;
	push) words[1]=fl-push && _dispatch fl-push fl-push ;;
	pull) words[1]=fl-pull && _dispatch fl-pull fl-pull ;;
	predict) words[1]=fl-predict && _dispatch fl-predict fl-predict ;;
	eval) words[1]=fl-eval && _dispatch fl-eval fl-eval ;;
	show) words[1]=fl-show && _dispatch fl-show fl-show ;;
	esac
}
[[ $funcstack[1] == _fl ]] && _fl "$@" || compdef _fl fl
