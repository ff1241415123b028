#compdef fl-serve
# zsh completion of fl-serve; made by completions/zsh.sh, do not edit
_fl-serve() {
	_arguments -s \
		'(-r --root)'{-r+,--root=}'[the folder of federations]:DIR:_files -/' \
		'(-l --listen)'{-l+,--listen=}'[where to listen, or unix\:PATH; port 0 takes a free one]:ADDR\:PORT: ' \
		'--tls-cert=[certificate and its chain, PEM]:FILE:_files' \
		'--tls-key=[its secret key, PEM]:FILE:_files' \
		'--client-ca=[ask clients for a certificate of these, PEM]:FILE:_files' \
		'--plain[no TLS on an address that others can reach\: something in front of the hub does it]' \
		'--offload=[s3\://BUCKET/PREFIX\: send clients there for models and updates, with URLs for ten minutes]:URL: ' \
		'(-t --tokens)'{-t+,--tokens=}'[who may do what]:FILE:_files' \
		'(-k --key)'{-k+,--key=}'[secret key to sign receipts with]:FILE:_files' \
		'--port-file=[write the port to FILE when the hub is ready]:FILE:_files' \
		'--threads=[threads that answer]:N: ' \
		'--connections=[connections at once]:N: ' \
		'--per-address=[connections of one address at once, not on loopback; 0 is no limit]:N: ' \
		'--max-object=[bytes of an object, at most]:BYTES: ' \
		'--quota=[bytes of a participant in a round, at most; 0 is no limit]:BYTES: ' \
		'--quota-objects=[objects of a participant in a round, at most; 0 is no limit]:N: ' \
		'--rate=[requests a second of one caller, twice as many at once; 0 is no limit]:R: ' \
		'--header-timeout=[seconds for the head of a request]:S: ' \
		'--min-rate=[bytes a second of a body, at least]:R: ' \
		'--grace=[seconds to finish what is under way when told to stop]:S: ' \
		'--log=[append the log to FILE instead of standard error; SIGHUP opens it anew]:FILE:_files' \
		'--log-addresses[log the addresses of clients]' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-serve ]] && _fl-serve "$@" || compdef _fl-serve fl-serve
