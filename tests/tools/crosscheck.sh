#!/bin/sh
# crosscheck.sh POWERGAP FOLDER SCENARIO... - are our waveforms and edges those of ngspice?
#
# Of each scenario of ideal parts: `powergap export --spice --script` writes the netlist, both
# programs play it, and crosscheck.awk compares every node's voltage at every row of our trace and
# every edge (a threshold crossed, a load lost or back, a source tripped) with ngspice's. Prints a
# table; leaves it in FOLDER/crosscheck.csv, too, and what it compared beside it. Exit 1 when the
# two differ by more than crosscheck.awk allows. Without ngspice it says so and exits 0.
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

# The netlist of $1 in $2, with commands behind it that play it, then with $3 if given.
netlist()
{
    sed '/^\.end$/d' "$1" >"$2"
    printf '.control\nset numdgt=15\nset wr_singlescale\nset wr_vecnames\nrun\n%s\nquit\n.endc\n.end\n' \
        "$3" >>"$2"
}

# Nodes, and what tells whether a part runs: v(bus) v(l1.run).
vectors()
{
    awk '/^\* Nodes/ { nodes = 1 } /^$/ { nodes = 0 }
         nodes && /^C/ { printf " v(%s)", $2 }
         /^X/ && match($0, /[^ ]*\.run/) { printf " v(%s)", substr($0, RSTART, RLENGTH) }' "$1"
}

mkdir -p "$work"
rows=$work/crosscheck.csv
echo "circuit,nodes,worst_dv_V,at_s,edges,worst_dt_s,ours_ms,ngspice_ms,good" >"$rows"
for scenario in "$@"; do
    name=$(basename "$scenario" .yaml)
    at=$work/$name
    "$powergap" export --spice --script --out "$at.cir" "$scenario"
    "$powergap" run --quiet --out "$at" "$scenario" || true
    netlist "$at.cir" "$at.run.cir" ""
    netlist "$at.cir" "$at.data.cir" "wrdata $at.data$(vectors "$at.cir")"
    rm -f "$at.data"
    ngspice -b "$at.data.cir" >"$at.log" 2>&1 || true
    [ -s "$at.data" ] || { echo "$name: ngspice does not play it: see $at.log"; exit 1; }
    ours=$(shortest_ms "$powergap" run --quiet --no-trace "$scenario")
    theirs=$(shortest_ms ngspice -b "$at.run.cir")
    awk -F, -v name="$name" -v ms="$ours,$theirs" -f "$here/crosscheck.awk" \
        "$at/run.yaml" "$at/gaps.csv" "$at/events.csv" "$at.data" "$at/signals.csv" >>"$rows"
done

awk -F, 'NR == 1 {
        print "circuit nodes  worst |dv|        at  edges  worst |dt|      ours   ngspice  ratio"
        next
    }
    {
        printf "%-7s %5d %8.3f mV %6.3f ms %6d %8.3f us %6.2f ms %6.0f ms %6.0f%s\n", $1, $2,
            1e3 * $3, 1e3 * $4, $5, 1e6 * $6, $7, $8, $8 / $7, $9 ? "" : "  <--"
        $9 ? passed++ : failed++
    }
    END { printf "%d passed, %d failed\n", passed, failed; exit failed > 0 }' "$rows"
