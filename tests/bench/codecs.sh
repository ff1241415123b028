#!/bin/sh
# codecs.sh - size, error and speed of the codecs beside reference figures: work | ours | the other | ratio. The other is the
# figure asked for, which a prototype or a published code has reached: EDEN's entropy-coded quantiser after an exact rotation on
# normal values, DeepCABAC and others on real updates. FL_SHARED has those updates; without it only synthetic values are there.
# Speeds are float32 per second of one core. FL_BUILD is the build directory.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
updates=${FL_SHARED:-$here/../../../shared}/vectors/updates
run=${FL_BUILD:-$here/../../build}/bench/codec

# row WHAT FIELD MOST|LEAST FIGURE, with a line of the bench on standard input: bits, nmse, encode or decode.
row() {
	awk -v what="$1" -v field="$2" -v sense="$3" -v figure="$4" '{
		for (i = 1; i <= NF; i++) {
			if ($(i + 1) == "b/p" && !("bits" in v)) v["bits"] = $i
			if ($i == "nmse" && !("nmse" in v)) v["nmse"] = $(i + 1)
			if ($i == "encode" || $i == "decode") v[$i] = $(i + 1)
		}
		unit = field == "bits" ? "b/p" : field == "nmse" ? "error" : "MB/s"
		printf "%s | %.4g %s | %s %s %s | %.2f%s\n", what, v[field], unit, sense == "most" ? "at most" : "at least", figure, unit,
			v[field] / figure, (sense == "most" ? v[field] <= figure : v[field] >= figure) ? "" : " missed"
	}'
}

# one DATA CODEC FIELD SENSE FIGURE [FIELD SENSE FIGURE]...
one() {
	data=$1 codec=$2
	shift 2
	line=$("$run" $more "$data" "$codec")
	while [ $# -gt 0 ]; do
		echo "$line" | row "${data##*/}, $codec, $1" "$1" "$2" "$3"
		shift 3
	done
}

more=
one normal ecsq:bits=4 nmse most .0058
one normal ecsq:bits=2 nmse most .091 encode least 600 decode least 3000
one normal ecsq:bits=1 nmse most .352
one normal ecsq:bits=0.7 encode least 900 decode least 3000
one lognormal1 ecsq:bits=1 nmse most .18
one lognormal1 ecsq:bits=2 nmse most .056
one t3 ecsq:bits=1 nmse most .215
one lognormal2 ecsq:bits=0.25 nmse most .035
one normal eden:1 nmse most .571
one normal eden:bits=2,scale=1 nmse most .1172 encode least 126 decode least 168
one normal:16777216 topk:0.01 bits most .242 encode least 3000
[ -d "$updates" ] || exit 0
one "$updates/mlp_r5.delta" ecsq:nmse=0.058 bits most 1.32 encode least 600
one "$updates/mlp_r5.delta" ecsq:nmse=0.194 bits most .69
one "$updates/mlp_r5.delta" ecsq:nmse=0.0157 bits most 2.02
one "$updates/mlp_r5.delta" stc:0.1 bits most .569
one "$updates/mlp_r5.delta" topk:0.01 nmse most .6665
for set in "mlp_r5 18.82" "gru_r6 22.38" "bow_r0 15.24"; do
	f=$updates/${set% *}
	more="-b $f.old"
	one "$f.new" ulp bits most "${set#* }" encode least 400 decode least 400
	more=
	one "$f.new" planes bits most 26.67 encode least 1000 decode least 1000
done
