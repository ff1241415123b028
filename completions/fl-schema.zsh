#compdef fl-schema
# zsh completion of fl-schema; made by completions/zsh.sh, do not edit
_fl-schema() {
	local line state
	_arguments -C -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'1:subcommand:((infer\:"Write a first schema for CSV files" check\:"Say what does not fit a schema" show\:"Print a schema, as a table on a terminal"))' \
		'*::argument:->rest'
	[[ $state == rest ]] || return
	case $line[1] in
	infer) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-l --label)'{-l+,--label=}'[the column to learn]:NAME: ' \
		'--time=[survival\: time until the event or the end of observation]:NAME: ' \
		'--event=[survival\: 1 where the event was seen, 0 where not]:NAME: ' \
		'--id=[names the row; never learned from]:NAME: ' \
		'--group=[a column to report by; never learned from]:NAME: ' \
		'--weight=[row weights]:NAME: ' \
		'--offset=[added to the linear predictor]:NAME: ' \
		'*--ignore=[leave the column out; may be repeated]:NAME: ' \
		'*'{-c+,--categorical=}'[levels, even where all values are numbers; may be repeated]:NAME: ' \
		'*--missing=[a text that means a missing value, beside the empty one; may be repeated]:TEXT: ' \
		'--drop-first[onehot without its first level, for identifiable models]' \
		'--unknown=[what features do with a level that the schema lacks]:RULE:(error bucket)' \
		'--max-levels=[more distinct texts than N are not levels]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'*:file:_files' ;;
	check) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-s --schema)'{-s+,--schema=}'[the schema to check against]:FILE:_files' \
		'(-a --all)'{-a,--all}'[print everything that does not fit, not the first 20]' \
		'*:file:_files' ;;
	show) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-c --canonical)'{-c,--canonical}'[print the exact bytes whose BLAKE2b-256 is the schema'\''s digest]' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'*:file:_files' ;;
	esac
}
[[ $funcstack[1] == _fl-schema ]] && _fl-schema "$@" || compdef _fl-schema fl-schema
