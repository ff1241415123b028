#!/usr/bin/env bats
# fl-round: the life of rounds in a folder, by lines that cron would run; by hand; at once; late; below quorum.
load helper
load round

silent() {
	run "$@"
	[ "$status" = 0 ] || { echo "$output"; return 1; }
	[ -z "$output" ] || { echo "$output"; return 1; }
}

@test "three rounds, each line run twice: nothing is said, nothing is done twice" {
	round_federation 3
	silent init
	silent init
	fails 75 "no open round" join 01
	for n in 1 2 3; do
		silent tick
		silent tick
		[ "$(ls store/rounds | wc -l)" = $n ]
		for h in 01 02 03; do
			silent join $h
			silent join $h
		done
	done
	silent tick
	find store -type f | sort > before
	silent tick
	silent join 02
	find store -type f | sort | cmp - before
	[ "$(ls store/channels/stable | wc -l)" = 4 ]
	[ "$(fl-round status | jq -r '[.rounds[].state] | unique[]')" = closed ]
	[ "$(newest)" = "$(fl-round status | jq -r .rounds[2].model | cut -d : -f 2)" ]
	fl-show --check store/rounds/*/updates/*/b2-256-*
}

# The seed that the manual's words give: $1 round, $2 base model, $3 the plan's seed, $4 who.
seed() { echo $((0x$(printf 'fl-v1-seed\0demo\0%d\0%s\0%d\0%s\0' "$@" | b2sum -l 256 | cut -c 1-13))); }

@test "a round is the pipeline: the same updates as fl-train's, the same model as fl-aggregate's, to the byte" {
	round_federation 3
	plan '"quorum":3,"seed":7'
	init
	tick
	base=b2-256:$(b2sum -l 256 m.st | cut -c 1-64)
	for h in 01 02 03; do
		join $h
		fl-train --data silo-$h.train.csv --epochs 2 --batch 16 --lr 0.2 --seed "$(seed 1 "$base" 7 h$h)" < m.st > u$h.st
		cmp u$h.st store/rounds/000001/updates/h$h/b2-256-*
	done
	tick
	fl-aggregate u*.st < m.st | cmp - <(fl-pull store/channels/stable)
}

