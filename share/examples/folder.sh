#!/bin/sh
# folder.sh DIR - a federation without a server: three hospitals and a coordinator meet in a folder that all of them reach, on
# a file server or, one after the other, on a memory stick. Each command is a line for somebody's cron; none waits for another.
# FL_STORE names the store: DIR/store if it is not set, or any URL that fl-store(5) knows. ROUNDS says how many.
set -eu
mkdir -p "${1:?usage: folder.sh DIR}"
cd "$1"
export FL_STORE="${FL_STORE:-$PWD/store}" LC_ALL=C
rounds=${ROUNDS:-3}
fl-synth hospitals --silos 3 --out data --seed 1

# The coordinator, once: a key, a model, a roster of the public keys that the hospitals have sent.
fl-key generate --no-passphrase coordinator > /dev/null
for h in 01 02 03; do fl-key generate --no-passphrase "h$h" > /dev/null; done # each hospital its own, really
fl-init --schema data/schema.json --model logistic > first.st
cat > federation.json <<-END
	{"name": "demo", "members": [
	  {"name": "coordinator", "key": "coordinator.pub", "roles": ["admin", "coordinator"]},
	  {"name": "h01", "key": "h01.pub", "roles": ["participant"], "operator": "First Hospital"},
	  {"name": "h02", "key": "h02.pub", "roles": ["participant"], "operator": "Second Hospital"},
	  {"name": "h03", "key": "h03.pub", "roles": ["participant"], "operator": "Third Hospital"}]}
END
cat > plan.json <<-END
	{"train": {"epochs": 3, "lr": 0.1}, "quorum": 2, "deadlineS": 86400, "rounds": $rounds}
END
fl-round init --key coordinator --model first.st federation.json

# A hospital, once: what it lets a plan ask of it. The coordinator's key has come by another way than the store.
cat > policy.json <<-END
	{"models": ["logistic"], "solvers": ["sgd"], "max_epochs": 10, "max_time_s": 600, "min_rows": 20}
END

# Cron lines: the coordinator's, and a hospital's.
coordinator() { fl-round tick --key coordinator --plan plan.json --state state/coordinator; }
hospital() {
	fl-round join --as "h$1" --key "h$1" --trust coordinator.pub --data "data/silo-$1.train.csv" \
		--policy policy.json --state "state/h$1"
}
round=0
while [ "$round" -lt "$rounds" ]; do
	round=$((round + 1))
	coordinator
	for h in 01 02 03; do hospital "$h"; done
done
coordinator

fl-round status --rounds 1
fl-pull "$FL_STORE/channels/stable" > last.st
fl-eval --data data/silo-01.test.csv < last.st
