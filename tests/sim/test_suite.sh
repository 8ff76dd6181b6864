#!/bin/sh
# test_suite.sh - `powergap test`: what is played, what is said, in which formats, and what a process
# that crashes, hangs, or is killed leaves behind. Oracle: the manual, and the JUnit schema.
. tests/tools/story.sh

# A scenario that passes, one that fails, one that is none, and one that takes minutes.
load='rack:
  n1: {is: node, c: 1 mF, v0: 12 V}
  l1: {is: load, at: n1, p: 1 W}'
mkdir -p "$work/s/more/racks"
printf 'title: the load is small\ncovers: [claim 7]\nduration: 1 ms\n%s\nexpect:\n  - {ends: n1.v > 11 V}\n' \
    "$load" >"$work/s/good.yaml"
printf 'title: asks for too much\nduration: 1 ms\n%s\nexpect:\n  - {ends: n1.v > 11.999 V}\n' \
    "$load" >"$work/s/more/bad.yaml"
printf 'duration: 1 ms\nrack: {n1: {is: nod}}\n' >"$work/s/more/broken.yaml"
printf 'n1: {is: node, c: 1 mF, v0: 12 V}\n' >"$work/s/more/racks/rack.yaml"
mkdir "$work/slow"
cp "$work/s/good.yaml" "$work/slow/a.yaml"
cat >"$work/slow/b.yaml" <<END
duration: 10 h
rack:
  n1: {is: node, c: 100 uF, v0: 12 V}
  p1: {is: source, at: n1, e: 12 V, r: 10 mOhm, i_max: 2 A, trip_after: 10 us, off_for: 10 us, ramp_in: 1 us}
  r1: {is: resistor, from: n1, r: 1 Ohm}
END

test_s()
{
    "$powergap" test "$@" "$work/s"
}

schema()
{
    xmllint --noout --schema tests/sim/junit.xsd "$1" 2>>"$work/said"
}

# The processes whose parent is $1.
children()
{
    cat /proc/[0-9]*/stat 2>/dev/null | sed 's/(.*)/x/' | awk -v parent="$1" '$4 == parent { print $1 }'
}

# Wait until COMMAND succeeds, for 20 s at most.
await()
{
    for _ in $(seq 200); do
        "$@" && return 0
        sleep 0.1
    done
    return 1
}

is_gone()
{
    ! kill -0 "$1" 2>/dev/null
}

# ---- what is said -----------------------------------------------------------------------------------

holds "a suite has the worst exit status of its scenarios" ends_with 2 test_s --junit "$work/j.xml"
holds "each has its line" grep -q '^PASS .* .*/s/good.yaml  *margin [0-9.]* mV .*: ends n1.v > 11 V$' "$work/said"
holds "what fails says by how much" grep -q '^ *FAIL  ends n1.v > 11.999 V  margin -' "$work/said"
holds "what can't be played says why" says "broken.yaml:2:17: error: no kind of part is named 'nod'"
holds "and what was meant" says "did you mean 'node'?"
holds "racks are no scenarios" grep -q '^3 scenarios in .*; 1 YAML file is no scenario$' "$work/said"
holds "the sum is a line of its own" grep -qx '1 passed, 2 failed' "$work/said"
holds "what is no terminal is not told how far it is" never_says "$(printf '\r')"
holds "the schema takes the JUnit file" schema "$work/j.xml"
holds "JUnit counts what was counted" grep -q '<testsuites tests="3" failures="1" errors="1" skipped="0"' "$work/j.xml"
holds "JUnit names the failure" grep -q '<failure message="ends n1.v &gt; 11.999 V" type="FAIL">' "$work/j.xml"

