#!/bin/sh
# baselines.sh [SET...] - alone, together and pooled on real data with natural silos, beside reference figures made by
# scikit-learn and R: work | ours | reference | difference. FL_SHARED has the data; without it there is nothing to do.
# FL_BUILD is the build directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
data=${FL_SHARED:-$here/../../../shared}/data
[ -f "$data/BASELINES.md" ] || { echo "baselines: skipped, no shared data" >&2; exit 0; }
[ -z "${FL_BUILD:-}" ] || PATH=$(cd "$FL_BUILD" && pwd)/bin:$PATH
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
python3 "$here/baselines.py" "$data" "$dir" "$@"
