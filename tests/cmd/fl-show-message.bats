#!/usr/bin/env bats
# Messages: those of every version ever released, JSON both ways beside Google's own reader, relays, and who signed.
load helper

GOLDEN=$TOP/tests/golden/proto

# keys : coordinator.key and h12.key, which signed the golden files, as secret keys must lie.
keys() {
	install -m 600 "$GOLDEN"/*.key .
}

# google VERB ARG... : tests/cmd/proto.py.
google() {
	need protoc
	need_python google.protobuf
	local made=$BATS_RUN_TMPDIR/fl_pb
	if [ ! -d "$made" ]; then
		mkdir "$made.$$"
		protoc -I"$TOP/share/proto" --python_out="$made.$$" "$TOP"/share/proto/fl/v1/*.proto
		mv -T "$made.$$" "$made" 2> /dev/null || [ -d "$made" ]
	fi
	PYTHONPATH=$made PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$TOP/tests/cmd/proto.py" "$@"
}

# type_of FILE : the type of a golden file: Plan of .../Seal-abandoned.pb is Seal.
type_of() {
	local n=${1##*/}
	n=${n%.*}
	echo "${n%%-*}"
}

body() { py -c 'import json, sys; print(json.dumps(json.load(sys.stdin)["body"]))'; }

@test "messages of every released version read as they did when they were released" {
	cd "$GOLDEN/v1"
	[ "$(ls -- *.pb | wc -l)" -ge 10 ]
	for f in *.pb; do
		golden "proto/v1/${f%.pb}.json" fl-show "$f"
	done
}

@test "golden messages are made again of their JSON, byte for byte" {
	keys
	for f in "$GOLDEN"/v1/*.json; do
		key=coordinator.key
		[ "$(type_of "$f")" != Envelope ] || key=h12.key
		body < "$f" > body.json
		fl-show --encode "$(type_of "$f")" --key $key -o again.pb body.json
		cmp again.pb "${f%.json}.pb"
	done
}

@test "the schema is compatible with every released one" {
	need protoc
	fdiff=$(shared tools/fdiff.sh)
	for old in "$GOLDEN"/v1/*.proto; do
		bash "$fdiff" "$old" "$TOP/share/proto/fl/v1/${old##*/}"
	done
	sed 's/string base_model = 6/string base_model = 36/' "$TOP/share/proto/fl/v1/plan.proto" > plan.proto
	run -1 bash "$fdiff" "$GOLDEN/v1/plan.proto" plan.proto
}