holds "without the bad ones all is well" ends_with 0 test_s --only good
holds "--only looks at titles" ends_with 0 test_s --only SMALL
holds "--only looks at claims" ends_with 0 test_s --only 'claim ?'
holds "--only takes several" ends_with 1 test_s --only small --only 'too much'
holds "--skip leaves out" ends_with 0 test_s --skip '*more*'
holds "what was left out is not played" grep -qx '1 passed, 0 failed' "$work/said"
holds "a pattern that fits none is an error" ends_with 2 test_s --only nonesuch
holds "which is named" says "none of 3 scenarios fits --only 'nonesuch'"
holds "to skip all is an error" ends_with 2 test_s --skip yaml
holds "a path that is not there is an error" ends_with 2 "$powergap" test "$work/nowhere"
holds "which is named" says "can't find '$work/nowhere'"
holds "a folder without scenarios is an error" ends_with 2 "$powergap" test "$work/s/more/racks"
holds "which says what a scenario has" says "a scenario has 'rack' and 'duration'"
holds "a shard has its part" ends_with 0 test_s --shard 1/3
holds "of equal size" grep -qx '1 passed, 0 failed' "$work/said"
holds "there is no fourth of three" ends_with 2 test_s --shard 4/3
holds "--quiet says nothing of what passes" ends_with 0 test_s --only good --quiet
holds "but the sum" never_says PASS
holds "--fail-fast ends with the first" ends_with 1 test_s --fail-fast -j 1 --skip broken --only bad --only good
holds "--tap prints TAP" ends_with 1 test_s --tap -j1 --skip broken
holds "a plan" grep -qx '1..2' "$work/said"
holds "and results" grep -q '^ok 1 - .*good.yaml$' "$work/said"
holds "of both kinds" grep -q '^not ok 2 - .*bad.yaml$' "$work/said"
holds "--json prints an object a line" ends_with 1 test_s --json --coverage --skip broken
holds "the last is the sum" grep -q '^{"suite": {"scenarios": 2, "NOT RUN": 0, "PASS": 1, .*"coverage": {"claim": \[' "$work/said"
holds "--repeat finds equal hashes" ends_with 0 test_s --only good --repeat 3
cp "$work/s/good.yaml" "$work/then.yaml"
echo 'do: [{at: 1 us, act: l1.step, to: 2 W}]' | cat "$work/then.yaml" - >"$work/now.yaml"
(sleep 0.2 && mv "$work/now.yaml" "$work/s/good.yaml") &
holds "--repeat finds hashes that differ" ends_with 3 test_s --only good --repeat 1000 -j 1
wait
holds "and says so" grep -q '^ERROR .*good.yaml  two runs of it differ: event hashes' "$work/said"
cp "$work/then.yaml" "$work/s/good.yaml"
holds "wrong values are refused" ends_with 2 test_s -j 0
holds "so are those without a baseline" ends_with 2 test_s --update-baseline

# ---- traces and tables --------------------------------------------------------------------------------

