#!/bin/sh
# results.sh BUILD - tests/bench/RESULTS.md to standard output: the speed from BUILD/bench.csv, the errors
# from test_oracle, the energy from `powergap run --balance`, the costliest functions from callgrind.
# The date is that of the commit that was measured.
set -eu
build=$1

version_of()
{
    dpkg-query -W -f '${Version}' "$1" 2>/dev/null || echo none
}

cat <<END
# What the bench measured

Made by \`make bench-results\`; not to be edited. Each row is a process of its own. \`Minstr\` is a
round's million instructions, which repeat where wall times don't. \`time x\` and \`instr x\` are a
simulated second's against ours on the same rack in the same run (of \`electrical 100 racks\`: against
\`electrical 8\`); errors are against the truth in tests/bench/truth/. tests/bench/bench.sh explains
the rest.

| | |
|---|---|
| commit | $(git log -1 --format='%h, %cs') |
| machine | $(uname -sm), $(nproc) cores, $(awk '/MemTotal/ { printf "%.0f GiB", $2 / 1048576 }' /proc/meminfo) |
| CPU | $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -1) |
| compiler | $(head -1 "$build/flags" | cut -d' ' -f1) $(gcc -dumpfullversion), ${build##*-} |
| GSL | $(version_of libgsl-dev) |
| SUNDIALS | $(version_of libsundials-dev) |
| KLU | $(version_of libsuitesparse-dev) |
| ngspice | $(version_of ngspice) |
| valgrind | $(version_of valgrind) |

END
awk -v markdown=1 -f tests/bench/table.awk "$build/bench.csv"

cat <<END

## Against the reference circuits

The worst error of each circuit and quantity, beside what is allowed: max(1 us, 0.1 % of the gap),
0.2 % of the lowest voltage. Printed by \`$build/tests/oracle/test_oracle\`.

END
"$build/tests/oracle/test_oracle" -j1 2>/dev/null | sort -s -k1,1 | awk -f tests/bench/oracle.awk

cat <<END

## Where the energy goes

Of each scenario and reference circuit, by \`powergap run --balance\`; what is left over in parts of
what moved.

| scenario | from sources | into loads | lost in links | stored | left over | closes to |
|---|--:|--:|--:|--:|--:|--:|
END
for scenario in scenarios/*/*.yaml tests/oracle/*.yaml; do
    case $scenario in scenarios/racks/* | scenarios/parts/* | scenarios/profiles/*) continue ;; esac
    { "$build/powergap" run --balance --no-trace "$scenario" 2>/dev/null || true; } |
        awk -v name="$scenario" '
            /^  from sources/ { sources = $3 " " $4 }
            /^  into loads/ { loads = $3 " " $4 }
            /^  lost in links/ { links = $4 " " $5 }
            /^  more in capacitors/ { stored = $4 " " $5 }
            /^  left over/ { left = $3 " " $4 }
            /of what moved/ {
                sub(/^-/, "", $1)
                print "| " name " | " sources " | " loads " | " links " | " stored " | " left " | " $1 " |"
                exit
            }'
done

cat <<END

## What limits now

Each rack of the bench, by callgrind, in parts of all instructions: what the source lines of each folder
take, wherever they were inlined to, and the ten costliest functions themselves; loading counts, too.
END
command -v callgrind_annotate >/dev/null || { echo "valgrind is not installed." && exit 0; }
profile=$build/bench/callgrind.out
for rack in tests/bench/reference.yaml tests/bench/quiet.yaml tests/bench/busy.yaml \
    "$build"/bench/8.yaml "$build"/bench/64.yaml; do
    printf '\n%s\n' "$rack"
    BENCH_ROUNDS=1 BENCH_EDGES=/dev/null valgrind --tool=callgrind --callgrind-out-file="$profile" \
        "$build/tests/bench/bench_scenario" "$rack" >/dev/null 2>&1
    callgrind_annotate --auto=no --threshold=100 "$profile" | awk -f tests/bench/profile.awk
done
