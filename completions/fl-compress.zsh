#compdef fl-compress
# zsh completion of fl-compress; made by completions/zsh.sh, do not edit
_fl-compress() {
	_arguments -s \
		'(-c --codec)'{-c+,--codec=}'[the codec and its parameters; see --list]:NAME\[\:K=V,...\]: ' \
		'(-d --decode)'{-d,--decode}'[back to what it was before its codec]' \
		'(-l --list)'{-l,--list}'[say which codecs there are, and what they take]' \
		'--base=[the model that both ends hold, of ulp]:MODEL:_files' \
		'--residual=[add what was lost last time, keep what is lost now; made where it is missing]:FILE:_files' \
		'--budget=[the best that fits in so many bytes\: 200KB]:SIZE: ' \
		'--nmse=[the smallest that loses at most this share of the squared norm]:E: ' \
		'--bandwidth=[choose for a network of this rate, 2Mbit/s; auto\: as fl-push measured it]:RATE: ' \
		'--rtt=[round trip to the hub, for --bandwidth\: 50ms]:TIME: ' \
		'--local-time=[what a round takes besides the upload, for --bandwidth\: 5s]:TIME: ' \
		'--deadline=[all of a round must fit in this, for --bandwidth\: 10s]:TIME: ' \
		'--link=[where fl-push keeps what it measured, if not in the usual place]:FILE:_files' \
		'--report=[write bytes, bits and errors as one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--seed=[seed of what is left to chance; without it a fresh one]:N: ' \
		'(-o --output)'{-o+,--output=}'[write to FILE, whole or not at all]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'*:file:_files'
}
[[ $funcstack[1] == _fl-compress ]] && _fl-compress "$@" || compdef _fl-compress fl-compress
