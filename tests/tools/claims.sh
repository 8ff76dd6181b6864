#!/bin/sh
# claims.sh PROGRAM [README] - play the scenarios of scenarios/claims.txt and print the table of claims
# with what was measured; or put it between the two marks in README. Exit 1 if one does not hold.
set -eu

program=$1
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

echo "| claim | measured | allowed | what | scenario |" >"$work/table"
echo "|---|--:|--:|---|---|" >>"$work/table"
grep -v '^#' scenarios/claims.txt | while IFS='|' read -r claim scenario expectation what; do
    scenario=$(echo "$scenario" | tr -d ' ')
    out=$work/$scenario
    if [ ! -d "$out" ]; then
        mkdir -p "$(dirname "$out")"
        "$program" run --quiet --out "$out" "scenarios/$scenario.yaml" >&2
    fi
    EXPECTATION=$(echo "$expectation" | sed 's/^ *//; s/ *$//') awk -v claim="$claim" -v what="$what" \
        -v scenario="$scenario" -f tests/tools/cells.awk -f tests/tools/claims.awk "$out/verdict.csv"
done >>"$work/table"

if [ $# -lt 2 ]; then
    cat "$work/table"
    exit 0
fi
{
    sed '/^<!-- claims -->$/q' "$2"
    echo
    cat "$work/table"
    echo
    sed -n '/^<!-- end of claims -->$/,$p' "$2"
} >"$work/readme"
cat "$work/readme" >"$2"