holds "--out keeps the traces" ends_with 2 test_s --out "$work/out"
name=${work#/}/s
holds "each in a folder after its path" test -f "$work/out/$name/good/run.yaml"
holds "and a table of them" grep -q "good.yaml,$name/good,the load is small,claim 7,PASS,ends n1.v > 11 V," "$work/out/suite.csv"
holds "of what failed, too" grep -q "bad.yaml,$name/more/bad,asks for too much,,FAIL," "$work/out/suite.csv"
cp "$work/s/good.yaml" "$work/s/more.yaml"
holds "folders within folders are refused" ends_with 2 test_s --out "$work/out"
holds "with both names" says "would lie within that of '$work/s/more.yaml'"
rm "$work/s/more.yaml"

# ---- what goes wrong ----------------------------------------------------------------------------------

"$powergap" test -j 2 --out "$work/crash" --junit "$work/crash.xml" "$work/slow" >"$work/said" 2>&1 &
suite=$!
await grep -qs 'name="b" time="0' "$work/crash.xml" && await grep -qs '^PASS' "$work/said"
kill -ABRT "$(children $suite)"
wait $suite
holds "a crash is the error of that run" test $? -eq 3
holds "which is named" grep -q '^ERROR .*/slow/b.yaml  ended by signal 6' "$work/said"
holds "the others are as they are" grep -qx '1 passed, 1 failed' "$work/said"
holds "JUnit has an error" grep -q '<error message="ended by signal 6' "$work/crash.xml"
holds "and its schema takes it" schema "$work/crash.xml"
holds "half a trace is no trace" test -z "$(find "$work/crash" -name '*partial*')"

holds "a hang is an error" ends_with 3 "$powergap" test --timeout '300 ms' "$work/slow"
holds "which is named" grep -q '^ERROR .*/slow/b.yaml  hangs: was not done after 300 ms' "$work/said"

holds "a terminal is told how far it is" ends_with 3 script -qec \
    "$powergap test --timeout '700 ms' '$work/slow'" "$work/terminal"
sed 's/\r/\n/g' "$work/terminal" >"$work/said"
holds "with what runs, and for how long" says "1 of 2; $work/slow/b.yaml for 0 s"
holds "in colour" says "$(printf '\033[32mPASS')"

"$powergap" test -j 2 --junit "$work/killed.xml" "$work/slow" >"$work/said" 2>&1 &
suite=$!
await grep -qs '<skipped' "$work/killed.xml" && await grep -qs '^PASS' "$work/said"
run=$(children $suite)
kill -KILL $suite
wait $suite 2>/dev/null
holds "a suite that is killed leaves a valid JUnit file" schema "$work/killed.xml"
holds "with what it had" grep -q 'tests="2" failures="0" errors="0" skipped="1"' "$work/killed.xml"
holds "its runs die with it" await is_gone "$run"

"$powergap" test -j 2 --out "$work/int" --junit "$work/int.xml" "$work/slow" >"$work/said" 2>&1 &
suite=$!
await grep -qs '<skipped' "$work/int.xml" && await grep -qs '^PASS' "$work/said"
run=$(children $suite)
kill -TERM $suite
wait $suite
holds "an interrupt ends a suite" test $? -eq 130
holds "which says what it had" grep -qx '1 passed, 0 failed' "$work/said"
holds "and what not" says '1 not run'
holds "JUnit is valid" schema "$work/int.xml"
holds "no run goes on" await is_gone "$run"
holds "half a trace is no trace" test -z "$(find "$work/int" -name '*partial*')"

# ---- a disk that is full: files end at some size ------------------------------------------------------

limited()
{
    (ulimit -f "$1" && shift && exec "$@")
}

for i in 1 2 3 4 5 6 7 8 9; do
    cp "$work/s/good.yaml" "$work/slow/a$i.yaml"
done
rm "$work/slow/b.yaml"
holds "a full disk is said" ends_with 3 limited 4 "$powergap" test -j 1 --junit "$work/full.xml" "$work/slow"
holds "with the file" says "can't write '$work/full.xml': File too large"
holds "and how far it came" grep -q "results can't be kept: ended after [1-9][0-9]* of 10 scenarios" "$work/said"
holds "what was written is valid" schema "$work/full.xml"
holds "and has results" grep -q '<system-out>the load is small$' "$work/full.xml"
holds "a file that can't be written is an error" ends_with 2 "$powergap" test --junit "$work/none/j.xml" "$work/slow"
holds "before anything is played" never_says PASS
printf 'duration: 100 ms\nsample: 10 us\n%s\n' "$load" >"$work/slow/b.yaml"
holds "a trace that doesn't fit is said" ends_with 3 limited 200 "$powergap" test -j 1 --out "$work/full" "$work/slow"
holds "with the file" says "/b/signals.csv': File too large"
holds "what was kept stays" test -f "$work/full/${work#/}/slow/a9/run.yaml"
holds "and is in the table" grep -q 'a9.yaml,.*,PASS,' "$work/full/suite.csv"

story_ends
