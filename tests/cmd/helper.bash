# helper.bash - what every black-box test gets: an empty folder, a clean environment, and a few verbs.
# Use: `load helper` at the top. `make check-cmd` puts the commands on PATH and sets FL_BUILD.
bats_require_minimum_version 1.5.0

TOP=$(cd "$BATS_TEST_DIRNAME/../.." && pwd)
BIN=${FL_BUILD:-$TOP/build}/bin
PATH=$BIN:$PATH
export PATH LC_ALL=C
for v in ${!FL_@}; do
	case $v in FL_SHARED | FL_BUILD) ;; *) unset "$v" ;; esac
done

# A file with a setup of its own calls fresh first.
fresh() {
	export HOME=$BATS_TEST_TMPDIR
	cd "$BATS_TEST_TMPDIR"
	TEST_SHELL=$BASH_SUBSHELL
	trap 'skip "$(cat "$BATS_TEST_TMPDIR/.skip")"' USR1
}

setup() {
	fresh
}

# fails CODE TEXT CMD... : CMD exits with CODE, says one line that holds TEXT, and writes nothing to standard output.
fails() {
	local code=$1 text=$2 rc=0 said
	shift 2
	"$@" > "$BATS_TEST_TMPDIR/.out" 2> "$BATS_TEST_TMPDIR/.err" || rc=$?
	mapfile -t said < "$BATS_TEST_TMPDIR/.err"
	if [ "$rc" != "$code" ] || [ -s "$BATS_TEST_TMPDIR/.out" ] || [ ${#said[@]} != 1 ] || [[ ${said[0]} != *"$text"* ]]; then
		echo "command: $*"
		echo "status: $rc, want $code; stderr must be one line with: $text"
		printf 'stderr: %s\n' "${said[@]}"
		echo "stdout: $(wc -c < "$BATS_TEST_TMPDIR/.out") bytes"
		return 1
	fi
}

# golden NAME CMD... : CMD succeeds and prints tests/golden/NAME byte for byte; GOLDEN=write rewrites the file.
golden() {
	local want=$TOP/tests/golden/$1
	shift
	"$@" > "$BATS_TEST_TMPDIR/.out"
	if [ "$GOLDEN" = write ]; then
		mkdir -p "$(dirname "$want")"
		cp "$BATS_TEST_TMPDIR/.out" "$want"
	fi
	diff -u "$want" "$BATS_TEST_TMPDIR/.out"
}

# shared PATH : print where PATH of the shared data is, or skip; works inside $( ) too, where a plain skip would not.
shared() {
	local path=${FL_SHARED:-$TOP/../shared}/$1
	if [ -e "$path" ]; then
		echo "$path"
	elif [ "$BASH_SUBSHELL" = "$TEST_SHELL" ]; then
		skip "no shared $1"
	else
		echo "no shared $1" > "$BATS_TEST_TMPDIR/.skip"
		kill -USR1 $$
	fi
}

# need_python MODULE... : skip unless Debian's Python imports them all.
need_python() {
	local m
	for m; do
		/usr/bin/python3 -c "import $m" 2> /dev/null || skip "python3 without $m"
	done
}

# need COMMAND... : skip unless all are installed.
need() {
	local c
	for c; do
		command -v "$c" > /dev/null || skip "no $c here"
	done
}

# hospitals N : schema.json and silo-01..N.{train,test}.csv in the current folder, made once a run.
hospitals() {
	local cache=$BATS_RUN_TMPDIR/hospitals-$1 mine
	if [ ! -d "$cache" ]; then
		mine=$(mktemp -d "$BATS_RUN_TMPDIR/make.XXXXXX")
		fl-synth hospitals --silos "$1" --out "$mine" --seed 1 > /dev/null
		mv -T "$mine" "$cache" 2> /dev/null || [ -d "$cache" ]
	fi
	cp "$cache"/* .
}

# updates N : what hospitals N gives, a logistic model m.st of it, and u1.st .. uN.st trained from it, made once a run.
updates() {
	local cache=$BATS_RUN_TMPDIR/updates-$1 mine i
	if [ ! -d "$cache" ]; then
		hospitals "$1"
		mine=$(mktemp -d "$BATS_RUN_TMPDIR/make.XXXXXX")
		fl-init --schema schema.json --model logistic > "$mine/m.st"
		for i in $(seq "$1"); do
			fl-train --data "$(printf 'silo-%02d.train.csv' "$i")" --seed "$i" < "$mine/m.st" > "$mine/u$i.st"
		done
		cp -- *.csv schema.json "$mine"
		mv -T "$mine" "$cache" 2> /dev/null || [ -d "$cache" ]
	fi
	cp "$cache"/* .
}

# st VERB ARG... : the independent reader and writer; see tests/safetensors.py.
st() {
	py "$TOP/tests/safetensors.py" "$@"
}

# py ARG... : Debian's Python, which can import safetensors.py.
py() {
	[ -x /usr/bin/python3 ] || skip "no python3 here"
	PYTHONPATH=$TOP/tests PYTHONDONTWRITEBYTECODE=1 /usr/bin/python3 "$@"
}
