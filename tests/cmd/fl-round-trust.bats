#!/usr/bin/env bats
# fl-round join against a store that lies, and a site's own rules; rosters and how they change.
load helper
load round

setup() {
	fresh
	round_federation 2
	init
}

# forge ROUND KEY JQ : round ROUND's plan, changed by JQ and signed by KEY, in place of what was there.
forge() {
	local file=store/rounds/$(printf %06d "$1")/plan.pb
	message "$1" plan | jq -c "$3" > forged.json
	rm "$file"
	fl-show --encode Plan --key "$2" < forged.json > "$file"
}

@test "the first contact needs --trust, and a key that is the federation's" {
	tick
	fails 64 "first contact with store: give --trust" fl-round join --as h01 --key h01 --data silo-01.train.csv --state s
	fails 77 "store: roster 1" join 01 --trust h02.pub
	join 01
	fl-round join --as h01 --key h01 --data silo-01.train.csv --state state-01
	fails 77 "this key is h02's, not h01's" join 02 --as h01 --state s2
	fails 77 "this key is no participant's of federation demo" join 02 --key co --state s4
	fails 66 "no federation there" join 01 --store elsewhere --state s3
}

@test "a plan is refused that a participant signed, that is another's, of another round, or follows nothing" {
	tick
	cp -r store good
	again() { rm -rf store && cp -r good store; }
	forge 1 h02 .
	fails 77 "plan.pb" join 01
	ls state-01/evidence/rounds-000001-plan.pb
	again
	fl-key generate -q --no-passphrase thief > /dev/null
	forge 1 thief .
	fails 65 "plan.pb" join 01
	again
	forge 1 co '.federation = "other"'
	fails 77 "is of federation 'other', not of 'demo'" join 01
	again
	forge 1 co '.round = 2'
	fails 77 "is of round 2" join 01
	again
	forge 1 co '.roster = "b2-256:" + "0" * 64'
	fails 77 "of a roster that is not in the federation's chain" join 01
	again
	forge 1 co '.previous = "b2-256:" + "0" * 64'
	fails 77 "does not follow the result of the round before" join 01
	again
	forge 1 co '.baseModel = "b2-256:" + "0" * 64'
	fails 77 "starts from a model that neither the round before made nor its channel offers" join 01
	again
	forge 1 co '.train.solver = "magic"'
	fails 65 "no solver 'magic'" join 01
	again
	forge 1 co '.requires = ["teleport"]' 2> /dev/null || true
	head -c 100 good/rounds/000001/plan.pb > store/rounds/000001/plan.pb
	fails 65 "plan.pb" join 01
	again
	join 01
}

@test "an old plan does not come back: not as the newest, not under a new number, not in another shape" {
	for n in 1 2; do
		tick
		join 01
		join 02
	done
	mv store/rounds/000002 away
	fails 77 "round 2, which h01 answered, is gone: the store has gone back" join 01
	mv away store/rounds/000002
	tick
	cp store/rounds/000001/plan.pb store/rounds/000003/plan.pb
	fails 77 "is of round 1" join 01
	forge 2 co '.quorum = 1'
	rm store/rounds/000003/plan.pb
	fails 1 "round 2 has another plan than the one that was answered" join 01
	ls state-01/evidence/rounds-000002-plan.pb
}

@test "a channel that goes back, or tells another story, is noticed" {
	for n in 1 2; do
		tick
		join 01
		join 02
	done
	tick
	cp -r store good
	rm store/channels/stable/000002.pb store/channels/stable/000003.pb
	fails 77 "channel stable: entry 2, which was there before, is gone: the store has gone back" join 01
	rm -r store
	cp -r good store
	fl-show store/channels/stable/000003.pb | jq -c '.body.previous = "b2-256:" + "1" * 64 | .body' > e.json
	rm store/channels/stable/000003.pb
	fl-show --encode Channel --key co < e.json > store/channels/stable/000003.pb
	fails 1 "channel stable: entry 3 does not follow the entry 2 that was seen here before" join 01
	rm -r store
	mv good store
	join 01
}

@test "a model that was put back by hand is what the next round starts from, and participants go along" {
	tick
	join 01
	join 02
	tick --rounds 1
	fl-show store/channels/stable/000002.pb | jq -c --arg first "b2-256:$(b2sum -l 256 m.st | cut -c 1-64)" \
		--arg last "b2-256:$(b2sum -l 256 store/channels/stable/000002.pb | cut -c 1-64)" \
		'.body | .serial = 3 | .previous = $last | .model = $first | .round = 0 | .note = "rolled back"' > e.json
	fl-show --encode Channel --key co < e.json | fl-push store/channels/stable/3
	tick
	[ "$(message 2 plan | jq -r .baseModel)" = "$(message 1 plan | jq -r .baseModel)" ]
	join 01
	join 02
	tick
	[ "$(fl-show store/channels/stable/000004.pb | jq .body.round)" = 2 ]
}

