#compdef fl-key
# zsh completion of fl-key; made by completions/zsh.sh, do not edit
_fl-key() {
	local line state
	_arguments -C -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'1:subcommand:((generate\:"Make a key pair\: FILE, which is secret, and FILE.pub" show\:"Print the public half of key files" sign\:"Sign files, or add a signature to a message" verify\:"Check the signature of a file, or those inside a message" rotate\:"Put a new key in the place of an old one, which signs it" token\:"Make a token for a hub; print the line that its tokens file wants"))' \
		'*::argument:->rest'
	[[ $state == rest ]] || return
	case $line[1] in
	generate) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-n --name)'{-n+,--name=}'[whose key it is, for the comment lines]:TEXT: ' \
		'--no-passphrase[leave the file unprotected, as cron needs it]' \
		'--passphrase-file=[the first line of FILE is the passphrase; - is standard input]:FILE:_files' \
		'*:file:_files' ;;
	show) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'--passphrase-file=[the first line of FILE is the passphrase; - is standard input]:FILE:_files' \
		'*:file:_files' ;;
	sign) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[sign with this secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the passphrase; - is standard input]:FILE:_files' \
		'(-t --trusted-comment)'{-t+,--trusted-comment=}'[a line that is signed too; without it time and file name]:TEXT: ' \
		'(-m --message)'{-m,--message}'[add a signature to a message of a federation]' \
		'(-o --output)'{-o+,--output=}'[write to FILE, not to FILE.minisig, nor a message to standard output]:FILE:_files' \
		'*:file:_files' ;;
	verify) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*'{-p+,--pub=}'[a public key file; of messages, several may have signed]:FILE: ' \
		'*'{-P+,--pub-key=}'[a public key\: the second line of such a file]:TEXT: ' \
		'(-x --signature)'{-x+,--signature=}'[the signature; without it FILE.minisig]:FILE:_files' \
		'(-m --message)'{-m,--message}'[check the signatures inside a message]' \
		'(-f --federation)'{-f+,--federation=}'[the keys of this federation'\''s members, for messages]:FILE:_files' \
		'*:file:_files' ;;
	rotate) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-n --name)'{-n+,--name=}'[whose key it is, for the comment lines]:TEXT: ' \
		'--passphrase-file=[the first line of FILE is the passphrase; - is standard input]:FILE:_files' \
		'*:file:_files' ;;
	token) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-o --output)'{-o+,--output=}'[write the token to FILE, which must be new]:FILE:_files' \
		'(-r --role)'{-r+,--role=}'[what the hub lets its holder do]:ROLE:(participant coordinator reader monitor)' \
		'(-n --name)'{-n+,--name=}'[who holds it; a participant'\''s name in the federation]:NAME: ' \
		'(-f --federation)'{-f+,--federation=}'[the federation it is good for; * is every one]:NAME: ' \
		'(-e --expires)'{-e+,--expires=}'[until 2027-01-31T00\:00\:00Z, or 2027-01-31, or for 90d]:TIME: ' \
		'*:file:_files' ;;
	esac
}
[[ $funcstack[1] == _fl-key ]] && _fl-key "$@" || compdef _fl-key fl-key
