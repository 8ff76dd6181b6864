#!/bin/sh
# test_log.sh - `powergap log` shows the events that were asked for. Oracle: events.csv and journal.csv
# of the same trace, read with awk.
set -u

powergap=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

"$powergap" run --quiet --out "$work/t" scenarios/psu-failure/fet.yaml || bad "the scenario does not pass"
events=$work/t/events.csv

# The ids that `powergap log OPTIONS` shows are those for which the awk condition holds.
shows() { # condition options...
    condition=$1
    shift
    awk -F, "NR > 1 && ($condition) { print \$1 }" "$events" >"$work/want"
    "$powergap" log "$@" "$work/t" >"$work/got.txt" 2>"$work/said" || bad "log $*: $(cat "$work/said")"
    sed -n 's/^#\([0-9]*\) .*/\1/p' "$work/got.txt" >"$work/got"
    "$powergap" log --json "$@" "$work/t" 2>/dev/null | sed -n 's/^{"id": \([0-9]*\),.*/\1/p' >"$work/json"
    if [ ! -s "$work/want" ]; then
        bad "log $*: the oracle finds nothing"
    elif cmp -s "$work/want" "$work/got" && cmp -s "$work/want" "$work/json"; then
        ok
    else
        bad "log $*: $(wc -l <"$work/want") events wanted, $(wc -l <"$work/got") shown, $(wc -l <"$work/json") in JSON"
    fi
}
shows 1
shows '$6 == "psu1"' --part psu1
shows '$6 ~ /^web/' --part 'web*'
shows '$7 == "decide"' --kind decide
shows '$7 ~ /^transfer/ && $6 == "smbus0"' --kind 'transfer*' --part smbus0
shows '$4 >= 50000000 && $4 <= 53000000' --window '50 ms..53 ms'
shows '$4 >= 50000000' --window 50ms..
shows '$4 <= 1e6' --window '..1 ms'

die=$(awk -F, '$9 == "psu1.die" { print $1 }' "$events")
conducts=$(awk -F, '$6 == "sw2" && $7 == "conducts" { print $1 }' "$events")
shows "\$2 == $die" --cause "$die"
shows "\$2 == $die" --cause psu1.die
chain=$(awk -F, -v at="$conducts" '{ cause[$1] = $2 } END { for (; at > 0; at = cause[at]) print at }' "$events" |
    tr '\n' '|')
shows "index(\"|$chain\", \"|\" \$1 \"|\")" --why sw2.conducts
shows "index(\"|$chain\", \"|\" \$1 \"|\")" --why "#$conducts"
effects=$(awk -F, -v from="$die" 'NR > 1 && ($1 == from || ($2 in go)) { go[$1]; print $1 }' "$events" | tr '\n' '|')
shows "index(\"|$effects\", \"|\" \$1 \"|\")" --effects psu1.die
shows "index(\"|$effects\", \"|\" \$1 \"|\") && \$7 == \"uvlo\"" --effects psu1.die --kind uvlo

# A chain begins with the fault, ends with what was asked about, and says the time between.
"$powergap" log --why sw2.conducts "$work/t" >"$work/why"
first=$(head -n 1 "$work/why")
last=$(tail -n 1 "$work/why")
case $first in *psu1.die*) ok ;; *) bad "--why begins with: $first" ;; esac
delay=$(awk -F, -v id="$conducts" '{ at[$1] = $4; cause[$1] = $2 } END { print (at[id] - at[cause[id]]) / 1e6 }' "$events")
if echo "$last" | grep -q "sw2.conducts" && echo "$last" | grep -q "+$(printf '%.3f' "$delay") ms"; then ok; else
    bad "--why ends with: $last; the last step took $delay ms"
fi

# The journal's rows, those of one part, and none unless asked.
rows() { awk -F, -v part="$1" 'NR > 1 && (part == "" || $5 == part)' "$work/t/journal.csv" | wc -l; }
shown() { "$powergap" log --json "$@" "$work/t" | grep -c '^{"controller"'; }
if [ "$(shown)" -eq 0 ] && [ "$(shown --journal)" -eq "$(rows "")" ] &&
    [ "$(shown --journal --part psu2)" -eq "$(rows psu2)" ] && [ "$(rows psu2)" -gt 2 ]; then ok; else
    bad "the journal: $(rows "") rows, $(rows psu2) of psu2; shown $(shown --journal), $(shown --journal --part psu2)"
fi
if "$powergap" log --journal --part psu1 "$work/t" | grep -q "0.050332 s  supply     psu1         SHARING -> LOST"; then ok; else
    bad "the journal does not say that psu1 was lost"
fi

# What is wrong is said, with what may have been meant.
refuses() { # words options...
    words=$1
    shift
    "$powergap" log "$@" >"$work/said" 2>&1
    status=$?
    if [ $status -eq 2 ] && grep -q -- "$words" "$work/said"; then ok; else
        bad "log $*: exit status $status, $(head -n 3 "$work/said")"
    fi
}
refuses "wants one trace folder"
refuses "is no trace" "$work"
refuses "did you mean 'psu1'?" --part psu11 "$work/t"
refuses "did you mean 'decide'?" --kind decde "$work/t"
# All that a gap was made of: the chain of each event that ended one of its spans.
awk -F, '$1 == 1 && $10 != "" { print $10 }' "$work/t/spans.csv" | while read -r id; do
    "$powergap" log --why "#$id" "$work/t"
done | cut -c1-24 | sort -u >"$work/chains"
"$powergap" log --why gap1 "$work/t" | cut -c1-24 | sort -u >"$work/gap1"
if [ -s "$work/chains" ] && cmp -s "$work/chains" "$work/gap1"; then ok; else bad "--why gap1: $(diff "$work/chains" "$work/gap1")"; fi

refuses "there is no event 99999: the trace has #1 .. #" --why 99999 "$work/t"
refuses "there is no event 0" --why 0 "$work/t"
refuses "there is no gap 9: gaps.csv has 1 .. 5" --why gap9 "$work/t"
refuses "did you mean 'sw2.conducts'?" --why sw2.conduct "$work/t"
refuses "in this window" --why psu1.die --window 60ms.. "$work/t"
refuses "wants two times" --window 60ms "$work/t"
"$powergap" log --part mux0 --kind uvlo "$work/t" >"$work/got" 2>"$work/said"
if [ ! -s "$work/got" ] && grep -q 'no event of the [0-9]* is like that' "$work/said"; then ok; else bad "nothing found"; fi
mkdir "$work/broken"
printf 'id,cause,t_s,t_ns,from_ns,part,event,value,text\n1,0,0.0,0,0,,start,0,x\n3,1,0.0,0,0,,start,0,x\n' \
    >"$work/broken/events.csv"
refuses "is no table of events: line 3" "$work/broken"
"$powergap" log "$work/t" >/dev/full 2>"$work/said"
if [ $? -eq 2 ] && grep -q "No space left" "$work/said"; then ok; else bad "a full disk: $(cat "$work/said")"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
