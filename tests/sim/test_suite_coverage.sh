#!/bin/sh
# test_suite_coverage.sh - what a suite has exercised, and what not. Oracle: what is done in it.
. tests/tools/story.sh

printf '# claims\nFET | psu-failure/fet | a comment\nstandby\nnobody shows this\n' >"$work/claims.txt"
cover()
{
    "$powergap" test --claims "$work/claims.txt" "$@"
}

# The lines of one group of the coverage.
group()
{
    awk -v name="$1" '/^ *[0-9]+ of [0-9]+ / { on = index($0, name) } on' "$work/said"
}

missing()
{
    group "$1" | grep -q -- " $2[,]*\( \|\$\)"
}

covered()
{
    ! missing "$@"
}

holds "a suite tells its coverage" ends_with 0 cover scenarios/psu-failure/fet.yaml
holds "a claim is covered by the scenario that says so" covered claims standby
holds "or by the one that the claim names" covered claims FET
holds "and else not" missing claims 'nobody shows this'
holds "an action that was done is covered" covered actions psu.die
holds "one that was not is missing" missing actions psu.lose_input
holds "a state that was reached is covered" covered "states of" LOST
holds "one that was not is missing" missing "states of" RETIRED
holds "a way that was gone is covered" covered ways 'SHARING -> LOST'
holds "one that was not is missing" missing ways 'LOST -> RETIRED'
holds "what the controller counted is covered" covered counts commands
holds "what it did not is missing" missing counts sheds
holds "a part of the library that was used is covered" covered parts back-to-back-100a
holds "one that was not is missing" missing parts contactor-135a
holds "an event that happened is covered" covered events conducts
holds "one that did not is missing" missing events welded
holds "another file's claims are known, though it was not chosen" ends_with 0 cover --only fet.yaml scenarios/psu-failure
holds "and missing" missing claims relay

printf 'duration: 1 ms\ncovers: nobody shows this\nrack: {n1: {is: node, c: 1 mF, v0: 12 V}, l1: {is: load, at: n1, p: 1 W}}\n%s\n' \
    'expect: [{ends: n1.v > 13 V}]' >"$work/fails.yaml"
holds "a scenario that fails" ends_with 1 cover "$work/fails.yaml"
holds "covers no claim" missing claims 'nobody shows this'
holds "claims that can't be read are an error" ends_with 2 "$powergap" test --claims "$work/none" scenarios/psu-failure

# Our own suite: all there is, but for what scenarios/exceptions.txt gives a reason for.
"$powergap" test --quiet --json --claims scenarios/claims.txt scenarios >"$work/suite.json"
grep '"coverage"' "$work/suite.json" | awk -f tests/sim/coverage.awk | sort >"$work/left_out"
sed -n 's/^\([a-z]* | [^|]*\) | ..*/\1/p' scenarios/exceptions.txt | sort >"$work/excepted"

# The names of this group, exercised or not.
count_of()
{
    grep '"coverage"' "$work/suite.json" | sed "s/.*\"$1\": \[//; s/\].*//" | tr '{' '\n' | grep -c '"name"'
}
knows()
{
    test "$(count_of "$1")" -ge "$2"
}

holds "the suite of this project knows its claims" knows claim 60
holds "its parts" knows part 18
holds "and its actions" knows action 98
holds "it leaves out what scenarios/exceptions.txt says, with a reason, and nothing else" ends_with 0 diff "$work/excepted" "$work/left_out"

story_ends
