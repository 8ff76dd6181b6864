#!/bin/sh
# peer_ngspice.sh NETLIST SECONDS - a row of the bench by ngspice, as row.h has them; the edges of the
# gaps go to $BENCH_EDGES. One round; the analysis is timed, not the reading of the netlist.
set -eu
log=$1.log
bars=$(dirname "$1")/bars.data
(cd "$(dirname "$1")" && ngspice -b "$(basename "$1")") >"$log" 2>&1 || true

# A line is a time and the voltages of all bars then; between two of them the voltage is straight.
awk -v threshold=11.4 '
    {
        for (i = 2; i <= NF; i++) {
            now = $i < threshold
            at = last_t + ($1 - last_t) * (threshold - last[i]) / ($i - last[i] + 1e-30)
            if (FNR > 1 && now && !was[i]) down[i] = at
            if (FNR > 1 && !now && was[i]) printf "%d,%.0f,%.0f\n", i - 1, down[i] * 1e9, at * 1e9
            was[i] = now
            last[i] = $i
        }
        last_t = $1
    }' "$bars" >"$BENCH_EDGES"
rm -f "$bars"

awk -F' *= *' -v seconds="$2" '
    FNR == NR { split($0, e, ","); gaps++; gap_ns += e[3] - e[2]; next }
    /^Accepted timepoints/ { steps = $2 }
    /^Rejected timepoints/ { refused = $2 }
    /^Transient iterations =/ { iterations = $2 }
    /^Total analysis time/ { took = $2 }
    /^Netlist loading time/ { load = $2 }
    /^Maximum ngspice program size/ { split($2, size, " "); KiB = size[1] * 1024 }
    END {
        if (took == "") exit 1
        printf "-,%d,%d,%d,%s,%s,%s,1,%s,%d,%d,%.9g,\n", steps, refused, iterations, seconds, took,
            took, load, KiB, gaps, gap_ns * 1e-9
    }' "$BENCH_EDGES" "$log"
