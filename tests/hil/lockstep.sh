#!/bin/sh
# lockstep.sh POWERGAP LINK SCENARIO... - play each with the controller in the process and with the one at
# LINK: the same event hash, or it is said where they part. Those of scenarios/controller/, in which it is
# reset, must leave the same journal, too. A rack without a controller is skipped. No emulator may be
# left when all is done.
set -u
powergap=$1 link=$2
shift 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

"$powergap" run --hash "$@" >"$work/here" 2>/dev/null
"$powergap" run --hash --controller "$link" "$@" >"$work/there" 2>"$work/said"

# Where the two runs of a scenario part.
part()
{
    "$powergap" run --quiet --out "$work/a" "$1" >/dev/null 2>&1
    "$powergap" run --quiet --out "$work/b" --controller "$link" "$1" 2>&1
    "$powergap" run --why-diverged "$work/a" "$work/b"
}

for scenario in "$@"; do
    hash=$(grep -F " $scenario" "$work/here")
    if [ -n "$hash" ] && grep -qxF "$hash" "$work/there"; then
        passed=$((passed + 1))
    elif grep -qF "$scenario: the rack has no controller" "$work/said"; then
        echo "skipped: $scenario: the rack has no controller"
    else
        failed=$((failed + 1))
        echo "$scenario: another run with the controller at $link"
        part "$scenario"
    fi
done
grep -v 'has no controller' "$work/said"

for scenario in "$@"; do
    case $scenario in */controller/*) ;; *) continue ;; esac
    "$powergap" run --quiet --out "$work/a" "$scenario" >/dev/null 2>&1
    "$powergap" run --quiet --out "$work/b" --controller "$link" "$scenario" >/dev/null 2>&1
    if diff "$work/a/journal.csv" "$work/b/journal.csv" && grep -q 'after a reset' "$work/a/journal.csv"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$scenario: another journal with the controller at $link"
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
