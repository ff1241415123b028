#!/bin/sh
# demo.sh DIR - forty-seven hospitals learn to foresee readmission: each alone, all together, and on pooled data.
# Together means: a hub on a loopback port, a coordinator, and for every hospital a process with a key and a token of its
# own, which reads its own file and sends updates through the hub. A larger model shows what a codec saves. All that is made
# is in DIR, this script too, as run.sh. The patients are synthetic: see fl-synth(1). The commands are those in FL_BIN, or on
# PATH; ROUNDS and SEED change what they say, DEADLINE the seconds that a round waits for the last; with KEEP=1 the hub goes on.
set -eu
dir=${1:?usage: demo.sh DIR}
[ -z "${FL_BIN:-}" ] || PATH=$(cd "$FL_BIN" && pwd):$PATH
rounds=${ROUNDS:-12} seed=${SEED:-1} start=$(date +%s) hub=
train="fl-train --batch 16 --lr 0.2 --l2 0.01"
export PATH train LC_ALL=C

mkdir -p "$dir"; cmp -s "$0" "$dir/run.sh" || cp "$0" "$dir/run.sh"
cd "$dir"
rm -rf data keys store state alone together ./*.st ./*.json ./*.jsonl hub.* tokens
mkdir keys store state alone together

# The hospitals' numbers; and run the line $1 for every hospital $h, several at once as far as there are cores.
names() { ls data | sed -n 's/silo-\(.*\)\.train\.csv/\1/p'; }
hospitals() { names | xargs -P "$(nproc)" -n 6 sh -euc "for h; do $1; done" sh; }
# The files of all hospitals with commas between, and a number out of a line of JSON.
all() { ls data/silo-*."$1".csv | paste -s -d , -; }
number() { sed "s/.*\"$1\": *\([0-9.]*\).*/\1/"; }

fl-synth hospitals --silos 47 --out data --seed "$seed"
fl-init --schema data/schema.json --model logistic > first.st

# Who takes part: a key and a token for each, the public keys in the federation's roster, the tokens' hashes with the hub.
member() { # NAME ROLES ROLE
	fl-key generate --no-passphrase "keys/$1" > keys/id
	fl-key token -o "keys/$1.token" --role "$3" --name "$1" --federation "*" >> tokens
	[ "$2" ] || return 0
	printf '%s{"name": "%s", "key": "keys/%s.pub", "roles": [%s]}' "$comma" "$1" "$1" "$2" >> members
	comma=,
}
rm -f members; comma=
member coordinator '"admin", "coordinator"' coordinator
member you '' monitor
for h in $(names); do member "h$h" '"participant"' participant; done

