#!/bin/sh
# twin.sh TWIN SCENARIO... - play them with a twin of the controller on the board of $POWERGAP_TWIN.
# A twin that gives another answer ends the program at once (exit status 3). Whether a scenario keeps
# its promises is for `make suite` to say.
out=$(mktemp) || exit 2
trap 'rm -f "$out"' EXIT
twin=$1
shift
"$twin" run --quiet --no-trace "$@" >"$out" 2>&1
status=$?
if [ "$status" -gt 1 ]; then
    cat "$out"
    exit "$status"
fi
grep '^twin on .* steps equal' "$out"
