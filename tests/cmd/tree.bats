#!/usr/bin/env bats
# A sum over many updates as a tree of tasks, by GNU parallel, xargs and Slurm: the bytes of the flat fold, whatever the order of the
# names; a bad update stops it by its name and leaves no model; mended, it goes on where it stopped. One Slurm serves the file.
load helper

# base.st and u01.st .. u30.st of different weights, their names in list, and in another order in shuffled; flat.st is their fold.
setup() {
	fresh
	local cache=$BATS_RUN_TMPDIR/tree
	if [ ! -d "$cache" ]; then
		mkdir make
		py - <<-'END'
			import array, hashlib, json, safetensors as s
			tensor = lambda k: {"weight": s.Tensor("F32", [50], array.array("f", [(k * 37 % 11 - 5) * (i + 1) / 997 for i in range(50)]).tobytes())}
			s.write("make/base.st", {"fl": json.dumps({"v": 1, "kind": "model", "round": 0})}, tensor(1))
			base = "b2-256:" + hashlib.blake2b(open("make/base.st", "rb").read(), digest_size=32).hexdigest()
			for k in range(1, 31):
			    fl = {"v": 1, "kind": "update", "base": base, "round": 0, "weight": 100 + k}
			    s.write("make/u%02d.st" % k, {"fl": json.dumps(fl)}, tensor(k))
		END
		mv -T make "$cache"
	fi
	cp "$cache"/* .
	ls u*.st > list
	sort -R list > shuffled
	fl-aggregate --files-from list < base.st > flat.st
	export SBATCH_TIMELIMIT=5
}

teardown_file() {
	local dir=$BATS_FILE_TMPDIR/slurm
	[ ! -e "$dir" ] || bash "${FL_SHARED:-$TOP/../shared}/tools/slurm-down.sh" "$dir"
}

# slurm : one on loopback, started by the first test that asks.
slurm() {
	local dir=$BATS_FILE_TMPDIR/slurm up
	need sbatch slurmctld slurmd munged
	[ "$(id -u)" = 0 ] || skip "Slurm's daemons are started as root"
	up=$(shared tools/slurm-up.sh)
	export SLURM_CONF=$dir/slurm.conf
	[ -e "$dir" ] || CPUS=2 timeout 60 bash "$up" "$dir" < /dev/null > "$BATS_FILE_TMPDIR/up" 2>&1 3>&- 4>&-
	sinfo --noheader --format=%T 2> /dev/null | grep -qE 'idle|mixed|alloc|completing' || skip "Slurm did not start: $(tail -n 1 "$BATS_FILE_TMPDIR/up")"
}

parallel_tree() { FAN_IN=4 JOBS=2 sh "$TOP/share/examples/tree-parallel.sh" "$@"; }
slurm_tree() { timeout 120 sh "$TOP/share/slurm/tree.sh" --fan-in 8 "$@"; }

# broken CODE CMD... : with u17.st cut short CMD exits with CODE and one line that names it, and leaves no next.st.
broken() {
	head -c 100 u17.st > short
	mv u17.st whole
	mv short u17.st
	run --separate-stderr -"$1" "${@:2}"
	[[ $stderr == *fl-aggregate:\ u17.st:* && $stderr != *$'\n'* ]] || { echo "$stderr"; return 1; }
	[ ! -e next.st ]
	mv whole u17.st
	touch u17.st
}

# times : when each partial was made.
times() { (cd next.st.tree && find . -path './[0-9]*.st' -printf '%p %T@\n' | sort); }

# went_on : partials of whole updates are those that before has, that of u17.st and what is above it are not.
went_on() {
	times > after
	diff before after > changed || true
	[ -z "$(grep '^<' changed)" ] || { cat changed; return 1; }
	grep '^>' changed
}

# xargs_tree ARG... : parallel_tree with a PATH on which GNU parallel is not.
xargs_tree() {
	local c
	mkdir -p bare
	for c in sh sort split ls sed wc mktemp diff mv rm cat seq xargs nproc grep dirname mkdir touch; do
		ln -sf "$(command -v $c)" bare/$c
	done
	PATH=$BIN:$PWD/bare parallel_tree "$@"
}

@test "GNU parallel: a tree of three levels has the bytes of the flat fold" {
	need parallel
	parallel_tree list base.st next.st next.st.tree
	cmp flat.st next.st
	[ -s next.st.tree/1/000008.st ] && [ -s next.st.tree/2/000002.st ]
	parallel_tree shuffled base.st other.st other.tree
	cmp flat.st other.st
}

@test "xargs: the same where GNU parallel is absent" {
	xargs_tree shuffled base.st next.st next.st.tree
	cmp flat.st next.st
}

@test "a step that fits into one task needs no partials" {
	FAN_IN=30 sh "$TOP/share/examples/tree-parallel.sh" shuffled base.st next.st next.st.tree
	cmp flat.st next.st
	[ ! -e next.st.tree/1 ]
}

@test "options go to the last step only" {
	fl-aggregate --strategy fedavgm --state want.state --files-from list < base.st > want.st
	parallel_tree shuffled base.st next.st next.st.tree --strategy fedavgm --state next.state
	cmp want.state next.state
	cmp want.st next.st
}

@test "GNU parallel: a bad update stops the tree by its name; mended, it goes on" {
	need parallel
	broken 65 parallel_tree list base.st next.st next.st.tree
	times > before
	parallel_tree list base.st next.st next.st.tree
	cmp flat.st next.st
	went_on
}

@test "xargs: a bad update stops the tree by its name; mended, it goes on" {
	broken 65 xargs_tree list base.st next.st next.st.tree
	times > before
	xargs_tree list base.st next.st next.st.tree
	cmp flat.st next.st
	went_on
}

@test "an update that changes after it was read is read again, and nothing else" {
	parallel_tree list base.st next.st next.st.tree
	times > before
	cp u02.st u17.st
	parallel_tree list base.st next.st next.st.tree
	fl-aggregate --files-from list < base.st | cmp - next.st
	times > after
	[ "$(diff before after | grep -c '^>')" = 2 ] # of level 1 and of level 2
}

@test "a folder of another tree is refused, as are wrong words" {
	parallel_tree list base.st next.st next.st.tree
	head -n 29 list > fewer
	fails 78 "next.st.tree: holds the tree of another manifest" parallel_tree fewer base.st next.st next.st.tree
	fails 64 "usage: tree-parallel.sh" sh "$TOP/share/examples/tree-parallel.sh" list
	fails 64 "fan-in '1' is not a number from 2 up" env FAN_IN=1 sh "$TOP/share/examples/tree-parallel.sh" list base.st a b
	fails 66 "absent: cannot be read" parallel_tree absent base.st next.st w
	fails 65 "/dev/null: names no files" parallel_tree /dev/null base.st next.st w
	fails 64 "usage: tree.sh" sh "$TOP/share/slurm/tree.sh" --fan-out 3 list base.st next.st
}

@test "Slurm: array jobs, level after level, have the bytes of the flat fold" {
	slurm
	slurm_tree --wait 0.5 shuffled base.st next.st
	cmp flat.st next.st
	[ -s next.st.tree/1/000004.st ]
}

@test "Slurm: a bad update cancels the rest and is named; mended, it goes on" {
	slurm
	broken 65 slurm_tree --wait 0.5 list base.st next.st
	times > before
	slurm_tree --wait 0.5 list base.st next.st
	cmp flat.st next.st
	went_on
	[ -z "$(squeue --noheader)" ]
}

@test "Slurm: --kill-on-invalid-dep leaves nothing in the queue, without anybody waiting" {
	slurm
	local i
	head -c 100 u17.st > short
	mv short u17.st
	slurm_tree --kill-on-invalid-dep list base.st next.st > jobs
	[ "$(wc -l < jobs)" = 2 ]
	for i in $(seq 150); do
		[ -n "$(squeue --noheader)" ] || break
		sleep 0.2
	done
	[ -z "$(squeue --noheader)" ]
	grep '^fl-aggregate: u17.st: ' next.st.tree/log/*
	[ ! -e next.st ]
}

@test "Slurm: the next run takes what waits in vain out of the queue" {
	slurm
	local i
	mv u17.st whole
	slurm_tree list base.st next.st
	for i in $(seq 150); do
		[ ! -e next.st.tree/failed ] || break
		sleep 0.2
	done
	[ "$(cat next.st.tree/failed)" = 66 ]
	mv whole u17.st
	slurm_tree --wait 0.5 list base.st next.st
	cmp flat.st next.st
	[ -z "$(squeue --noheader)" ]
}