# Together: the model goes round, the data stay. A round waits for all until its deadline; then the coordinator gives up.
parts=''
stop() { kill $parts 2> /dev/null || :; wait; }
trap stop EXIT; trap 'exit 1' INT TERM
fl-serve -q --root store --tokens tokens --listen 127.0.0.1:0 --port-file hub.port --log hub.log &
hub=$! parts=$!
until [ -s hub.port ]; do kill -0 "$hub" && sleep 0.02; done
site=http://127.0.0.1:$(cat hub.port) coordinator="--key keys/coordinator --token keys/coordinator.token"
federation() { # NAME MODEL LEARNING-RATE [MORE-OF-THE-PLAN] : all its rounds; what comes of them is NAME.st
	export FL_STORE="$site/v1/$1"
	echo "{\"name\": \"$1\", \"schema\": \"data/schema.json\", \"members\": [$(cat members)]}" > federation.json
	echo "{\"train\": {\"epochs\": 5, \"batch\": 16, \"lr\": $3, \"l2\": 0.01}, \"seed\": $seed, \"rounds\": $rounds,
		\"quorum\": 47, \"deadlineS\": ${DEADLINE:-60}${4:-}}" > plan.json
	fl-round init $coordinator --model "$2" federation.json
	for h in $(names); do
		fl-round join --as "h$h" --key "keys/h$h" --token "keys/h$h.token" --trust keys/coordinator.pub \
			--state "state/$1-h$h" --data "data/silo-$h.train.csv" --until-done &
		parts="$parts $!"
	done
	fl-round tick $coordinator --state "state/$1" --plan plan.json --eval "$(all test)" --wait 300
	for part in ${parts#* }; do wait "$part"; done
	parts=$hub
	fl-pull --token keys/coordinator.token "$FL_STORE/channels/stable" > "$1.st"
}
echo "47 hospitals, $rounds rounds, hub at $site ..."
federation demo first.st 0.2
fl-round status --token keys/coordinator.token --rounds 0 > status.json
bytes=$(sed -n 's/.*"bytes_in":\([0-9]*\),"bytes_out":\([0-9]*\).*/\1 \2/p' hub.log | awk '{ n += $1 + $2 } END { print n + 0 }')
hospitals 'fl-eval --data data/silo-$h.test.csv < demo.st > together/h$h.json'

# The same with a network of 6,593 weights, updates as they are, and packed by a codec that the plan names.
fl-init --schema data/schema.json --model mlp:64,32 --seed 1 > network.st
federation plain network.st 0.1
federation packed network.st 0.1 ', "codec": "ecsq:bits=1", "errorFeedback": true'
for name in plain packed; do fl-eval --data "$(all test)" < $name.st > $name.json; done
up() { cat "store/$1"/rounds/*/updates/*/b2-256-* | wc -c; }

# Alone: as many passes over the hospital's own patients. Pooled: as many over all of them, in one place.
export passes=$((5 * rounds))
hospitals '$train --epochs $passes --seed 1 --emit model --data data/silo-$h.train.csv < first.st > alone/h$h.st
	fl-eval --data data/silo-$h.test.csv < alone/h$h.st > alone/h$h.json'
$train --epochs "$passes" --seed 1 --emit model --data "$(all train)" < first.st > pooled.st
fl-eval --data "$(all test)" < pooled.st > pooled.json

for h in alone/h*.json; do
	echo "$(number accuracy < "$h") $(number accuracy < "together/${h#alone/}")"
done | awk -v pooled="$(number accuracy < pooled.json)" -v rounds="$rounds" -v bytes="$bytes" \
	-v seconds="$(($(date +%s) - start))" \
	-v plain="$(up plain)" -v plain_accuracy="$(number accuracy < plain.json)" \
	-v packed="$(up packed)" -v packed_accuracy="$(number accuracy < packed.json)" '
	NR == 1 { a0 = a1 = $1; t0 = t1 = $2 }
	{ a += $1; a0 = $1 < a0 ? $1 : a0; a1 = $1 > a1 ? $1 : a1 }
	{ t += $2; t0 = $2 < t0 ? $2 : t0; t1 = $2 > t1 ? $2 : t1; gain += $2 > $1 }
	END {
		a /= NR; t /= NR
		print "\npatients of the hospital itself for whom readmission is foretold rightly, yes or no:\n"
		printf "%-28s%8s%8s%8s\n", "", "mean", "worst", "best"
		printf "%-28s%7.1f%%%7.1f%%%7.1f%%\n", "every hospital alone", 100 * a, 100 * a0, 100 * a1
		printf "%-28s%7.1f%%%7.1f%%%7.1f%%\n", "all together", 100 * t, 100 * t0, 100 * t1
		printf "%-28s%7.1f%%\n\n", "all data in one place", 100 * pooled
		printf "better off together: %d of %d hospitals; patients in the hub: none, only models\n", gain, NR
		printf "%d rounds, %.1f MB through the hub\n\n", rounds, bytes / 1e6
		printf "%-28s%8s%8s%8s\n", "a network of 6,593 weights", "right", "MB up", "ratio"
		printf "%-28s%7.1f%%%8.1f\n", "updates as they are", 100 * plain_accuracy, plain / 1e6
		printf "%-28s%7.1f%%%8.1f%8.1f\n\n%d s\n", "a bit for each weight", 100 * packed_accuracy, packed / 1e6,
			plain / packed, seconds
		printf "{\"alone_mean\":%.6f,\"alone_worst\":%.6f,\"alone_best\":%.6f,\"together\":%.6f,\"pooled\":%.6f,\"rounds\":%d,",
			a, a0, a1, t, pooled, rounds > "summary.json"
		printf "\"bytes\":%.0f,\"seconds\":%d,\"network\":{\"plain\":%.6f,\"plain_bytes\":%.0f,", bytes, seconds,
			plain_accuracy, plain > "summary.json"
		printf "\"packed\":%.6f,\"packed_bytes\":%.0f}}\n", packed_accuracy, packed > "summary.json"
	}'
echo "files: $(pwd); what was run: $(pwd)/run.sh"
if [ "${KEEP:-}" ]; then
	echo "status page: $site/ (name: you, password: $(cat keys/you.token)); kill $hub ends the hub"
	trap - EXIT
else
	echo "status page: $site/ was there while the hub ran; KEEP=1 lets it run on"
fi