@test "JSON of golden messages is MessageToDict's, and ParseDict of it gives the same bytes" {
	for f in "$GOLDEN"/v1/*.pb; do
		google same "$f" "${f%.pb}.json"
	done
}

@test "protoc decodes what we encode" {
	need protoc
	google body "$GOLDEN/v1/Plan.pb" > plan.bin
	protoc -I"$TOP/share/proto" --decode=fl.v1.Plan fl/v1/plan.proto < plan.bin > plan.txt
	grep -q '^federation: "heart"' plan.txt
	grep -q '^max_update_bytes: 18446744073709551615' plan.txt
	protoc -I"$TOP/share/proto" --encode=fl.v1.Plan fl/v1/plan.proto < plan.txt | cmp - plan.bin
}

@test "messages of chance: JSON in either naming, defaults given or not, encoded as ParseDict would" {
	google body "$GOLDEN/v1/Plan.pb" > /dev/null
	for type in Channel Envelope Federation Plan Receipt Result Seal; do
		for seed in 1 2 3 4 5 6; do
			google random $type $seed > in.json
			fl-show --encode $type < in.json > out.pb
			fl-show out.pb > out.json
			google same out.pb out.json
			body < out.json | fl-show --encode $type | cmp - out.pb
		done
	done
}

@test "a newer minor version: its fields are counted, and survive a relay that knows them not" {
	keys
	for f in "$GOLDEN"/v1/*.pb; do
		google relay "$f" new.pb
		fl-show new.pb > new.json
		py - "$f" <<-'END'
			import json, sys
			new, old = json.load(open("new.json")), json.load(open(sys.argv[1].replace(".pb", ".json")))
			assert new["body"] == old["body"] and new["unknown_fields"] >= 3
		END
		fl-key sign --message --key h12.key --output relayed.pb new.pb
		cmp <(google body new.pb) <(google body relayed.pb)
		n=$(py -c 'import json; print(json.load(open("new.json"))["unknown_fields"])')
		google unknown new.pb "$n"
		google unknown relayed.pb "$n"
		fl-show --encode "$(type_of "$f")" < <(body < new.json) > plain.pb # JSON has lost them
		google unknown plain.pb 0
	done
}

@test "a newer major version and a feature that we lack are refused by name" {
	echo '{"version": 2}' > two.json
	fails 76 "Plan: is of protocol version 2, this flkit knows 1" fl-show --encode Plan two.json
	body < "$GOLDEN/v1/Plan.json" | sed 's/{/{"requires": ["masks"], /' > masks.json
	fails 76 "Plan: requires 'masks', which this flkit does not have" fl-show --encode Plan masks.json
	printf '\012\006Ballot\022\000' > ballot.pb
	fails 76 "is a Ballot, which this flkit does not know" fl-show ballot.pb
	run -1 fl-show --check ballot.pb
	[[ $output == *'"ok": false'*Ballot* ]]
}

@test "--encode says which member of the JSON is wrong" {
	body < "$GOLDEN/v1/Plan.json" > plan.json
	sed 's/"round"/"rond"/' plan.json > bad.json
	fails 65 'bad.json: no field "rond" in a Plan' fl-show --encode Plan bad.json
	sed 's/"lr": [^,]*/"lr": "fast"/' plan.json > bad.json
	fails 65 'bad.json: train: lr: is not a number' fl-show --encode Plan bad.json
	sed 's/"h12"/"..\/h12"/' plan.json > bad.json
	fails 65 'Plan: cohort[0]: "../h12" is not a name' fl-show --encode Plan bad.json
	fails 65 'standard input: line 1' fl-show --encode Plan < /dev/null
	fails 64 "no 'Plot'; try Channel, Envelope" fl-show --encode Plot
	fails 64 "--key and --output go with --encode" fl-show --key x "$GOLDEN/v1/Plan.pb"
	fails 64 "--encode wants one file" fl-show --encode Plan --check a.json
	fails 66 "absent.key" fl-show --encode Plan --key absent.key plan.json
	[ ! -e absent.key ]
}

@test "--roster says who signed; a wrong signer, none, a foreign federation and forged signatures are found" {
	keys
	cd "$GOLDEN/v1"
	fl-show --roster Federation.pb Federation.pb Federation-2.pb [!F]*.pb > "$BATS_TEST_TMPDIR/shown.json"
	cd "$BATS_TEST_TMPDIR"
	[ "$(grep -c '"good": true' shown.json)" = "$(ls "$GOLDEN"/v1/*.pb | wc -l)" ]
	grep -q '"key_id": "1E29A86D00B860D6", "member": "h12", "good": true' shown.json
	no() { # TEXT FILE
		run -1 fl-show --roster "$GOLDEN/v1/Federation.pb" "$2"
		[[ $output == *'"ok": false'*"$1"* ]]
	}
	body < "$GOLDEN/v1/Envelope.json" > e.json
	fl-show --encode Envelope --key coordinator.key -o e.pb e.json
	no 'is signed by \"coordinator\", not by \"h12\"' e.pb
	fl-show --encode Envelope -o e.pb e.json
	no 'is not signed' e.pb
	body < "$GOLDEN/v1/Plan.json" > p.json
	fl-show --encode Plan --key h12.key -o p.pb p.json
	no 'is signed by \"h12\", who has not the role of coordinator' p.pb
	sed 's/"heart"/"lungs"/' p.json | fl-show --encode Plan --key coordinator.key -o p.pb
	no 'is of federation \"lungs\", not \"heart\"' p.pb
	sed 's/"round": 7/"round": 8/' p.json | fl-show --encode Plan -o p8.pb
	google graft "$GOLDEN/v1/Plan.pb" p8.pb forged.pb
	no 'the signature of \"coordinator\" (50898BC744FB22A8) is bad' forged.pb
	google graft "$GOLDEN/v1/Seal.pb" p8.pb forged.pb # signed, but as a Seal
	no 'the signature of \"coordinator\" (50898BC744FB22A8) is bad' forged.pb
	fails 65 "is a Plan, not a Federation" fl-show --roster "$GOLDEN/v1/Plan.pb" p.pb
}