@test "a site's rules, one by one" {
	plan '"quorum":1,"train":{"epochs":3,"solver":"adam"}'
	tick
	rule() {
		echo "$1" > policy.json
		fails "$2" "$3" join 01 --policy policy.json
	}
	rule '{"models":["mlp"]}' 77 "policy: model family 'logistic' is not allowed"
	rule '{"solvers":["sgd","lbfgs"]}' 77 "policy: solver 'adam' is not allowed"
	rule '{"coordinators":["north"]}' 77 "policy: plans of coordinator 'co' are not allowed"
	rule '{"columns":["age"]}' 77 "is not among those allowed"
	rule '{"max_epochs":2}' 77 "policy: 3 epochs are asked, at most 2 allowed"
	rule '{"min_rows":1000}' 77 "fewer than the 1000 of min_rows"
	rule '{"max_epsilon":1}' 77 "bounds no epsilon"
	rule '{"require_mask":true}' 77 "not masked"
	rule '{"max_epoch":2}' 78 'no rule is called "max_epoch"'
	rule '{"max_epochs":"2"}' 78 'policy.json: "max_epochs" is not'
	rule '{"models":"mlp"}' 78 "models is not a list of names"
	rule '[]' 78 "is not an object"
	rule '{' 78 "policy.json"
	fails 66 "nothing.json" join 01 --policy nothing.json
	[ ! -e store/rounds/000001/updates/h01 ]
	columns=$(jq -c '[.fields[] | select(.fl.role != "ignore") | .name]' schema.json)
	echo "{\"models\":[\"logistic\"],\"solvers\":[\"adam\"],\"coordinators\":[\"co\"],\"columns\":$columns,
		\"max_epochs\":3,\"min_rows\":10,\"max_time_s\":100,\"require_mask\":false}" > policy.json
	join 01 --policy policy.json
}

@test "steps are held against max_epochs by the rows they go over; time ends the training" {
	plan '"quorum":1,"train":{"steps":1000}'
	tick
	echo '{"max_epochs":10}' > policy.json
	fails 77 "policy: 1000 steps are asked, more than the 10 epochs allowed" join 01 --policy policy.json
	rm -r store/rounds state-*
	plan '"quorum":1,"train":{"epochs":100000000}'
	tick
	echo '{"max_time_s":1}' > policy.json
	fails 77 "policy: max_time_s 1: training takes longer than it may" join 01 --policy policy.json
}

@test "the roster's next version: a new member, a new key, a revoked one" {
	tick
	fl-key generate -q --no-passphrase h03 > /dev/null
	fl-key generate -q --no-passphrase co2 > /dev/null
	cp fed.json fed1.json
	jq -c '.members += [{"name":"h03","key":"h03.pub","roles":["participant"]}]' fed1.json > fed.json
	fails 1 "--update makes its version 2" init
	init --update
	init --update
	[ "$(ls store/federation)" = 000002.pb ]
	hospitals 3
	join 03
	join 01
	jq -c '(.members[] | select(.name == "h01") | .key) = "co2.pub" | .revoked = [{"key":"h01.pub","at":"2020-01-01T00:00:00Z"}]' fed.json > f
	mv f fed.json
	init --update
	join 02
	run tick --rounds 1
	[ "$status" = 0 ]
	[[ $output == *"the update of h01 does not count"* ]]
	[ "$(message 1 seal | jq -r '[.entries[].participant] | join(" ")')" = "h02 h03" ]
	[ "$(fl-round status | jq .roster)" = 3 ]
}

@test "a coordinator's key is renewed between two rounds; what the old one signed still holds" {
	tick
	join 01
	join 02
	tick
	fl-key generate -q --no-passphrase new > /dev/null
	jq -c '(.members[] | select(.name == "co") | .key) = "new.pub"' fed.json > f
	fl-key generate -q --no-passphrase admin > /dev/null
	jq -c '.members += [{"name":"boss","key":"admin.pub","roles":["admin"]}]' fed.json > fed2.json
	mv fed2.json fed.json
	init --update
	jq -c '(.members[] | select(.name == "co")) = {"name":"co","key":"new.pub","roles":["coordinator"]}' fed.json > f
	mv f fed.json
	fl-round init --key admin --update fed.json
	fails 77 "is the key of no coordinator" tick
	new() { fl-round tick --key new --trust co.pub --plan plan.json --state state-co "$@"; }
	rm -r store/rounds/000002
	rm -r state-co
	new
	join 01
	join 02
	new
	[ "$(message 2 result | jq .participants)" = 2 ]
}

