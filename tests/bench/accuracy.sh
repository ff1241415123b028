#!/bin/sh
# accuracy.sh [SET...] - what codecs cost a federation: accuracy and bytes with and without, five seeds, on synthetic hospitals
# and two real federations: work | ours | the other | ratio or difference. FL_SHARED has the data; without it only the
# hospitals are there. FL_BUILD is the build directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${FL_SHARED:-$here/../../../shared}/data
[ -z "${FL_BUILD:-}" ] || PATH=$(cd "$FL_BUILD" && pwd)/bin:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
if [ ! -d "$data" ] && [ $# = 0 ]; then
	echo "accuracy: no shared data, only the hospitals" >&2
	set -- hospitals
fi
python3 "$here/accuracy.py" "$data" "$dir" "$@"
