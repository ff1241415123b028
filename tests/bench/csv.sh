#!/bin/sh
# csv.sh - rows of the bench table: CSV of 1M x 21 numbers, from the page cache, as doubles; ours and pandas' C reader.
# Best of three each. Needs FL_BUILD (the build tree, default build) and Debian's python3-pandas.
set -eu
build=${FL_BUILD:-build}
/usr/bin/python3 -c 'import numpy, pandas' 2>/dev/null || { echo "csv.sh: skipped, no python3-pandas" >&2; exit 0; }
dir=$(mktemp -d)
trap 'rm -rf "$dir"' EXIT
/usr/bin/python3 - "$dir/m.csv" <<'PY'
import sys
import numpy as np
rng = np.random.default_rng(1)
with open(sys.argv[1], "w") as f:
    f.write(",".join(f"c{i}" for i in range(21)) + "\n")
    for _ in range(10):
        np.savetxt(f, rng.normal(scale=30, size=(100000, 21)), fmt="%.5f", delimiter=",")
PY
for i in 1 2 3; do "$build/bench/csv" "$dir/m.csv"; done > "$dir/ours"
/usr/bin/python3 - "$dir/m.csv" "$dir/ours" <<'PY'
import os
import sys
import time
import pandas as pd
path, ours = sys.argv[1:]
size, best = os.path.getsize(path) / 1e6, 0.0
for _ in range(3):
    start = time.perf_counter()
    table = pd.read_csv(path, engine="c")
    best = max(best, size / (time.perf_counter() - start))
rates, sums = zip(*(map(float, line.split()) for line in open(ours)))
assert abs(sums[0] - table.to_numpy().sum()) < 1e-3, "the two sums differ"
print(f"csv 1M x 21 | {max(rates):.0f} MB/s | {best:.0f} MB/s | {max(rates) / best:.1f}")
PY
