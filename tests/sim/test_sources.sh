#!/bin/sh
# test_sources.sh - whoever reads "S36" beside a number can look up what that is. Oracle: the citations
# themselves, as grep finds them in models, parts and controller.
#
#   POWERGAP=build/gcc-O3/powergap sh tests/sim/test_sources.sh      prints "N passed, N failed"

program=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

grep -rhoE '\bS[0-9]{1,2}[a-z]?\b' models controller scenarios | sort -u >"$work/cited"
"$program" explain sources | awk '$1 ~ /^S[0-9]/ { print $1 }' | sort >"$work/listed"

if [ "$(wc -l <"$work/cited")" -ge 40 ]; then ok; else bad 'hardly anything is cited'; fi
for id in $(comm -23 "$work/cited" "$work/listed"); do
    bad "$id is cited, but not listed: $(grep -rlE "\\b$id\\b" models controller scenarios | head -n 1)"
done
for id in $(comm -13 "$work/cited" "$work/listed"); do
    bad "$id is listed, but nothing is taken from it"
done
for id in $(comm -12 "$work/cited" "$work/listed"); do
    if "$program" explain "$id" | grep -q "^$id: [[:print:]]\{10,\}"; then ok; else bad "explain $id"; fi
done
if "$program" explain fet.v_reverse | grep -q '^    S36: Texas Instruments LM5050-1'; then
    ok
else
    bad 'a key does not tell what its source is'
fi
if "$program" explain S999 2>"$work/said"; then bad 'S999 is explained'; else ok; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