@test "a strategy that carries something on does so through the store, also for a coordinator that has forgotten all" {
	round_federation 2
	plan '"quorum":2,"aggregate":{"strategy":"fedadam","serverLr":0.05}'
	init
	cp m.st model.st
	for n in 1 2 3; do
		tick
		for h in 01 02; do join $h; done
		fl-aggregate --strategy fedadam --server-lr 0.05 --state s.st store/rounds/00000$n/updates/*/b2-256-* < model.st > next.st
		mv next.st model.st
		rm -r state-co
	done
	tick
	cmp model.st <(fl-pull store/channels/stable)
}

@test "two coordinators and all participants at once make the models that one after the other make" {
	round_federation 3
	init
	for n in 1 2 3; do
		tick
		for h in 01 02 03; do join $h; done
	done
	tick
	want=$(newest)
	mv store first
	rm -r state-*
	init
	for h in 01 02 03; do join $h --until-done & done
	tick --until-done &
	fl-round tick --key co --plan plan.json --state state-other --until-done
	wait
	[ "$(newest)" = "$want" ]
	[ "$(ls store/channels/stable | wc -l)" = 4 ]
}

@test "open, seal and close by hand; each says when it is not its turn" {
	round_federation 2
	init
	by() { fl-round "$1" --key co --state state-co "${@:2}"; }
	fails 75 "no round is open" by seal
	fails 75 "no round is sealed" by close
	by open --plan plan.json
	by open --plan plan.json
	fails 75 "0 of the 2 updates" by seal
	join 01
	join 02
	by seal
	by seal
	fails 75 "round 1 is sealed" by open --plan plan.json
	by close --eval silo-01.test.csv
	by close
	fl-pull store/channels/stable | fl-eval --data silo-01.test.csv > eval.json
	[ "$(message 1 result | jq '.metrics[] | select(.name == "auc") | .value')" = "$(jq .auc eval.json)" ]
	[ "$(message 1 result | jq -c '[.metrics[] | select(.name == "n")]')" = "[]" ]
	by open --plan plan.json
	by seal --abandon
	by close
	[ "$(message 2 result | jq -r .model)" = "$(message 1 result | jq -r .model)" ]
	[ "$(message 2 result | jq -r .abandoned)" = true ]
	[ "$(ls store/channels/stable | wc -l)" = 2 ]
}

@test "below quorum: extended says 75, abandoned 77 and once; the next round starts from the same model" {
	round_federation 2
	plan '"quorum":2,"extendTimes":2,"extendS":3'
	sed -i 's/"deadlineS":3600/"deadlineS":3/' plan.json
	init
	tick
	join 01
	sleep 3
	fails 75 "round 1: 1 of the 2 updates that it needs; extended" tick
	fails 75 "extended" tick
	sleep 6
	fails 77 "round 1: below quorum to the end, abandoned" tick
	sed -i 's/"deadlineS":3/"deadlineS":3600/' plan.json
	tick
	[ "$(message 2 plan | jq -r .baseModel)" = "$(message 1 plan | jq -r .baseModel)" ]
	join 01
	join 02
	tick
	[ "$(fl-round status | jq -r '[.rounds[].state] | join(" ")')" = "abandoned closed open" ]
}

@test "a quorum at the deadline is enough; who comes after it is late, and no error" {
	round_federation 3
	plan '"quorum":2,"lateRounds":1'
	sed -i 's/"deadlineS":3600/"deadlineS":5/' plan.json
	init
	tick
	join 01
	join 02
	sleep 5
	fl-round seal --key co --state state-co
	join 03
	fl-round close --key co --state state-co
	fl-round status > s.json
	[ "$(jq -c '.rounds[0] | [.delivered, .late, .left_out]' s.json)" = '[["h01","h02"],["h03"],[]]' ]
	[ "$(message 1 result | jq .participants)" = 2 ]
}

@test "without lateRounds a round that is over is over" {
	round_federation 2
	plan '"quorum":1'
	sed -i 's/"deadlineS":3600/"deadlineS":4/' plan.json
	init
	tick
	join 01
	sleep 4
	fails 75 "round 1 is over" join 02
}

@test "a cohort: only who is asked answers, and nobody waits for the others" {
	round_federation 3
	plan '"quorum":2,"cohort":["h01","h03"]'
	init
	tick
	fails 75 "round 1 does not ask h02" join 02
	join 01
	join 03
	tick
	[ "$(message 1 seal | jq -r '[.entries[].participant] | join(" ")')" = "h01 h03" ]
	plan '"quorum":4'
	rm -r store/rounds state-*
	fails 78 "quorum is 4, but only 3 participants are asked" tick
}

@test "what a plan file must say" {
	round_federation 1
	init
	bad() {
		echo "$1" > plan.json
		fails 78 "$2" tick
	}
	bad '{"quorum":1}' "plan.json: deadlineS is missing"
	bad '{"deadlineS":1}' "plan.json: quorum is missing"
	bad '{"quorum":1,"deadlineS":1,"extendTimes":1}' "extendS is missing"
	bad '{"quorum":1,"deadlineS":1,"round":7}' "leave them out"
	bad '{"quorum":1,"deadlineS":1,"train":{"solver":"magic"}}' "no solver 'magic'"
	bad '{"quorum":1,"deadlineS":1,"train":{"lr":-1}}' "out of range"
	bad '{"quorum":1,"deadlineS":1,"train":{"epochs":1,"steps":1}}' "exclude each other"
	bad '{"quorum":1,"deadlineS":1,"aggregate":{"strategy":"magic"}}' "no strategy 'magic'"
	bad '{"quorum":1,"deadlineS":1,"epochs":3}' "epochs"
	bad '{"quorum":1,' "plan.json"
	fails 66 "nothing.json" tick --plan nothing.json
}

@test "two machines with one key: the same rows are the same answer, others are found out" {
	round_federation 2
	init
	tick
	join 01
	join 01 --state elsewhere
	fails 65 "h01 has answered round 1 with another update" join 02 --as h01 --key h01 --state s
	[ "$(ls store/rounds/000001/updates/h01/envelope.pb | wc -l)" = 1 ]
	join 02
	tick --rounds 1
	[ "$(message 1 result | jq .participants)" = 2 ]
}

@test "one at a time works in a state folder; the next waits, or comes back" {
	round_federation 1
	init
	mkdir -p state-co
	flock state-co/lock sleep 2 &
	sleep .2
	fails 75 "another fl-round is at work here" tick
	tick --wait 20
	wait
}

@test "an update that cannot count is named, kept and left out; the round goes on" {
	round_federation 4
	need_python numpy
	plan '"quorum":1'
	init
	tick
	base=$(message 1 plan | jq -r .baseModel)
	fl-train --data silo-02.train.csv < m.st > u.st
	st edit u.st nan.st 't["weight"].data[3] = float("nan")'
	st edit u.st other.st 'fl["schema"] = "b2-256:" + "0" * 64'
	fl-push --key h02 store/rounds/1/updates/h02 < nan.st
	fl-push --key h03 store/rounds/1/updates/h03 < other.st
	join 01
	join 04
	payload=$(ls store/rounds/000001/updates/h04/b2-256-*)
	printf x | dd of="$payload" bs=1 seek=400 conv=notrunc status=none
	run tick --rounds 1
	[ "$status" = 0 ]
	[[ $output == *"the update of h02 does not count: "*"holds a value that is not finite"* ]]
	[[ $output == *"the update of h03 does not count: has another schema than the round's model"* ]]
	[[ $output == *"the update of h04 does not count: "* ]]
	[ "$(message 1 seal | jq -r '[.entries[].participant] | join(" ")')" = h01 ]
	[ "$(fl-round status | jq -c '.rounds[0].left_out')" = '["h02","h03","h04"]' ]
	cmp nan.st state-co/evidence/"$(b2sum -l 256 nan.st | cut -c 1-64)".st
}

@test "hooks are asked before and told after; they see the message, and may refuse or put off" {
	round_federation 1
	init
	mkdir hooks
	for step in pre-open post-open pre-seal post-seal pre-close post-close pre-join post-join; do
		printf '#!/bin/sh\necho "$FL_STEP $FL_FEDERATION $FL_ROUND $(jq -r ".plan // .seal // .baseModel" | cut -c 1-7)" >> %s/said\n' "$PWD" > hooks/$step
		chmod +x hooks/$step
	done
	export FL_STEP=post-seal FL_FEDERATION=other FL_ROUND=9 # as a hook of another federation finds them
	tick --hooks hooks --rounds 1
	join 01 --hooks hooks
	tick --hooks hooks --rounds 1
	[ "$(cut -d ' ' -f 1 said | paste -s -d ' ')" = "pre-open post-open pre-join post-join pre-seal post-seal pre-close post-close" ]
	[ "$(cut -d ' ' -f 2- said | sort -u)" = "demo 1 b2-256:" ]
	rm -r store state-*
	init
	printf '#!/bin/sh\necho thinking\nexit 75\n' > hooks/pre-join
	tick
	run --separate-stderr join 01 --hooks hooks
	[ "$status" = 75 ]
	[ -z "$output" ]
	printf '#!/bin/sh\nexit 3\n' > hooks/pre-join
	fails 77 "pre-join refused with status 3" join 01 --hooks hooks
	[ -z "$(ls store/rounds/000001/updates 2> /dev/null)" ]
	chmod -x hooks/pre-join
	fails 78 "hook hooks/pre-join: Permission denied" join 01 --hooks hooks
}

@test "status and watch tell the same, by columns or as JSON" {
	need script
	round_federation 2
	init
	tick --rounds 1
	join 01
	script -qec 'fl-round status' /dev/null < /dev/null | tr -d '\r' > table
	grep -q '^demo: 2 participants, roster 1$' table
	grep -q '^     1  open  *\[##########\.\.\.\.\.\.\.\.\.\.\] 1 of 2  needs 2 by [0-9][0-9]-[0-9][0-9] [0-9][0-9]:[0-9][0-9] UTC$' table
	[ "$(fl-round status | jq -c '.rounds[0].delivered')" = '["h01"]' ]
	join 02
	tick --rounds 1
	timeout 20 fl-round watch > watched
	grep -q '1  closed  *\[####################\] 2 of 2' watched
	[ "$(fl-round status -n 0 | jq '.rounds | length')" = 1 ]
	fl-round status | py "$TOP/tests/cmd/validate.py" "$TOP/share/schemas/round-status.json"
}

@test "watch on a terminal draws over itself, and leaves it as it was, at q and at a signal" {
	need script
	round_federation 1
	init
	tick
	(sleep 2; printf q; sleep 1) | timeout 20 script -qefc 'fl-round watch; echo "left with $?"; stty -a' /dev/null > seen
	grep -q 'left with 0' seen
	grep -q ' icanon' seen
	grep -q $'\033\\[H\033\\[2Jdemo: 1 participants' seen
	cat > run <<-'SH'
		(sleep 2; kill -TERM "$(cat pid)") &
		sh -c 'echo $$ > pid; exec fl-round watch'
		echo "left with $?"
		stty -a
	SH
	(sleep 5) | timeout 20 script -qefc 'sh ./run' /dev/null > seen
	grep -q 'left with 0' seen
	grep -q ' icanon' seen
}

@test "options instead of the plan: the last round, 0 for no end, and the channel" {
	round_federation 1
	plan '"quorum":1,"rounds":1,"channel":"planned"'
	init
	tick --channel other
	join 01
	tick --rounds 0 --channel other
	[ "$(message 2 plan | jq -c '[.rounds, .channel]')" = '[null,"other"]' ]
	join 01
	tick
	[ "$(fl-round status | jq -c '[.rounds | length, .[].state]')" = '[2,"closed","closed"]' ]
	[ "$(ls store/channels)" = "$(printf 'other\nstable')" ]
}

@test "--metrics: one object with what was moved" {
	round_federation 1
	init
	tick --metrics m.json
	[ "$(jq -r .event m.json)" = tick ]
	join 01 --metrics j.json
	[ "$(jq -r '.event + " " + .federation' j.json)" = "join demo" ]
	[ "$(jq '.bytes_up > 500 and .bytes_down > 500 and .retries == 0' j.json)" = true ]
}
