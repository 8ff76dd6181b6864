#!/bin/sh
# truth.sh BUILD - make tests/bench/truth/ anew: every edge of every gap of the electrical racks by
# CVODE at 1e-12 with every change of law located. Made at 1e-11 as well: both have to agree to the
# nanosecond, else nothing is written.
set -eu
build=$1
peer=$build/tests/bench/peer_cvode

# edges RACK TOLERANCE - on standard output, in the order of bars and times.
edges()
{
    BENCH_ROUNDS=1 BENCH_EDGES=$build/bench/truth "$peer" "$1" "$2" klu kinks >/dev/null
    sort -t, -k1,1n -k2,2n "$build/bench/truth"
}

mkdir -p "$build/bench" tests/bench/truth
for rack in 8 64 512; do
    good=$(edges $rack 1e-12)
    if [ "$good" != "$(edges $rack 1e-11)" ]; then
        echo "$rack: 1e-11 and 1e-12 differ" >&2
        exit 1
    fi
    {
        echo "# Made by make bench-truth: CVODE $(dpkg-query -W -f '${Version}' libsundials-dev)," \
            "tolerance 1e-12; at 1e-11 the same."
        echo "bar,down_ns,up_ns"
        echo "$good"
    } >tests/bench/truth/$rack.csv
done
