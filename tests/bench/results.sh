#!/bin/sh
# results.sh BUILD - tests/bench/RESULTS.md from BUILD/bench.csv, to standard output. The date is that
# of the commit that was measured.
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
