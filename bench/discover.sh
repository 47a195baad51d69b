#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Success rate and times of `strassen discover`, a Markdown row for each target, over many seeds.
#
#   bench/discover.sh [-s SEEDS] [-t THREADS] [-l SECONDS] [-o CSV] [SHAPE:RANK[:RING] ...]
#
# Without targets: the table of docs/search.md that takes a minute. A seed counts when its scheme was proved within
# SECONDS of wall time. CSV gets a row for each seed as soon as it is done, after those that it has: shape, rank, ring,
# seed, threads, outcome, lowest rank reached, whether the coefficients are -1, 0 and 1, seconds, flips.
# STRASSEN names the program, default .build/release/strassen.
set -eu

seeds=20 threads=2 limit=60 csv=
while getopts s:t:l:o: option; do
    case $option in
    s) seeds=$OPTARG ;;
    t) threads=$OPTARG ;;
    l) limit=$OPTARG ;;
    o) csv=$OPTARG ;;
    *) echo "usage: $0 [-s SEEDS] [-t THREADS] [-l SECONDS] [-o CSV] [SHAPE:RANK[:RING] ...]" >&2; exit 64 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 2x2x2:7 2x2x3:11 2x2x4:14 2x2x5:18 2x3x3:15 2x3x4:20 3x3x3:23 2x3x5:25 2x4x4:26 3x3x4:29

strassen=$(realpath "${STRASSEN:-.build/release/strassen}")
folder=$(mktemp -d)
rows=$folder/rows.csv
trap 'rm -rf "$folder"' EXIT INT TERM

# value KEY: a number or word of the JSON object that the program printed.
value() { sed -n "s/^  \"$1\" : \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$folder/result.json"; }

header=shape,rank,ring,seed,threads,outcome,lowest_rank,ternary,seconds,flips
[ -z "$csv" ] || [ -s "$csv" ] || echo $header >"$csv"

echo "$(nproc) cores, $threads threads, $seeds seeds, at most $limit s each"
echo
echo '| shape:rank | over | proved | of them in {-1,0,1} | median s | slowest s | M flips/s | lowest rank otherwise |'
echo '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |'
for target; do
    shape=${target%%:*} rest=${target#*:}
    rank=${rest%%:*} ring=z
    case $rest in *:*) ring=${rest#*:} ;; esac
    : >"$rows"
    seed=1
    while [ "$seed" -le "$seeds" ]; do
        set +e
        (cd "$folder" && "$strassen" discover --shape "$shape" --rank "$rank" --ring "$ring" --seed "$seed" \
            --threads "$threads" --time-limit "$limit" --json >result.json 2>error.txt)
        status=$?
        set -e
        case $status in
        0) outcome=proved ;;
        1) outcome=missed ;;
        *) cat "$folder/error.txt" >&2; exit $status ;;
        esac
        row=$shape,$rank,$ring,$seed,$threads,$outcome,$(value lowest_rank),$(value ternary),$(value seconds),$(value flips)
        echo "$row" >>"$rows"
        [ -z "$csv" ] || echo "$row" >>"$csv"
        seed=$((seed + 1))
    done
    proved=$(grep -c ,proved, "$rows" || true)
    ternary=$(grep -c ,proved,.*,true, "$rows" || true)
    speed=$(awk -F, '{ flips += $10; seconds += $9 } END { printf "%.1f", flips / seconds / 1e6 }' "$rows")
    times=$(grep ,proved, "$rows" | cut -d, -f9 | sort -g | awk '{ t[NR] = $1 } END {
        if (NR == 0) print "– | –"
        else printf "%.3f | %.3f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2, t[NR] }')
    missed=$(grep ,missed, "$rows" | cut -d, -f7 | sort -n | uniq -c |
        awk '{ printf "%s%s (%s×)", (NR > 1 ? ", " : ""), ($2 == "" ? "none" : $2), $1 }')
    echo "| $shape:$rank | $ring | $proved/$seeds | $ternary | $times | $speed | $missed |"
done
