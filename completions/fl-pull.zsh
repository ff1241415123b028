#compdef fl-pull
# zsh completion of fl-pull; made by completions/zsh.sh, do not edit
_fl-pull() {
	_arguments -s \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'--if-newer=[write nothing where FILE has these bytes already]:FILE:_files' \
		'--have=[a model that is here, or its digest\: get the difference to it, where the store has one]:MODEL:_files' \
		'(-w --wait)'{-w+,--wait=}'[seconds to wait for it to appear, or with --if-newer to change]:S: ' \
		'--trust=[check signatures\: the public key of one of the federation'\''s admins]:PUB:_files' \
		'--state=[remember what was seen in this folder, and refuse what goes back behind it]:DIR:_files -/' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-pull ]] && _fl-pull "$@" || compdef _fl-pull fl-pull
