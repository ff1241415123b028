#!/bin/sh
# kernel.sh - training steps of ours against PyTorch's, one thread of CPU time each: work | ours | torch | ratio.
# FL_BUILD is the build directory. Without torch our side stands alone.
here=$(dirname "$0")
ours=$("${FL_BUILD:-build}/bench/kernel") || exit 1
theirs=$(/usr/bin/python3 "$here/kernel.py" time 2>/dev/null)
printf '%s\n%s\n' "$ours" "$theirs" | awk '
	$2 == "blas" { blas = $3; next }
	$2 == "torch" { torch[$1, $3] = $4; next }
	NF == 4 { row[++n] = $0 }
	END {
		for (i = 1; i <= n; i++) {
			split(row[i], f, " ")
			t = torch[f[1], f[3]]
			printf "%s B=%d, %s | %.0f k/s | %s | %s\n", f[1], f[3], f[2], f[4] / 1e3,
				t ? sprintf("%.0f k/s (%s)", t / 1e3, blas) : "no torch", t ? sprintf("%.1f", f[4] / t) : "-"
		}
	}'
