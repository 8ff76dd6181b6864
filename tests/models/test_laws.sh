#!/bin/sh
# test_laws.sh - each test that tests/LAWS.md names is there.
passed=0 failed=0
for law in $(sed -n 's/^| .* | `\(.*\) \(.*\)` |$/\1:\2/p' tests/LAWS.md); do
    if grep -q "^Test([a-z_]*, ${law#*:})" "${law%:*}"; then
        passed=$((passed + 1))
    else
        echo "tests/LAWS.md names ${law#*:}, but ${law%:*} has no such test"
        failed=$((failed + 1))
    fi
done
echo "$passed passed, $failed failed"
test "$failed" -eq 0 && test "$passed" -ge 20
