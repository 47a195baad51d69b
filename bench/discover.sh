#!/bin/sh
# SPDX-License-Identifier: AGPL-3.0-or-later
# Success rate and times of `strassen discover`, a Markdown row for each target, over many seeds.
#
#   bench/discover.sh [-s SEEDS] [-t THREADS] [-l SECONDS] [SHAPE:RANK[:RING] ...]
#
# Without targets: the table of docs/search.md that takes a minute. A seed counts when its scheme was proved within
# SECONDS of wall time. STRASSEN names the program, default .build/release/strassen.
set -eu

seeds=20 threads=2 limit=60
while getopts s:t:l: option; do
    case $option in
    s) seeds=$OPTARG ;;
    t) threads=$OPTARG ;;
    l) limit=$OPTARG ;;
    *) echo "usage: $0 [-s SEEDS] [-t THREADS] [-l SECONDS] [SHAPE:RANK[:RING] ...]" >&2; exit 64 ;;
    esac
done
shift $((OPTIND - 1))
[ $# -gt 0 ] || set -- 2x2x2:7 2x2x3:11 2x2x4:14 2x2x5:18 2x3x3:15 2x3x4:20 3x3x3:23 2x3x5:25 2x4x4:26 3x3x4:29

strassen=$(realpath "${STRASSEN:-.build/release/strassen}")
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT INT TERM

# value KEY FILE: a number or word of the JSON object.
value() { sed -n "s/^  \"$1\" : \"\{0,1\}\([^\",]*\)\"\{0,1\},\{0,1\}\$/\1/p" "$2"; }

echo "$(nproc) cores, $threads threads, $seeds seeds, at most $limit s each"
echo
echo '| shape:rank | over | proved | of them in {-1,0,1} | median s | slowest s | M flips/s | lowest rank otherwise |'
echo '| --- | --- | ---: | ---: | ---: | ---: | ---: | --- |'
for target; do
    shape=${target%%:*} rest=${target#*:}
    rank=${rest%%:*} ring=z
    case $rest in *:*) ring=${rest#*:} ;; esac
    : >"$folder/found" && : >"$folder/missed" && : >"$folder/speed"
    seed=1
    while [ "$seed" -le "$seeds" ]; do
        set +e
        (cd "$folder" && "$strassen" discover --shape "$shape" --rank "$rank" --ring "$ring" --seed "$seed" \
            --threads "$threads" --time-limit "$limit" --json >result.json 2>error.txt)
        status=$?
        set -e
        [ $status -le 1 ] || { cat "$folder/error.txt" >&2; exit $status; }
        result=$folder/result.json
        if [ $status -eq 0 ]; then
            echo "$(value seconds "$result") $(value ternary "$result")" >>"$folder/found"
        else
            value lowest_rank "$result" >>"$folder/missed"
        fi
        echo "$(value flips "$result") $(value seconds "$result")" >>"$folder/speed"
        seed=$((seed + 1))
    done
    speed=$(awk '{ flips += $1; seconds += $2 } END { printf "%.1f", flips / seconds / 1e6 }' "$folder/speed")
    times=$(sort -g "$folder/found" | awk '{ t[NR] = $1 } END {
        if (NR == 0) print "– | –"
        else printf "%.3f | %.3f", (t[int((NR + 1) / 2)] + t[int(NR / 2) + 1]) / 2, t[NR] }')
    ternary=$(grep -c true "$folder/found" || true)
    missed=$(sort -n "$folder/missed" | uniq -c | awk '{ printf "%s%s (%s×)", (NR > 1 ? ", " : ""), ($2 == "" ? "none" : $2), $1 }')
    echo "| $shape:$rank | $ring | $(wc -l <"$folder/found")/$seeds | $ternary | $times | $speed | $missed |"
done
