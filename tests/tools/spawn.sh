#!/bin/sh
# spawn.sh COMMAND... - run a Criterion program; once more if it could not even start a test (its own
# message), which says something about the machine and nothing about us.
out=$(mktemp) || exit 2
"$@" >"$out" 2>&1
status=$?
if [ "$status" -ne 0 ] && grep -q 'Could not spawn test instance' "$out"; then
    "$@" >"$out" 2>&1
    status=$?
fi
cat "$out"
rm -f "$out"
exit "$status"
