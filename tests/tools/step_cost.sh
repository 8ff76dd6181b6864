#!/bin/sh
# What a step of the controller costs at most: bench_step built to count and built as it is.
#   step_cost.sh COUNTING PLAIN LIMIT    prints controller/STEPS.md; fails beyond LIMIT instructions
set -eu
counting=$1 plain=$2 limit=$3
states=$(mktemp) && trap 'rm -f "$states"' EXIT

counted=$("$counting" "$states")
read -r steps mean blocks <<END
$counted
END
worst=0
for n in 0 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15; do
    now=$(LD_BIND_NOW=1 valgrind --tool=callgrind --callgrind-out-file=/dev/null --toggle-collect=again \
        "$plain" "$states" $n 2>&1 | awk '/Collected/ { print $NF }')
    [ "$now" -le "$worst" ] || worst=$now
done
cat <<END
# What a step costs

Made by \`make step-cost\`; not to be edited. The largest racks that the controller is compiled for
(16 supplies, 4 bars, 32 switches, 64 servers, 8 alert lines), in storms of failures:
tests/bench/bench_step.c. Blocks are the basic blocks that gcc -O2 makes; instructions are those of the
sixteen steps with most blocks, on this machine's processor. \`make check\` counts anew.

| | |
|---|---|
| steps taken | $steps |
| blocks, mean | $mean |
| blocks, worst step | $blocks |
| instructions, worst step | $worst |
| allowed | $limit |
END
[ "$worst" -le "$limit" ]
