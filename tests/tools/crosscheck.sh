#!/bin/sh
# crosscheck.sh POWERGAP FOLDER SCENARIO... - does ngspice come to the same as we do?
#
# A scenario of ideal parts is played by both: `powergap export --spice --script` writes the netlist,
# crosscheck.awk compares every node's voltage at every row of our trace and every edge (a threshold
# crossed, a load lost or back, a source tripped). Of any other rack the operating point is compared:
# the circuit at 0 s, settled by us, must stay as it is when ngspice plays it.
#
# Times are of whole processes, with what it takes to read the files, ngspice at the steps and
# tolerances that such agreement wants (50000 steps at least).
#
# Prints a table of each; leaves them in FOLDER as CSV, and what was compared beside. Exit 1 when the
# two differ by more than is allowed. Without ngspice it says so and exits 0.
set -eu
powergap=$1
work=$2
shift 2
here=$(dirname "$0")

if ! command -v ngspice >/dev/null; then
    echo "ngspice is not installed, so nothing was compared: make deps DEPS=crosscheck"
    exit 0
fi

# Milliseconds that a command takes, the shortest of three.
shortest_ms()
{
    for _ in 1 2 3; do
        begun=$(date +%s%N)
        "$@" >/dev/null 2>&1
        echo $(($(date +%s%N) - begun))
    done | sort -n | awk 'NR == 1 { printf "%.2f", $1 / 1e6 }'
}

# The netlist $1 with commands behind it: play it, then do $2.
netlist()
{
    sed '/^\.end$/d' "$1"
    printf '.control\nset numdgt=15\nset wr_singlescale\nset wr_vecnames\nrun\n%s\nquit\n.endc\n.end\n' "$2"
}

# Nodes, and what tells whether a part runs: v(bus) v(l1.run).
vectors()
{
    awk '/^\* Nodes/ { nodes = 1 } /^$/ { nodes = 0 }
         nodes && /^C/ { printf " v(%s)", $2 }
         /^X/ && match($0, /[^ ]*\.run/) { printf " v(%s)", substr($0, RSTART, RLENGTH) }' "$1"
}

# What ngspice makes of $at.cir, in $at.data.
ngspice_data()
{
    netlist "$at.cir" "wrdata $at.data$(vectors "$at.cir")" >"$at.data.cir"
    rm -f "$at.data"
    ngspice -b "$at.data.cir" >"$at.log" 2>&1 || true
    if grep -q aborted "$at.log" || ! [ -s "$at.data" ]; then
        echo "$name: ngspice does not play it to the end: see $at.log" >&2
        exit 1
    fi
}

compare_play()
{
    "$powergap" run --quiet --out "$at" "$scenario" >/dev/null || true # its verdict is no matter here
    ngspice_data
    netlist "$at.cir" "" >"$at.run.cir"
    ours=$(shortest_ms "$powergap" run --quiet --no-trace "$scenario")
    theirs=$(shortest_ms ngspice -b "$at.run.cir")
    awk -F, -v name="$name" -v ms="$ours,$theirs" -f "$here/crosscheck.awk" \
        "$at/run.yaml" "$at/gaps.csv" "$at/events.csv" "$at.data" "$at/signals.csv" >>"$played"
}

# 3 ms in steps of 1 us; at rest within 1 uV.
compare_rest()
{
    "$powergap" export --spice --out "$at.cir" "$scenario"
    sed -i 's/^\.tran .*/.tran 1u 3m 0 1u uic/' "$at.cir"
    ngspice_data
    awk -v name="$name" 'NR == 2 { for (i = 2; i <= NF; i++) first[i] = $i }
         NR > 2 {
             for (i = 2; i <= NF; i++) {
                 drift = $i > first[i] ? $i - first[i] : first[i] - $i
                 if (drift > worst) worst = drift
             }
         }
         END { printf "%s,%d,%.3e,%d\n", name, NF - 1, worst, worst <= 1e-6 }' "$at.data" >>"$rested"
}

mkdir -p "$work"
played=$work/played.csv
rested=$work/at-rest.csv
echo "circuit,nodes,worst_dv_V,at_s,edges,worst_dt_s,ours_ms,ngspice_ms,good" >"$played"
echo "rack,nodes,drift_V,good" >"$rested"
for scenario in "$@"; do
    name=$(basename "$scenario" .yaml)
    at=$work/$name
    if "$powergap" export --spice --script --out "$at.cir" "$scenario" 2>/dev/null; then
        compare_play
    else
        compare_rest
    fi
done

awk -F, '
    FNR == 1 {
        file++
        print file == 1 ? "played                    nodes  worst |dv|        at  edges  worst |dt|      ours   ngspice  ratio" \
                        : "\nat rest                   nodes      drift"
        next
    }
    file == 1 {
        printf "%-25s %5d %8.3f mV %6.3f ms %6d %8.3f us %6.2f ms %6.0f ms %6.0f", $1, $2, 1e3 * $3,
            1e3 * $4, $5, 1e6 * $6, $7, $8, $8 / $7
    }
    file == 2 { printf "%-25s %5d %8.1e V", $1, $2, $3 }
    {
        print $NF ? "" : "  <--"
        $NF ? passed++ : failed++
    }
    END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$played" "$rested"
