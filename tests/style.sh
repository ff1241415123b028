#!/bin/sh
# style.sh - what the tree promises and a compiler does not check. Prints what fails and `style: N passed, M failed`.
cd "$(dirname "$0")/.." || exit 70
LC_ALL=C
export LC_ALL
tmp=$(mktemp -d) || exit 70
trap 'rm -rf "$tmp"' EXIT
: > "$tmp/tally"

# check NAME, with what is wrong on standard input, one finding a line.
check() {
	if grep . > "$tmp/found"; then
		echo bad >> "$tmp/tally"
		echo "not ok $1"
		head -n 20 "$tmp/found" | sed 's/^/  /'
	else
		echo good >> "$tmp/tally"
		echo "ok $1"
	fi
}

code() { find cmd lib tests -name '*.[ch]' -o -name '*.def'; }
words() { code; find Makefile README.md man share tests completions .ci -type f ! -path '*/corpus/*' ! -path '*/golden/*' \
	! -path '*/fixtures/*' 2> /dev/null; }

# Areas and floors: a module may include what stands on a lower floor, its own area, and nothing else. A name after
# the floor is what an area may use on its own floor.
floors='base 1
tensor 2
data 3
codec 3
privacy 3
secure 3
report 3
model 4
stats 4
wire 4
solve 5
aggregate 5
store 5
round 6
hub 6
sim 6'
includes() { # FILE AREA, one line for each include of a file of ours
	grep -H '^#include "' lib/*/*.[ch] | sed -n 's|^\(lib/\([a-z]*\)/[^:]*\):#include "\([a-z]*\)/.*|\1 \2 \3|p'
}
includes | awk -v floors="$floors" '
	BEGIN { n = split(floors, f, /[ \n]/); for (i = 1; i < n; i += 2) floor[f[i]] = f[i + 1] }
	!($2 in floor) || !($3 in floor) { print $1 ": no floor is known for " $2 " or " $3; next }
	$2 != $3 && floor[$3] >= floor[$2] { print $1 ": " $2 " may not include " $3 }' | check "includes point down the floors"

grep -n '^#include "' lib/*/*.[ch] | grep -v '#include "[a-z]*/[a-z0-9.-]*"' | check "includes are AREA/NAME"
grep -ln '#include "base/\(cli\|opt\)\.h"' lib/*/*.[ch] | grep -v '^lib/base/\(cli\|opt\)\.[ch]$' |
	check "only commands use base/cli and base/opt"
grep -n '#include <sodium' -r lib cmd --include='*.[ch]' | grep -v '^lib/\(secure/\|base/random\.c\|base/digest\.c\)' |
	check "libsodium is used where chance, digests and keys are"
grep -n '#include <jansson' -r lib cmd --include='*.[ch]' | grep -v '^lib/\(base/json\.h\|[a-z]*/[a-z-]*\.h\)' |
	check "modules use Jansson through base/json.h"
grep -n '#include <\(curl/\|zlib\|cblas\|sqlite3\|expat\|microhttpd\|gnutls/\|fl/v1/\)' -r lib cmd --include='*.[ch]' |
	grep -v '^lib/\(store/[^:]*:[0-9]*:#include <\(curl\|zlib\|expat\)\|hub/[^:]*:[0-9]*:#include <\(microhttpd\|gnutls\)\|wire/[^:]*:[0-9]*:#include <fl/v1\|codec/[^:]*:[0-9]*:#include <zlib\|\(tensor\|model\)/[^:]*:[0-9]*:#include <cblas\|privacy/ledger\.c:[0-9]*:#include <sqlite3\)' |
	check "other libraries are used in their own place"

