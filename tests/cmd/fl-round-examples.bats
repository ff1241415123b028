#!/usr/bin/env bats
# What share/ has for rounds: a folder, regions, crontabs, timers.
load helper

@test "folder.sh: a federation without a server" {
	ROUNDS=2 sh "$TOP/share/examples/folder.sh" d > said
	[ "$(ls d/store/channels/stable | wc -l)" = 3 ]
	grep -q '"state": "closed"' said
	grep -q '"auc"' said
}

@test "regions.sh: sums of regions give, to the byte, the model of all hospitals at once" {
	need jq
	sh "$TOP/share/examples/regions.sh" d > said
	grep -q 'to the byte' said
	[ "$(ls d/world/rounds/000002/updates)" = "$(printf 'north\nsouth')" ]
	! ls d/world/rounds/*/updates/h* 2> /dev/null
}

# The commands of crontab lines, with the paths of this test.
cron() { sed -n 's|^[*0-9/]* \* \* \* \*  ||p' "$TOP/share/examples/crontab.$1" | sed 's|/data/patients.csv|data/silo-01.train.csv|; s/h12/h01/'; }

@test "the crontabs' lines are quiet, also where it is not time yet, and speak up where something is wrong" {
	ROUNDS=1 sh "$TOP/share/examples/folder.sh" d > /dev/null
	cd d
	rm -r store/rounds store/channels/stable/000002.pb state
	cp coordinator.pub admin.pub
	cp data/silo-01.test.csv holdout.csv
	export FL_STORE=store FL_KEY_FILE=h01 HOME=$PWD/home1
	[ -n "$(cron participant)" ] && [ -n "$(cron coordinator)" ]
	run sh -c "$(cron participant)"
	[ "$status" = 0 ]
	[ -z "$output" ]
	FL_KEY_FILE=coordinator HOME=$PWD/home2 run sh -c "$(cron coordinator)"
	[ "$status" = 0 ]
	[ -z "$output" ]
	run sh -c "$(cron participant)"
	[ "$status" = 0 ]
	[ -z "$output" ]
	ls store/rounds/000001/updates/h01/envelope.pb
	echo '{"max_epochs":0}' > policy.json
	run sh -c "$(cron participant)"
	[[ $output == *policy.json* ]]
}

@test "the units are ones that systemd takes" {
	need systemd-analyze
	mkdir units
	for f in "$TOP"/share/systemd/fl-round-*; do
		sed "s|/usr/bin/fl-round|$BIN/fl-round|" "$f" > "units/$(basename "$f")"
	done
	systemd-analyze verify --man=no units/*.service units/*.timer > said 2>&1 || true
	! grep 'fl-round-' said
}
