# round.bash - a federation whose rounds a test goes through: load it after helper.

# round_federation N : hospitals 1..N with keys h01.., the coordinator's key co, m.st, fed.json and plan.json, made once a run.
round_federation() {
	local cache=$BATS_RUN_TMPDIR/round-$1 mine h
	need jq
	if [ ! -d "$cache" ]; then
		hospitals "$1"
		mine=$(mktemp -d "$BATS_RUN_TMPDIR/make.XXXXXX")
		(
			cp -- *.csv schema.json "$mine"
			cd "$mine"
			fl-init --schema schema.json --model logistic > m.st
			fl-key generate -q --no-passphrase co > /dev/null
			members='{"name":"co","key":"co.pub","roles":["admin","coordinator"]}'
			for h in $(seq -f %02g "$1"); do
				fl-key generate -q --no-passphrase "h$h" > /dev/null
				members="$members,{\"name\":\"h$h\",\"key\":\"h$h.pub\",\"roles\":[\"participant\"]}"
			done
			echo "{\"name\":\"demo\",\"schema\":\"schema.json\",\"members\":[$members]}" > fed.json
			plan "\"quorum\":$1"
		)
		mv -T "$mine" "$cache" 2> /dev/null || [ -d "$cache" ]
	fi
	cp -p "$cache"/* .
	export FL_STORE=store
}

# plan MEMBERS : plan.json with these members besides, or instead of, the usual ones.
plan() {
	echo "{$1}" | jq -c '{deadlineS: 3600, rounds: 3, train: {epochs: 2, batch: 16, lr: 0.2}} + .' > plan.json
}

init() { fl-round init --key co --model m.st "$@" fed.json; }
tick() { fl-round tick --key co --plan plan.json --state state-co "$@"; }
# join NN [OPTION]... : as h<NN>.
join() {
	local h=$1
	shift
	fl-round join --as "h$h" --key "h$h" --trust co.pub --data "silo-$h.train.csv" --state "state-$h" "$@"
}

# message ROUND NAME : the JSON of a round's plan, seal or result.
message() { fl-show "store/rounds/$(printf %06d "$1")/$2.pb" | jq .body; }

# The digest of the newest model of stable.
newest() { fl-pull "${1:-store}/channels/stable" | b2sum -l 256 | cut -c 1-64; }
