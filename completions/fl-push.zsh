#compdef fl-push
# zsh completion of fl-push; made by completions/zsh.sh, do not edit
_fl-push() {
	_arguments -s \
		'(-k --key)'{-k+,--key=}'[sign the envelope of an update with this; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--receipts=[keep the hub'\''s receipts in this folder]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-push ]] && _fl-push "$@" || compdef _fl-push fl-push
