#!/bin/sh
# bench.sh BUILD - measure every row of the bench, each in a process of its own; rows go to
# BUILD/bench.csv, what happens to standard error.
#
# With PEERS=1 also the programs that others would use for the same: each row of theirs is measured
# right after ours, and one that is not installed is skipped with the Debian package that has it.
# COUNT_S is how long a row may take and still have its instructions counted (valgrind needs some 30
# times as long).
#
# What a row says:
#   events .. factorisations  of one round; a peer counts in its own way
#   simulated_s, best_s, median_s, rounds  how much was simulated, and the wall time of that
#   load_s        reading, checking, wiring and settling, until the first event
#   peak_KiB      most memory the process has had
#   gaps, gap_s   bars below their threshold, all of them together
#   instructions  of one round, loading left out: equal from run to run where wall time is not
#   gap_error_s, edge_error_s  of the sum of all gaps, and of the worst edge, against tests/bench/truth/
#   against       the row, and whose, that the table divides by
set -eu
build=$1
bin=$build/tests/bench
racks=$build/bench
csv=$build/bench.csv
: "${PEERS:=}" "${COUNT_S:=1}"

mkdir -p "$racks"
echo "row,who,events,steps,refused,factorisations,simulated_s,best_s,median_s,rounds,load_s,peak_KiB,\
gaps,gap_s,instructions,gap_error_s,edge_error_s,against,note" >"$csv"

# skip WHO NOTE - say why nobody of that name is in the table.
skip()
{
    echo "    skipped: $1, $2" >&2
}

# counted ROUNDS COMMAND - the instructions of so many rounds, loading included.
counted()
{
    rounds=$1
    shift
    BENCH_ROUNDS=$rounds BENCH_EDGES=/dev/null valgrind --tool=cachegrind --cache-sim=no \
        --cachegrind-out-file=/dev/null "$@" 2>&1 >/dev/null |
        awk '/I +refs:/ { gsub(/,/, ""); print $NF }'
}

# instructions BEST_S COMMAND - of one round; "-" when that takes too long, valgrind is missing, or the
# command is a script.
instructions()
{
    best=$1
    shift
    if [ "$1" = sh ] || ! command -v valgrind >/dev/null || awk "BEGIN { exit !($best > $COUNT_S) }"; then
        echo -
        return
    fi
    echo $(($(counted 1 "$@") - $(counted 0 "$@")))
}

# errors NAME SECONDS - gap error and worst edge against the truth of this rack, as far as the row went;
# "-,-" when there is none.
errors()
{
    truth=tests/bench/truth/$1.csv
    if [ ! -f "$truth" ] || [ ! -s "$racks/edges" ]; then
        echo -,-
        return
    fi
    awk -F, -v end_ns="$2"e9 '
        function off(a, b) { return a > b ? a - b : b - a }
        FNR == 1 { file++; n[file] = 0 }
        $1 ~ /^[0-9]/ && $2 < end_ns + 0 {
            i = ++n[file]
            bar[file, i] = $1; down[file, i] = $2; up[file, i] = $3
            sum[file] += $3 - $2
        }
        END {
            if (n[1] != n[2]) { print n[2] " gaps for " n[1] ",-"; exit }
            for (i = 1; i <= n[1]; i++) {
                if (bar[1, i] != bar[2, i]) { print "other bars,-"; exit }
                d = off(down[1, i], down[2, i]); worst = d > worst ? d : worst
                d = off(up[1, i], up[2, i]); worst = d > worst ? d : worst
            }
            printf "%.3g,%.3g\n", off(sum[1], sum[2]) * 1e-9, worst * 1e-9
        }' "$truth" "$racks/edges"
}

# row NAME WHO AGAINST TRUTH NOTE COMMAND - measure; AGAINST is "row/who" of the row to compare with.
row()
{
    name=$1 who=$2 against=$3 truth=$4 note=$5
    shift 5
    echo "  $name: $who" >&2
    rm -f "$racks/edges"
    if ! line=$(BENCH_EDGES=$racks/edges "$@"); then
        echo "    failed: $*" >&2
        return 1
    fi
    [ -s "$racks/edges" ] && sort -t, -k1,1n -k2,2n -o "$racks/edges" "$racks/edges"
    seconds=$(echo "$line" | cut -d, -f5)
    best=$(echo "$line" | cut -d, -f6)
    echo "$name,$who,$line$(instructions "$best" "$@"),$(errors "$truth" "$seconds"),$against,$note" >>"$csv"
}

for n in 10 1000 100000 1000000; do
    row "hold $n pending" powergap - - "" "$bin/bench_hold" $n
    row "hold $n pending" "binary heap in C" "hold $n pending/powergap" - \
        "only the first can be moved" "$bin/bench_hold" $n peer
done

row "reference rack" powergap - - "6 faults in 10 s" "$bin/bench_scenario" tests/bench/reference.yaml
row "reference rack quiet" powergap - - "no fault" "$bin/bench_scenario" tests/bench/quiet.yaml
row "reference rack busy" powergap - - "a fault every 100 ms" "$bin/bench_scenario" \
    tests/bench/busy.yaml

for rack in 8 64 512 100-racks; do
    "$bin/bench_generate" yaml $rack >"$racks/$rack.yaml"
done
for rack in 8 64 512; do
    row "electrical $rack" powergap - $rack "" "$bin/bench_scenario" "$racks/$rack.yaml"
    [ -z "$PEERS" ] || . tests/bench/peers.sh

done
row "electrical 100 racks" powergap "electrical 8/powergap" 8 "one of them as '8'" \
    "$bin/bench_scenario" "$racks/100-racks.yaml"
