#!/usr/bin/env bats
# fl-round with codecs: updates small on their way up, models as differences on their way down.
load helper
load round

# The seed that the manual's words give: $1 round, $2 base model, $3 the plan's seed, $4 who.
seed() { echo $((0x$(printf 'fl-v1-seed\0demo\0%d\0%s\0%d\0%s\0' "$@" | b2sum -l 256 | cut -c 1-13))); }

digest() { echo "b2-256:$(b2sum -l 256 < "$1" | cut -c 1-64)"; }

# A model of more than 64 KiB, for which differences are worth it.
large() {
	fl-init --schema schema.json --model mlp:256,32 > m.st
	[ "$(stat -c %s m.st)" -gt 65536 ]
}

@test "a round with a codec is the pipeline with fl-compress, error feedback and all, to the byte" {
	round_federation 2
	plan '"quorum":2,"rounds":3,"codec":"topk:0.2","errorFeedback":true'
	init
	cp m.st model.st
	for n in 1 2 3; do
		tick
		for h in 01 02; do
			s=$(seed $n "$(digest model.st)" 0 h$h)
			fl-train --data silo-$h.train.csv --epochs 2 --batch 16 --lr 0.2 --seed "$s" < model.st |
				fl-compress --codec topk:0.2 --residual ef$h.st --seed "$s" > u$h.st
			join $h
			cmp u$h.st store/rounds/00000$n/updates/h$h/b2-256-*
		done
		tick
		fl-aggregate u01.st u02.st < model.st > next.st
		cmp next.st <(fl-pull store/channels/stable)
		mv next.st model.st
	done
}

@test "a join that is killed at any moment, and run again, sends what an undisturbed one does" {
	round_federation 2
	plan '"quorum":2,"rounds":2,"codec":"topk:0.2","errorFeedback":true'
	init
	tick
	join 01
	join 02
	tick
	cp -r store before
	cp -r state-01 state-before
	join 01
	cp store/rounds/000002/updates/h01/b2-256-* want
	for i in $(seq 12); do
		rm -rf store state-01
		cp -r before store
		cp -r state-before state-01
		timeout -s KILL "$(awk -v i="$i" 'BEGIN { print .003 * i }')" fl-round join --as h01 --key h01 --trust co.pub \
			--data silo-01.train.csv --state state-01 || true
		join 01
		cmp want store/rounds/000002/updates/h01/b2-256-*
	done
}

@test "linear codecs draw the same places for all, others do not" {
	round_federation 2
	plan '"quorum":2,"codec":"randk:part=0.3,unbiased=0"'
	init
	tick
	join 01
	join 02
	for h in 01 02; do
		fl-show store/rounds/000001/updates/h$h/b2-256-* | jq '.fl.stages[-1].seed' > seed$h
	done
	cmp seed01 seed02
	tick
	[ "$(message 1 result | jq .participants)" = 2 ]
}

@test "auto: a first rate without a measurement, then what the network is worth" {
	round_federation 2
	large
	plan '"quorum":2,"codec":"auto"'
	init
	tick
	join 01 -v 2> said
	grep -q "codec ecsq:bits=4" said
	fl-show store/rounds/000001/updates/h01/b2-256-* | jq -e '.fl.stages[-1] | .chosen_by == "bandwidth" and .nmse > 0 and .nmse < .1'
	mkdir -p state-02
	echo '{"v": 1, "bytes_per_s": 2000, "rtt_s": 0.1, "last": ""}' > state-02/link.json
	join 02 -v 2> said
	grep -q "codec ecsq" said
	[ "$(stat -c %s store/rounds/000001/updates/h02/b2-256-*)" -lt "$(stat -c %s store/rounds/000001/updates/h01/b2-256-*)" ]
	tick
	[ "$(message 1 result | jq .participants)" = 2 ]
}

@test "plans whose codec cannot be asked for are refused before they are opened" {
	round_federation 2
	init
	plan '"quorum":2,"codec":"zip"'
	fails 78 "there is no codec \"zip\"" tick
	plan '"quorum":2,"codec":"topk:part=2"'
	fails 78 "part is 2" tick
	plan '"quorum":2,"codec":"ulp"'
	fails 78 "is for models" tick
	plan '"quorum":2,"codec":"planes","errorFeedback":true'
	fails 78 "loses nothing" tick
	plan '"quorum":2,"codec":"randk","errorFeedback":true'
	fails 78 "expands" tick
	[ ! -e store/rounds ]
}

@test "a model comes as the difference to the one that was answered before, and whole where there is none or a bad one" {
	round_federation 2
	large
	plan '"quorum":2,"rounds":3'
	init
	for n in 1 2; do
		tick
		join 01
		join 02
	done
	tick
	from=$(message 2 plan | jq -r .baseModel)
	to=$(message 3 plan | jq -r .baseModel)
	d=store/deltas/${to/:/-}/${from/:/-}
	[ "$(stat -c %s "$d")" -lt "$(stat -c %s "store/blobs/${to/:/-}")" ]
	cp -r state-01 state-bad
	join 01 -v 2> said
	grep -q "came as a difference" said
	cmp "store/blobs/${to/:/-}" "state-01/cache/${to#*:}"
	printf x | dd of="$d" bs=1 seek=3000 conv=notrunc 2> /dev/null
	fl-round join --as h01 --key h01 --trust co.pub --data silo-01.train.csv --state state-bad
	cmp "store/blobs/${to/:/-}" "state-bad/cache/${to#*:}"
	rm "$d"
	join 02
	tick
	[ "$(message 3 result | jq .participants)" = 2 ]
}

@test "fl-pull --have gets the difference where there is one, and the whole where not" {
	round_federation 2
	large
	plan '"quorum":2,"rounds":1'
	init
	tick
	join 01
	join 02
	tick
	fl-pull store/channels/stable > new.st
	fl-pull --have m.st --metrics j.json store/channels/stable | cmp - new.st
	jq -e '.difference and .size < 80000' j.json
	fl-pull --have m.st -o got.st store/channels/stable
	cmp got.st new.st
	fl-pull --have "$(digest m.st)" --metrics j.json store/channels/stable > delta.st
	jq -e .difference j.json
	[ "$(stat -c %s delta.st)" -lt "$(stat -c %s new.st)" ]
	fl-compress -d --base m.st < delta.st | cmp - new.st
	fl-pull --have "$(digest new.st)" store/channels/stable | cmp - new.st
	fl-pull --have "$(digest silo-01.train.csv)" store/channels/stable | cmp - new.st
	fails 66 "no.json" fl-pull --have no.json store/channels/stable
	fl-pull --have silo-01.train.csv --metrics j.json -o got.st store/channels/stable
	jq -e '.difference | not' j.json
	cmp got.st new.st
	fl-pull --have new.st --metrics j.json store/channels/stable | cmp - new.st
	printf x | dd of="$(ls store/deltas/*/*)" bs=1 seek=3000 conv=notrunc 2> /dev/null
	fl-pull --have m.st store/channels/stable | cmp - new.st
	fl-pull --have m.st -v -o got.st store/channels/stable 2> said
	grep -q "no difference to m.st: " said
	cmp got.st new.st
}
