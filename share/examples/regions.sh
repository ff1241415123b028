#!/bin/sh
# regions.sh DIR - two regions under one federation: hospitals train, a region adds its hospitals up, the globe the regions.
# To the globe a region is one participant; to its hospitals it is the coordinator. What goes up is the exact sum of the
# region's updates (fl-aggregate --partial), so the globe's model is, to the byte, that of all hospitals in one round, and no
# update of a hospital leaves its region. Stores are folders in DIR here; any URL that fl-store(5) knows will do: give each
# fl-round and fl-push its --token. ROUNDS says how many. Needs jq.
set -eu
mkdir -p "${1:?usage: regions.sh DIR}"
cd "$1"
export LC_ALL=C
regions="north south" rounds=${ROUNDS:-2}
hospitals() { case $1 in north) echo 01 02 03 ;; south) echo 04 05 06 ;; esac }

# ---- once: data to play with, keys, the global federation, a federation for each region ----
fl-synth hospitals --silos 6 --out data --seed 1
fl-init --schema data/schema.json --model logistic > first.st
for who in globe north south h01 h02 h03 h04 h05 h06; do fl-key generate --no-passphrase "$who" > /dev/null; done
member() { printf '{"name": "%s", "key": "%s.pub", "roles": [%s]}' "$1" "$1" "$2"; }
participants() { for h; do printf ', '; member "$h" '"participant"'; done; }
found() { # STORE COORDINATOR PARTICIPANT...
	store=$1 head=$2
	shift 2
	echo "{\"name\": \"$store\", \"members\": [$(member "$head" '"admin", "coordinator"')$(participants "$@")]}" > "$store.json"
	fl-round init --store "$store" --key "$head" --model first.st "$store.json"
}
found world globe $regions
for r in $regions; do found "in-$r" "$r" $(hospitals "$r" | sed 's/[0-9]*/h&/g'); done
echo '{"train": {"epochs": 2, "lr": 0.1}, "quorum": 2, "deadlineS": 86400}' > plan.json

# ---- each round ----
globe() { fl-round tick --store world --key globe --plan plan.json --state state-globe "$@"; }

# A region's coordinator: open a round from the model of the world's.
region_opens() { # REGION ROUND
	base=$(fl-pull "world/rounds/$2/plan" | fl-show - | jq -r .body.baseModel)
	fl-pull "world/blobs/$base" > "model-$1.st"
	fl-round open --store "in-$1" --key "$1" --plan plan.json --state "state-$1" --model "model-$1.st"
}
# Each hospital, as its cron would.
hospital_joins() { # REGION NN
	fl-round join --store "in-$1" --as "h$2" --key "h$2" --trust "$1.pub" --data "data/silo-$2.train.csv" --state "state-h$2"
}
# The region's coordinator again: fix which updates count, pass their sum up, close the round at home too.
region_passes_up() { # REGION ROUND
	fl-round seal --store "in-$1" --key "$1" --state "state-$1"
	rm -rf "up-$1"
	mkdir "up-$1"
	fl-pull "in-$1/rounds/$2/seal" | fl-show - | jq -r '.body.entries[] | .participant + "/" + .payload' |
		while read -r update; do
			fl-pull "in-$1/rounds/$2/updates/$update" > "up-$1/${update%%/*}.st"
		done
	fl-aggregate --partial "up-$1"/*.st > "sum-$1.st"
	fl-push --key "$1" "world/rounds/$2/updates/$1" < "sum-$1.st"
	fl-round close --store "in-$1" --key "$1" --state "state-$1"
}

round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	globe --rounds "$rounds"
	for r in $regions; do region_opens "$r" "$round"; done
	for r in $regions; do
		for h in $(hospitals "$r"); do hospital_joins "$r" "$h"; done
	done
	for r in $regions; do region_passes_up "$r" "$round"; done
done
globe --rounds "$rounds"

# ---- the same as all hospitals at once ----
base=$(fl-pull "world/rounds/$rounds/plan" | fl-show - | jq -r .body.baseModel)
fl-pull "world/blobs/$base" > base.st
fl-pull world/channels/stable > last.st
fl-aggregate up-*/*.st < base.st | cmp - last.st
echo "$rounds rounds of 6 hospitals in 2 regions; the last model is that of one flat round, to the byte: $1/last.st"
