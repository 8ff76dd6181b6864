#!/bin/sh
# test_phases.sh - what a scenario claims must not depend on where in its poll the failure meets the
# controller: each is played again with its failure moved through the whole sweep.
set -u

bin=${POWERGAP:-build/gcc-O3/powergap}
passed=0
failed=0

# phases SCENARIO FAILURE STEP_us: the failure's `at: N ms`, moved on in steps through a sweep of 5 ms.
phases()
{
    copy=$(dirname "$1")/.phase-$$.yaml
    trap 'rm -f "$copy"' EXIT INT TERM
    at_ms=$(sed -n "s/.*{at: \([0-9]*\) ms, *act: $2[ ,}].*/\1/p" "$1")
    if [ -z "$at_ms" ]; then
        echo "$1 has no '{at: N ms, act: $2}'"
        failed=$((failed + 1))
        return
    fi
    later_us=0
    while [ "$later_us" -lt 5000 ]; do
        at_us=$((at_ms * 1000 + later_us))
        sed "s/{at: $at_ms ms, *act: $2/{at: $at_us us, act: $2/" "$1" >"$copy"
        if out=$("$bin" run --quiet --no-trace "$copy" 2>&1); then
            passed=$((passed + 1))
        else
            failed=$((failed + 1))
            echo "$1, $2 at $at_us us:"
            echo "$out" | grep FAIL | head -n 3
        fi
        later_us=$((later_us + $3))
    done
    rm -f "$copy"
}

phases scenarios/feeds/found-one-by-one.yaml feed_b.open 300
phases scenarios/contingency/feed.yaml feed_a.open 700

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
