#compdef fl-round
# zsh completion of fl-round; made by completions/zsh.sh, do not edit
_fl-round() {
	local line state
	_arguments -C -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'1:subcommand:((init\:"Found a federation, or change its roster" tick\:"Coordinator\: do whatever is due, as cron'\''s line" open\:"Coordinator\: open the next round" seal\:"Coordinator\: fix which updates count" close\:"Coordinator\: make the next model of a sealed round" join\:"Participant\: answer the open round, as cron'\''s line" status\:"Say where the rounds stand" watch\:"Show where the rounds stand, as it changes"))' \
		'*::argument:->rest'
	[[ $state == rest ]] || return
	case $line[1] in
	init) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'(-m --model)'{-m+,--model=}'[the first model]:MODEL:_files' \
		'--channel=[where the first model is announced (default\: stable)]:NAME: ' \
		'(-u --update)'{-u,--update}'[make the next version of a roster that is there]' \
		'--draft=[keep the roster in FILE until enough admins have signed]:FILE:_files' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'*:file:_files' ;;
	tick) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'(-p --plan)'{-p+,--plan=}'[what rounds ask of participants\: a Plan as JSON]:FILE:_files' \
		'--channel=[announce models there, not where the plan says]:NAME: ' \
		'(-n --rounds)'{-n+,--rounds=}'[the last round of the run; 0 is no end (default\: as the plan says)]:N: ' \
		'(-w --wait)'{-w+,--wait=}'[wait up to S seconds for something to do]:S: ' \
		'--until-done[stay until the last round is closed]' \
		'--eval=[measure the next model on these rows; several files with commas between]:CSV:_files' \
		'--threads=[threads; 0 is one for each core]:N: ' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--state=[what is remembered of the federation (default\: in ~/.local/state/flkit)]:DIR:_files -/' \
		'--hooks=[executables to run before and after each step]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'*:file:_files' ;;
	open) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'(-p --plan)'{-p+,--plan=}'[what rounds ask of participants\: a Plan as JSON]:FILE:_files' \
		'--channel=[announce models there, not where the plan says]:NAME: ' \
		'(-m --model)'{-m+,--model=}'[start from this model, not from what the channel offers]:MODEL:_files' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--state=[what is remembered of the federation (default\: in ~/.local/state/flkit)]:DIR:_files -/' \
		'--hooks=[executables to run before and after each step]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'*:file:_files' ;;
	seal) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'--abandon[give the round up\: nothing is added up]' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--state=[what is remembered of the federation (default\: in ~/.local/state/flkit)]:DIR:_files -/' \
		'--hooks=[executables to run before and after each step]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'*:file:_files' ;;
	close) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'--eval=[measure the next model on these rows; several files with commas between]:CSV:_files' \
		'--threads=[threads; 0 is one for each core]:N: ' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--state=[what is remembered of the federation (default\: in ~/.local/state/flkit)]:DIR:_files -/' \
		'--hooks=[executables to run before and after each step]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'*:file:_files' ;;
	join) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-a --as)'{-a+,--as=}'[who we are in the federation]:NAME: ' \
		'(-d --data)'{-d+,--data=}'[the rows to train on; several files with commas between]:CSV:_files' \
		'--policy=[what a plan may ask of us, as JSON]:FILE:_files' \
		'(-k --key)'{-k+,--key=}'[our secret key; without it $FL_KEY_FILE]:FILE:_files' \
		'--passphrase-file=[the first line of FILE is the key'\''s passphrase]:FILE:_files' \
		'(-n --rounds)'{-n+,--rounds=}'[answer N rounds, then leave (default 1)]:N: ' \
		'(-w --wait)'{-w+,--wait=}'[wait up to S seconds for something to do]:S: ' \
		'--until-done[stay until the last round of the run is answered]' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'--state=[what is remembered of the federation (default\: in ~/.local/state/flkit)]:DIR:_files -/' \
		'--hooks=[executables to run before and after each step]:DIR:_files -/' \
		'--metrics=[write one JSON object to FILE (fd\:N\: to that descriptor)]:FILE:_files' \
		'--progress=[progress bar on stderr]:WHEN:(auto always never)' \
		'*:file:_files' ;;
	status) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-j --json)'{-j,--json}'[JSON on a terminal too]' \
		'(-n --rounds)'{-n+,--rounds=}'[the newest N rounds; 0 is all]:N: ' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'*:file:_files' ;;
	watch) _arguments -s \
		'(-h --help)'{-h,--help}'[show this text]' \
		'(-V --version)'{-V,--version}'[show the version]' \
		'(-q --quiet)'{-q,--quiet}'[say nothing but errors]' \
		'(-v --verbose)'{-v,--verbose}'[say more]' \
		'(-n --rounds)'{-n+,--rounds=}'[the newest N rounds; 0 is all]:N: ' \
		'(-s --store)'{-s+,--store=}'[where the federation lies; without it $FL_STORE]:URL: ' \
		'--trust=[public key of an admin\: a file, or its base64 line]:KEY:_files' \
		'(-t --token)'{-t+,--token=}'[the hub'\''s token; without it $FL_TOKEN_FILE]:FILE:_files' \
		'--netrc=[names and passwords of hosts, as curl reads them]:FILE:_files' \
		'--cacert=[trust these authorities instead of the system'\''s, PEM]:FILE:_files' \
		'--cert=[client certificate, PEM]:FILE:_files' \
		'--cert-key=[its secret key, PEM]:FILE:_files' \
		'--pin=[the server'\''s public key\: sha256//BASE64]:HASH: ' \
		'--proxy=[go through this proxy, not through the environment'\''s]:URL: ' \
		'--plain[let tokens and passwords go over http\:// and dav\:// to other machines]' \
		'--deadline=[seconds for one transfer with all its retries]:S: ' \
		'*:file:_files' ;;
	esac
}
[[ $funcstack[1] == _fl-round ]] && _fl-round "$@" || compdef _fl-round fl-round
