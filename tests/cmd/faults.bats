# faults.bats - hub, coordinator and participants killed in the middle of things, again and again: nothing acknowledged is lost,
# and the last model is, to the byte, that of a run in which nobody was.
load helper
load round

# One tick, or the answer of hospital $2, in place of the shell, so that what is killed is the command.
tick() {
	exec fl-round tick -s "$store" -k co -p plan.json --trust co.pub --state "$1/co" --deadline 5
}
join() {
	exec fl-round join -s "$store" --as "h0$2" -k "h0$2" -d "silo-0$2.train.csv" --trust co.pub --state "$1/h$2" --deadline 5
}

# finish STATE N : go on undisturbed until three rounds are closed; print the digest of the model that is offered then.
finish() {
	local i h
	for i in 1 2 3 4; do
		(tick "$1") || [ $? = 75 ]
		for h in $(seq "$2"); do
			(join "$1" "$h") || [ $? = 75 ]
		done
	done
	fl-round status -s "$store" | jq -e -r '[.rounds[] | select(.state == "closed")] | length == 3' > /dev/null
	fl-pull "$store/channels/stable" | b2sum -l 256
}

# hub : start fl-serve on the port that it had, if it had one; $hub is its process.
hub() {
	rm -f ready
	fl-serve --root hub --listen "127.0.0.1:${port:-0}" --port-file ready --log hub.log 2> hub.err &
	hub=$!
	for _ in $(seq 200); do
		[ ! -s ready ] || break
		kill -0 "$hub" || { cat hub.err; return 1; }
		sleep 0.05
	done
	port=$(cat ready)
	store=http://127.0.0.1:$port/v1/demo
}

teardown() {
	[ -z "${hub:-}" ] || kill -9 "$hub" 2> /dev/null || true
	[ -z "${putter:-}" ] || kill "$putter" 2> /dev/null || true
}

# keep_putting : put one blob after the other, and write down each that was acknowledged.
keep_putting() {
	local i d
	for i in $(seq 100000); do
		head -c 20000 /dev/urandom > blob
		d=$(b2sum -l 256 blob | cut -d ' ' -f 1)
		if [ "$(curl -s -m 5 -o /dev/null -w '%{http_code}' -T blob "$store/blobs/b2-256-$d")" = 201 ]; then
			echo "$d" >> acknowledged
		fi
	done
}

@test "fifty times kill -9 of hub, coordinator and participants change nothing" {
	need curl jq
	round_federation 5
	store=$PWD/plain
	fl-round init -s "$store" -k co -m m.st fed.json
	want=$(finish state-plain 5)

	mkdir hub
	hub
	fl-round init -s "$store" -k co -m m.st fed.json
	keep_putting &
	putter=$!
	RANDOM=1 kills=0
	for _ in $(seq 2000); do
		[ "$kills" -lt 50 ] || break
		case $((RANDOM % 3)) in
		0) tick state & ;;
		*) join state $((RANDOM % 5 + 1)) & ;;
		esac 2>> said
		step=$!
		sleep "0.0$((RANDOM % 8))"
		if [ $((RANDOM % 4)) = 0 ]; then
			kill -9 "$hub"
			kills=$((kills + 1))
			wait "$hub" 2> /dev/null || true
			hub
			wait "$step" 2> /dev/null || true
		else
			kill -9 "$step" 2> /dev/null || true
			died=0
			wait "$step" 2> /dev/null || died=$?
			[ "$died" != 137 ] || kills=$((kills + 1)) # some were done by then
		fi
	done
	echo "$kills kills"
	[ "$kills" = 50 ]
	kill "$putter"

	got=$(finish state 5)
	echo "undisturbed: $want"
	echo "disturbed:   $got"
	[ "$got" = "$want" ]
	echo "$(wc -l < acknowledged) blobs acknowledged"
	while read -r d; do
		[ "$(b2sum -l 256 "hub/demo/blobs/b2-256-$d" | cut -d ' ' -f 1)" = "$d" ]
	done < acknowledged
	for e in hub/demo/rounds/*/updates/*/envelope.pb; do
		fl-show --check --roster hub/demo/federation.pb "$e" > /dev/null
	done
}