# Printing, exiting and arguments are for base/cli and base/opt: ask the compiler's output, where there is one.
objects() {
	find "${FL_BUILD:-build}/lib" -name '*.o' ! -path '*/base/cli.o' ! -path '*/base/opt.o' 2> /dev/null |
		while read -r o; do
			f=lib/${o##*/lib/}
			[ ! -e "${f%.o}.c" ] || nm "$o" | grep -q __asan_ || echo "$o"
		done
}
for o in $(objects); do
	nm -u "$o" | awk -v o="$o" '$NF ~ /^(printf|puts|putchar|vprintf|perror|exit|_exit|abort|stderr|__printf_chk|__vprintf_chk|strcpy|strcat|sprintf|gets|rand|srand|system|tmpnam)$/ { print o ": uses " $NF }'
done | check "nothing else in lib prints, exits or uses an unbounded or hidden-state call"
for o in $(objects); do
	[ "$(basename "$o")" = file.o ] || nm -u "$o" | awk -v o="$o" '$NF == "stdout" { print o ": uses stdout" }'
done | check "only base/file knows standard output"
for o in $(objects); do
	nm -f sysv "$o" | awk -F '|' -v o="$o" '{ gsub(/ /, "") } $7 ~ /^(\.data|\.bss|\.tbss|\.tdata|\*COM\*)$/ &&
		$1 !~ /^(fail_in|tmp_names|stdout_buffer)$/ { print o ": " $1 }'
done | grep -v '/kernel[a-z-]*\.o: ' | check "no writable globals in lib"

grep -nE 'typedef +struct|^\} [A-Za-z_]+_t;' -r lib cmd --include='*.[ch]' | check "no typedef'ed structs"
words | sort -u | xargs grep -nE '[[:blank:]]+$' -- | check "no spaces at the end of a line"
words | sort -u | xargs grep -nE 'TO''DO|FIX''ME|XX''X[^X]' -- | grep -v '\.XXXXXX' | check "nothing left for later"
code | xargs grep -nE '^ +[^ *]' -- | check "C is indented with tabs"
find cmd lib -name '*.[ch]' | xargs awk '{ s = $0; gsub(/\t/, "        ", s) } length(s) > 150 { print FILENAME ":" FNR ": " length(s) " columns" }' |
	check "no line much over 120 columns"
code | xargs wc -l | awk '$2 != "total" && $1 > 500 { print $2 ": " $1 " lines" }' | check "no file over 500 lines"
for f in lib/*/*.h; do head -c 2 "$f" | grep -q '/\*' || echo "$f"; done | check "every header begins with what it is for"
for f in cmd/*.c; do
	n=$(basename "$f" .c)
	head -n 1 "$f" | grep -q "^/\* $n - .*man/$n\.1" || echo "$f: its first line does not say '$n - ...' and man/$n.1"
	[ -e "man/$n.1" ] || echo "man/$n.1 is missing"
	for s in bash zsh fish; do [ -e "completions/$n.$s" ] || echo "completions/$n.$s is missing"; done
	[ "$n" = fl ] || ls tests/cmd/"$n"*.bats > /dev/null 2>&1 || echo "tests/cmd/$n.bats is missing"
done | check "every command has its page, completions and tests"
for f in man/fl*.1 completions/*.bash; do
	[ -e "cmd/$(basename "${f%.*}").c" ] || echo "$f has no command"
done | check "every page and completion has its command"

# A row NAME(x) of lib/AREA/FAMILY.def is a method that a file beside it defines.
for d in lib/*/*.def; do
	[ -e "$d" ] || continue
	sed -n 's/^[A-Z_]*(\([a-z0-9_]*\)).*/\1/p' "$d" | while read -r row; do
		grep -q "^const struct [a-z_]* [a-z_]*_$row = {" "$(dirname "$d")"/*.c || echo "$d: no file defines $row"
	done
	! head -n 1 "$d" | grep -q sorted || grep '^[A-Z_]*(' "$d" | LC_ALL=C sort -c 2>&1 | sed "s|^|$d: |"
done | check "every row of a table has its file, and sorted ones are"
for f in tests/unit/*-*.c; do
	n=$(basename "$f" .c)
	ls lib/"${n%%-*}/${n#*-}"* > /dev/null 2>&1 || echo "$f: no module ${n%%-*}/${n#*-}"
done | check "every unit test names its module"
for f in lib/*/*.c; do
	n=$(echo "$f" | sed 's|^lib/\(.*\)/\(.*\)\.c$|\1/\2|')
	h=lib/$n.h
	[ ! -e "$h" ] || grep -lq "\"$n.h\"" "$f" || echo "$f does not include its header"
done | check "every module includes its own header"
git ls-files 2> /dev/null | grep -E '\.(o|a|pyc|orig|rej|swp|st|so)$|(^|/)(core|\.DS_Store)$' | grep -v '^tests/\(fuzz/corpus\|fixtures\)/' |
	check "no products in the tree"

bad=$(grep -c bad "$tmp/tally")
echo "style: $(grep -c good "$tmp/tally") passed, $bad failed"
[ "$bad" = 0 ]
