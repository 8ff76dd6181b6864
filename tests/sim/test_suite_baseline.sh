#!/bin/sh
# test_suite_baseline.sh - a suite against its baseline: a slower switch and a slower poll are caught,
# each with the span that grew. Oracle: what was slowed.
. tests/tools/story.sh

mkdir -p "$work/s/racks"
cp scenarios/racks/standby-fet.yaml "$work/s/racks"
write()
{
    printf 'title: a supply dies\nrack: {file: racks/standby-fet.yaml%s}\nduration: 120 ms\n%s\n%s\n' \
        "$1" 'do: [{at: 50 ms, act: psu1.die}]' 'expect: [{gap: bus_a.v < 11.4 V, at_most: 40 ms}]' >"$work/s/fet.yaml"
}
baseline=$work/s/baseline.csv
against()
{
    "$powergap" test --baseline "$baseline" "$@" "$work/s"
}

write ''
holds "a baseline that is not there is an error" ends_with 2 against
holds "unless it is to be written" ends_with 0 against --update-baseline
cp "$baseline" "$work/first.csv"
holds "it names scenarios as seen from its folder" grep -q '^fet.yaml,gap,bus_a.v < 11.4 V by psu1.die,0.00318' "$baseline"
holds "and says where a gap's time went" grep -q '^fet.yaml,span,actuate,0.0023' "$baseline"
holds "what is as it was passes" ends_with 0 against
holds "and is said to be" says 'baseline: 0 figures worse, 0 better'
holds "written again it is the same" ends_with 0 against --update-baseline
holds "byte for byte" cmp "$baseline" "$work/first.csv"

write ', sw2: {gate_current: 10 uA}'
holds "a slower switch fails" ends_with 1 against --junit "$work/j.xml"
holds "as worse, not as failed" grep -q '^WORSE .*/fet.yaml ' "$work/said"
holds "with the gap and the span that grew" grep -q \
    'gap bus_a.v < 11.4 V by psu1.die: 3.18[0-9]* ms -> [0-9.]* ms; switch actuation: 2.37[0-9]* ms -> 7.[0-9]* ms$' "$work/said"
holds "which is what README shows" says "$(grep -m 1 -F 'gap bus_a.v < 11.4 V by psu1.die: ' README.md)"
holds "and with the margin" grep -q 'margin gap: bus_a.v < 11.4 V, at_most: 40 ms: 36.8[0-9]* ms -> ' "$work/said"
holds "JUnit has it as a failure" grep -q '<failure message=".*" type="WORSE">' "$work/j.xml"
holds "the schema takes it" xmllint --noout --schema tests/sim/junit.xsd "$work/j.xml"
holds "what is allowed does not fail" ends_with 0 against --allow 3
holds "nor what is below the floor" ends_with 0 against --floor '40 ms'

write ', ctl: {poll: 40 ms}'
holds "a slower poll fails" ends_with 1 against
holds "with the detection and its span" grep -q \
    'detection psu1.die: 332.5 us -> [0-9.]* ms; waiting for the poll: [0-9.]* us -> [0-9.]* ms$' "$work/said"

write ', sw2: {gate_current: 300 uA}'
holds "a faster switch is no failure" ends_with 0 against
holds "but is told" says 'better; --update-baseline takes it in'

write ''
sed 's/die/mute/' "$work/s/fet.yaml" >"$work/s/other.yaml"
holds "a scenario that the baseline does not know passes" ends_with 0 against --only other
holds "and is told" says '1 scenario not in it'
holds "an update of a part keeps the others" ends_with 0 against --only other --update-baseline
holds "as they were" test -z "$(grep -v other.yaml "$baseline" | diff - "$work/first.csv")"
rm "$work/s/other.yaml"
holds "what has no scenario any more goes" ends_with 0 against --update-baseline
holds "without a trace" cmp "$baseline" "$work/first.csv"

sed 's/die/restore_input/' "$work/s/fet.yaml" >"$work/x" && mv "$work/x" "$work/s/fet.yaml"
holds "a figure of a scenario that fails is not taken over" ends_with 1 against --update-baseline
holds "the old one stays" cmp "$baseline" "$work/first.csv"

write ''
printf 'scenario,figure,name,value,unit\nfet.yaml,gap,x,much,s\nfet.yaml,gap\n' >"$baseline"
holds "a baseline that is none is refused" ends_with 2 against
holds "line by line" says "baseline.csv:2:16: error: a number is wanted, not 'much'"
holds "all at once" says 'baseline.csv:3:1: error: 5 cells are wanted, not 2'
cp "$work/first.csv" "$baseline"
holds "from anywhere it is the same baseline" ends_with 0 sh -c \
    'here=$PWD; cd "$1/.." && POWERGAP_DATA=$here/models exec "$2" test --baseline s/baseline.csv s/fet.yaml' - \
    "$work/s" "$(realpath "$powergap")"
holds "of one suite" says 'baseline: 0 figures worse, 0 better'

story_ends
