#!/usr/bin/env bats
# Updates that a coordinator must not let into a seal, since what is sealed must add up: signed well, and wrong inside.
load helper
load round

setup() {
	fresh
	need_python numpy
	round_federation 16
	plan '"quorum":1,"rounds":1'
	init
	tick
	for i in 01 02; do fl-train --data silo-$i.train.csv --seed 1 < m.st > u$i.st; done
	fl-aggregate --partial u01.st u02.st > p.st
	n=1
}

# wrong FILE TEXT EDIT : the next hospital delivers FILE edited; the coordinator will say TEXT of it.
wrong() {
	n=$((n + 1))
	h=h$(printf %02d $n)
	st edit "$1" "$h.st" "$3"
	fl-push --key "$h" "store/rounds/1/updates/$h" < "$h.st"
	echo "$h $2" >> want
}

# All of them are left out, each with its words, and one good one makes the model.
judged() {
	local who why
	join 01
	fl-round seal --key co --state state-co 2> said || { cat said; return 1; }
	fl-round close --key co --state state-co
	while read -r who why; do
		grep -qF "the update of $who does not count: " said && grep "the update of $who " said | grep -qF "$why" ||
			{ echo "want: $who: $why"; cat said; return 1; }
	done < want
	[ "$(wc -l < said)" = "$(wc -l < want)" ]
	[ "$(message 1 seal | jq -r '[.entries[].participant] | join(" ")')" = h01 ]
	[ "$(message 1 result | jq -r .participants)" = 1 ]
	fl-aggregate store/rounds/000001/updates/h01/b2-256-* < m.st | cmp - <(fl-pull store/channels/stable)
}

@test "updates: other tensors, types, shapes, values, weights, schemas, stages" {
	wrong u01.st "tensor \"weight\" is missing" 't["Weight"] = t.pop("weight")'
	wrong u01.st "has 3 tensors" 't["more"] = t["bias"]'
	wrong u01.st "has 1 tensors" 'del t["bias"]'
	wrong u01.st "or of another type or shape" 't["weight"].shape.reverse()'
	wrong u01.st "not finite or beyond" 't["weight"].data[0] = float("inf")'
	wrong u01.st "not finite or beyond" 't["bias"].data[0] = -2e6'
	wrong u01.st "has no weight" 'fl["weight"] = 0'
	wrong u01.st "has no weight" 'del fl["weight"]'
	wrong u01.st "another schema" 'del fl["schema"]'
	wrong u01.st "another spec_digest" 'fl["spec_digest"] = "b2-256:" + "1" * 64'
	wrong u01.st "is not what codec topk makes" 'fl["stages"].append({"op": "compress", "codec": "topk"})'
	wrong u01.st "'mask'" 'fl["stages"].append({"op": "mask"})'
	wrong u01.st "is not an update" 'fl["kind"] = "model"'
	judged
}

@test "updates in a codec: values, shapes, bytes and codecs that are wrong inside" {
	st edit u01.st large.st 't["weight"].data[3] = 2e6'
	fl-compress -c bf16 < large.st > large.c.st
	wrong large.c.st "not finite or beyond" 'pass'
	for c in ecsq:bits=3 topk:0.5 int8 qsgd; do
		fl-compress -c $c --seed 1 < u01.st > c.st
		wrong c.st "tensor \"weight\"" 'x = t["weight"]; x.data = x.data[:len(x.data) // 2]; x.shape = [len(x.data)]'
	done
	wrong c.st "tensor \"weight\" is missing, or of another type or shape" 'fl["stages"][-1]["shapes"]["weight"].reverse()'
	wrong c.st "does not know" 'fl["stages"][-1]["codec"] = "zip"'
	wrong c.st "has no weight" 'fl["weight"] = 0'
	fl-compress -c planes < u01.st > exact.st
	wrong exact.st "difference to a model" 's = fl["stages"][-1]; s["codec"] = "ulp"; s["base"] = fl["base"]'
	judged
}

@test "partials: of models, without their sums, too heavy, with sums that no values give" {
	wrong p.st "is not a sum of updates" 'fl["of"] = "model"'
	wrong p.st "without its weight_sum" 'del fl["weight_sum"]'
	wrong p.st "without its weight_sum" 'fl["count"] = 0'
	wrong p.st "weighs more than" 'fl["weight_sum"] = 2**60'
	wrong p.st "beyond" 't["weight/hi"].data[0] = 2**60'
	wrong p.st "weights of all updates are 0" 'fl["weight_sum"] = 0'
	wrong p.st "grid" 'fl["grid"] = 41'
	wrong p.st "another type or shape" 't["weight/hi"].shape.reverse()'
	judged
}

@test "what is too large, or lies about its size, is not even fetched" {
	st edit u01.st big.st 'meta["pad"] = "x" * 2000000'
	fl-push --key h02 store/rounds/1/updates/h02 < big.st
	echo "h02 more than the" > want
	cp u01.st short.st
	fl-push --key h03 store/rounds/1/updates/h03 < short.st
	payload=$(ls store/rounds/000001/updates/h03/b2-256-*)
	truncate -s -1 "$payload"
	echo "h03 the envelope says" >> want
	judged
	[ -z "$(find state-co -size +1000k)" ]
}
