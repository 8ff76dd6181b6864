#!/bin/sh
# test_lessons.sh - each incident of tests/LESSONS.md has its scenario, and no line is without one.
passed=0 failed=0
incidents=$(grep -c '^| ' tests/LESSONS.md)
for scenario in $(sed -n 's/^| .* | `\(.*\)` |$/\1/p' tests/LESSONS.md); do
    if test -f "scenarios/$scenario.yaml"; then
        passed=$((passed + 1))
    else
        echo "tests/LESSONS.md names $scenario: there is no scenarios/$scenario.yaml"
        failed=$((failed + 1))
    fi
done
if test "$((passed + failed + 1))" -ne "$incidents"; then # the heading is a line of the table, too
    echo "tests/LESSONS.md: $((incidents - 1)) incidents, $((passed + failed)) scenarios named"
    failed=$((failed + 1))
fi
echo "$passed passed, $failed failed"
test "$failed" -eq 0 && test "$passed" -ge 15
