#!/bin/bash
# rounds.sh - whole rounds on loopback, by processes that know of each other only what the hub holds: large updates, many rounds,
# many participants. Beside Flower 1.26 over gRPC, as it was measured on a machine like the first of share/doc/bench.md.
set -eu
. "$(dirname "$0")/net.sh"
"$python" -c 'import numpy' 2> /dev/null || { echo "rounds: skipped, no NumPy" >&2; exit 0; }

# federation N : keys and roster of N hospitals, as fl-round init takes them.
federation() {
	rm -rf keys
	mkdir keys
	seq -f %04g "$1" | xargs -P "$(nproc)" -I '{}' fl-key generate -q --no-passphrase keys/h{} > /dev/null
	fl-key generate -q --no-passphrase keys/co > /dev/null
	{
		echo '{"name": "f", "schema": "schema.json", "members": ['
		seq -f %04g "$1" | sed 's|.*|{"name": "h&", "key": "keys/h&.pub", "roles": ["participant"]},|'
		echo '{"name": "co", "key": "keys/co.pub", "roles": ["admin", "coordinator"]}]}'
	} > fed.json
}
anew() { # an empty hub, nothing remembered
	rm -rf hub/f state
	mkdir -p hub/f state
}
tick() { fl-round tick -q --key keys/co --trust keys/co.pub --state state/co --plan plan.json "$@"; }
each() { # N AT-ONCE COMMAND... : {} is 0001 to N
	seq -f %04g "$1" | xargs -P "$2" -I '{}' "${@:3}"
}

hub --
export FL_STORE="$site/v1/f"

# Ten rounds of 47 hospitals, each answer a process of its own, from an empty folder to the last model.
fl-synth hospitals --silos 47 --out . --seed 1 > /dev/null
for i in $(seq 47); do mv "silo-$(printf %02d "$i").train.csv" "$(printf data-%04d.csv "$i")"; done
fl-init --schema schema.json --model logistic > m.st
federation 47
echo '{"quorum": 47, "deadlineS": 600, "rounds": 10, "train": {"epochs": 1, "batch": 16, "lr": 0.2}}' > plan.json
join=(fl-round join -q --as 'h{}' --key 'keys/h{}' --trust keys/co.pub --state 'state/h{}' --data 'data-{}.csv')
t=$(now)
anew
fl-round init -q --key keys/co --model m.st fed.json
for _ in 1 2 3 4 5 6 7 8 9 10; do
	tick
	each 47 16 "${join[@]}"
done
tick
ten=$(since "$t")
awk -v s="$ten" 'BEGIN { printf "ten rounds x 47 joins, logistic, nothing to last model | %.2f s | Flower 1.26: 49 s | %.1f\n", s, 49 / s }'

# The same by hospitals that stay.
t=$(now)
anew
fl-round init -q --key keys/co --model m.st fed.json
each 47 47 "${join[@]}" --until-done &
tick --until-done
wait $!
ten=$(since "$t")
fl-round status | grep -q '"round": *10'
awk -v s="$ten" 'BEGIN { printf "ten rounds x 47 hospitals that stay, logistic | %.2f s | Flower 1.26: 49 s | %.1f\n", s, 49 / s }'

# One round of 47 updates of 1M float32: transfer, verification, fold.
fl-init --schema schema.json --model mlp:1000,960 --seed 1 > m.st
fl-train --data data-0001.csv --epochs 1 --batch 512 < m.st > u.st
"$python" - << 'END'
import json, struct
import numpy as np

b = open("u.st", "rb").read()
n = struct.unpack("<Q", b[:8])[0]
x = np.frombuffer(b, "<f4", offset=8 + n)
rng = np.random.default_rng(1)
for k in range(1, 48):
    with open("u-%04d.st" % k, "wb") as f:
        f.write(b[:8 + n])
        (x + rng.standard_normal(x.size, dtype=np.float32) * np.float32(1e-3)).tofile(f)
open("values", "w").write(str(x.size))
END
echo '{"quorum": 47, "deadlineS": 600, "rounds": 1}' > plan.json
anew
fl-round init -q --key keys/co --model m.st fed.json
tick
sync
t=$(now)
each 47 16 sh -c 'exec fl-push -q --key keys/h{} "$FL_STORE/rounds/1/updates/h{}" < u-{}.st > /dev/null'
sent=$(since "$t")
/usr/bin/env time -o usage -f %M fl-round tick -q --key keys/co --trust keys/co.pub --state state/co --plan plan.json
whole=$(since "$t")
fl-round status | grep -q '"state": *"closed"'
awk -v s="$whole" -v t="$sent" -v v="$(cat values)" 'BEGIN {
	printf "one round of 47 x %.2fM float32: push %.2f s, verify and fold %.2f s | %.2f s | Flower 1.26: 4.4 s | %.1f\n", v / 1e6, t, s - t, s, 4.4 / s }'
echo "its peak memory | hub $(peak "$hub_pid") kB, fold $(tail -n 1 usage) kB | Flower 1.26: 1600000 kB | limit 65536 kB"

# A thousand participants, a small model, one round.
many=1000
federation $many
fl-init --schema schema.json --model logistic > m.st
for i in $(seq $many); do [ -e "$(printf data-%04d.csv "$i")" ] || ln data-0001.csv "$(printf data-%04d.csv "$i")"; done
echo "{\"quorum\": $many, \"deadlineS\": 600, \"rounds\": 1, \"train\": {\"epochs\": 1}}" > plan.json
anew
fl-round init -q --key keys/co --model m.st fed.json
t=$(now)
tick
each $many 16 "${join[@]}"
tick
whole=$(since "$t")
fl-round status | grep -q '"state": *"closed"'
awk -v s="$whole" -v n=$many -v m="$(peak "$hub_pid")" 'BEGIN {
	printf "one round of %d participants, each a process | %.2f s, %.1f ms each, hub %d kB | |\n", n, s, 1e3 * s / n, m }'