@test "a stolen key, revoked since, does not get in with an old date: no entry, plan, seal or result of it" {
	tick
	join 01
	join 02
	tick
	rm -r store/rounds/000002 state-co
	fl-key generate -q --no-passphrase new > /dev/null
	fl-key generate -q --no-passphrase boss > /dev/null
	jq -c '.members += [{"name":"boss","key":"boss.pub","roles":["admin"]}]' fed.json > f
	mv f fed.json
	init --update
	sleep 1 # what the old key signed in the second of its revocation would not hold
	jq -c --arg now "$(date -u +%FT%TZ)" '(.members[] | select(.name == "co")) = {"name":"co","key":"new.pub","roles":["coordinator"]} |
		.revoked = [{"key":"co.pub","at":$now}]' fed.json > f
	mv f fed.json
	fl-round init --key boss --update fed.json
	new() { fl-round tick --key new --trust co.pub --plan plan.json --state state-co "$@"; }
	for n in 2 3; do
		new
		join 01
		join 02
	done
	new
	[ "$(message 3 result | jq .participants)" = 2 ]
	# thief TYPE FILE JQ : FILE's message, changed by JQ, by the old key.
	thief() {
		fl-show "store/$2" | jq -c ".body | $3" > forged.json
		rm "store/$2"
		fl-show --encode "$1" --key co < forged.json > "store/$2"
	}
	old='"2026-01-01T00:00:00Z"' told="was made at 2026-01-01T00:00:00Z, before the one it follows, of 20"
	round=rounds/000003
	cp -r store good
	again() { rm -rf store && cp -r good store; }
	thief Result $round/result.pb .
	fails 65 "which is no member's key" new
	again
	thief Result $round/result.pb ".made = $old"
	fails 77 "round 3: its Result: $told" new
	again
	rm store/$round/result.pb
	thief Seal $round/seal.pb ".sealed = $old"
	fails 77 "round 3: its Seal: $told" new
	again
	rm store/$round/{seal,result}.pb
	thief Plan $round/plan.pb ".opened = $old"
	fails 77 "round 3: its Plan: $told" new
	again
	new
	rm store/channels/stable/000004.pb
	cp good/channels/stable/000004.pb last.pb
	rm -r state-01
	rm store/$round/{seal,result}.pb store/$round/updates/h01/envelope.pb
	join 01 # and remembers entry 3
	cp last.pb store/channels/stable/000004.pb
	thief Channel channels/stable/000004.pb ".made = $old"
	fails 77 "channel stable: entry 4: $told" new
	rm state-01/notes.json
	fl-round join --as h01 --key h01 --data silo-01.train.csv --state state-01
}

@test "two admins must sign: the roster waits as a draft until both have" {
	fl-key generate -q --no-passphrase two > /dev/null
	rm -r store
	jq -c '.threshold = 2 | .members += [{"name":"two","key":"two.pub","roles":["admin"]}]' fed.json > f
	mv f fed.json
	fails 77 "is signed by 1 admins, 2 must; see --draft" init
	fails 75 "draft.pb" init --draft draft.pb
	[ ! -e store/federation.pb ]
	fl-round init --key two --draft draft.pb fed.json
	ls store/federation.pb
	init
	tick
	join 01
}

@test "what the founding file must say" {
	rm -r store
	bad() {
		echo "$1" > fed.json
		fails 78 "$2" init
	}
	bad '{"name":"demo","members":[{"name":"a","key":"co.pub","roles":["king"]}]}' "fed.json"
	bad '{"name":"demo","members":[{"name":"a","key":"co.pub"}]}' "roles are missing"
	bad '{"name":"demo","members":[{"name":"a","key":"co.pub","roles":["admin"],"colour":1}]}' 'nothing is called "colour"'
	bad '{"name":"de mo","members":[{"name":"a","key":"co.pub","roles":["admin"]}]}' "name"
	bad '{"name":"demo","members":[]}' "admin"
	echo '{"name":"demo","members":[{"name":"a","key":"nobody.pub","roles":["admin"]}]}' > fed.json
	fails 66 "nobody.pub" init
	[ ! -e store ]
}
