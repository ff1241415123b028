#!/usr/bin/env bats
# --metrics of the commands of a round keep to share/schemas.
load helper
set -o pipefail

@test "metrics keep to their schemas" {
	need python3
	hospitals 2
	fl-init --schema schema.json --model logistic > m.st
	for solver in sgd adam lbfgs; do
		fl-train --data silo-01.train.csv --optimizer $solver --metrics train.jsonl < m.st > u.st
		python3 "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/train.json" < train.jsonl
	done
	fl-aggregate u.st --metrics fd:3 < m.st 3>&1 > n.st | python3 "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/aggregate.json"
	fl-aggregate --partial u.st --metrics fd:3 3>&1 > p.st | python3 "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/aggregate.json"
}