@test "--roster follows the chain of rosters" {
	keys
	run -0 fl-show --roster "$GOLDEN/v1/Federation.pb" "$GOLDEN"/v1/Federation{,-2}.pb
	digest=b2-256:$(b2sum -l 256 "$GOLDEN/v1/Federation-2.pb" | cut -d ' ' -f 1)
	body < "$GOLDEN/v1/Federation-2.json" | sed 's/"serial": 2/"serial": 3/; s/"previous": "[^"]*"/"previous": "'"$digest"'"/' > 3.json
	fl-show --encode Federation --key coordinator.key -o 3.pb 3.json
	run -0 fl-show --roster "$GOLDEN/v1/Federation.pb" "$GOLDEN/v1/Federation-2.pb" 3.pb "$GOLDEN/v1/Plan.pb"
	run -1 fl-show --roster "$GOLDEN/v1/Federation.pb" 3.pb
	[[ $output == *"has serial 3, after 1 comes 2"* ]]
	fl-show --encode Federation --key h12.key -o 3.pb 3.json
	run -1 fl-show --roster "$GOLDEN/v1/Federation-2.pb" 3.pb
	[[ $output == *"is signed by 0 of the former admins, 1 must"* ]]
	run -1 fl-show --roster "$GOLDEN/v1/Federation-2.pb" "$GOLDEN/v1/Federation.pb"
	[[ $output == *"has serial 1, after 2 comes 3"* ]]
}

@test "artefacts and messages go together; what makes no sense of a message is said" {
	updates 1
	fl-show u1.st "$GOLDEN/v1/Plan.pb" > both.json
	grep -q '"kind": "update"' both.json
	grep -q '"kind": "message"' both.json
	fl-show < "$GOLDEN/v1/Plan.pb" | grep -q '"type": "Plan"'
	cat "$GOLDEN/v1/Plan.pb" | fl-show --check | grep -q '"ok": true'
	fails 65 "is a message, and has no tensors" fl-show --tensors "$GOLDEN/v1/Plan.pb"
	fails 65 "is a message; --diff compares artefacts" fl-show --diff u1.st "$GOLDEN/v1/Plan.pb"
	head -c 100 "$GOLDEN/v1/Plan.pb" > cut.pb
	fails 65 "cut.pb: body: is cut off" fl-show cut.pb
}

@test "every prefix of a message is refused, and no memory is spent on promises" {
	f=$GOLDEN/v1/Federation.pb
	for n in 7 8 9 20 100 $(($(wc -c < "$f") - 1)); do
		head -c "$n" "$f" > cut.pb
		fails 65 "cut.pb: " fl-show cut.pb
	done
	printf '\012\012Federation\022\377\377\377\377\007' > huge.pb
	fails 65 "huge.pb: body: is cut off" fl-show huge.pb
	{ printf '\012\012Federation\022\377\377\377\003'; head -c 9000000 /dev/zero; } > long.pb
	fails 65 "long.pb: longer than the limit of 8388608 bytes" fl-show long.pb
}

@test "people get indented JSON on a terminal, and a binary message never goes there" {
	need script
	script -qec "fl-show $GOLDEN/v1/Plan.pb" /dev/null < /dev/null > shown
	grep -q '^  "type": "Plan"' shown
	body < "$GOLDEN/v1/Plan.json" > plan.json
	script -qec "fl-show --encode Plan plan.json" /dev/null < /dev/null > shown || true
	grep -q 'binary output on a terminal' shown
}
