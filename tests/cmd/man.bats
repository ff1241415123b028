#!/usr/bin/env bats
# The manuals are well-formed, and their examples run as they stand.
load helper

pages() { ls "$TOP"/man/*.[1-9]; }

# The literal blocks under EXAMPLES of page $1, as example-1.sh, example-2.sh ...
extract() {
	awk '
		/^\.Sh / { on = $2 == "EXAMPLES" }
		on && /^\.Bd / { inside = 1; n++; next }
		/^\.Ed/ { inside = 0 }
		inside { gsub(/\\&/, ""); gsub(/\\-/, "-"); gsub(/\\e/, "\\"); print > "example-" n ".sh" }' "$1"
}

# What the examples may take for granted: a federation of four sites, a model that was trained for a round, two updates.
prepare() {
	local cache=$BATS_RUN_TMPDIR/examples
	if [ ! -d "$cache" ]; then
		hospitals 4
		fl-init --schema schema.json --model logistic > new.st
		fl-train --data silo-01.train.csv --emit model --seed 1 < new.st > model.st
		fl-train --data silo-01.train.csv --seed 1 < model.st > u1.st
		fl-train --data silo-02.train.csv --seed 1 < model.st > u2.st
		rm new.st
		mkdir "$cache"
		cp -- *.csv *.json *.st "$cache"
	fi
	cp "$cache"/* .
}

@test "mandoc finds nothing to warn about" {
	need mandoc
	run -0 mandoc -Tlint -Wwarning $(pages)
	[ -z "$output" ]
}

@test "every page that another page names is there" {
	sed -n 's/^\.Xr \(fl[a-z-]*\) \([0-9]\).*/\1.\2/p' $(pages) | sort -u > named
	grep -q . named
	while read -r page; do
		[ -e "$TOP/man/$page" ] || { echo "no $page"; false; }
	done < named
}

@test "exit codes that a page lists are those of flkit(7)" {
	sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\)$/\1/p' "$TOP/man/flkit.7" | sort > known
	[ "$(wc -l < known)" = 13 ]
	for page in "$TOP"/man/*.1; do
		sed -n '/^\.Sh EXIT STATUS/,/^\.Sh EXAMPLES/s/^\.It \([0-9]*\)$/\1/p' "$page" | sort > mine
		[ -s mine ] && [ -z "$(comm -13 known mine)" ] || { echo "$page"; comm -13 known mine; false; }
	done
}

@test "every manual of a command and a format has an example" {
	for page in $(pages); do
		rm -f example-*.sh
		extract "$page"
		[ -s example-1.sh ] || { echo "no example in $page"; false; }
	done
}

@test "the examples run" {
	local page rc n=0 bad=0
	for page in $(pages); do
		rm -rf work
		mkdir work
		cd work
		prepare
		extract "$page"
		for example in $(ls example-*.sh 2> /dev/null); do
			if grep -q 'python3 ' "$example" && ! command -v python3 > /dev/null; then
				continue
			fi
			n=$((n + 1))
			rc=0
			timeout 120 bash -c "set -eu -o pipefail; . ./$example" > ../out 2> ../err < /dev/null || rc=$?
			if [ $rc != 0 ]; then
				echo "$(basename "$page"), $example: exit status $rc"
				cat "$example" ../err
				bad=1
			fi
		done
		cd ..
	done
	[ $n -ge 10 ]
	return $bad
}

@test "the pipelines of the README run as they stand" {
	sed -n '/^```sh$/,/^```$/p' "$TOP/README.md" | grep -v '^```' > readme.sh
	[ -s readme.sh ]
	sh -eu readme.sh > out.json
	py -c 'import json; print(json.loads(open("out.json").readline())["accuracy"])'
	fl-show newest.st | jq -e '.fl.round == 2'
}
