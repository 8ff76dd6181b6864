# story.sh - for shell tests, to be sourced: what a claim is, and the sum at the end.
# shellcheck shell=sh
#
#   holds "what is claimed" COMMAND...   passes when the command does
#   ends_with STATUS COMMAND...          its output to $work/said
#   says TEXT                            is TEXT in what the last one said?
#   story_ends                           "N passed, N failed"; exit status
#
# $powergap is the program under test; $work a folder that is removed at the end.

# shellcheck disable=SC2034 # for those who source this
powergap=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT
trap 'exit 3' INT TERM
passed=0
failed=0

holds()
{
    claim=$1
    shift
    if "$@"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "does not hold: $claim"
        echo "    $*"
        cut -c1-200 "$work/said" | head -n 30 | sed 's/^/    | /'
    fi
}

ends_with()
{
    wanted=$1
    shift
    "$@" >"$work/said" 2>&1 </dev/null
    status=$?
    [ "$status" -eq "$wanted" ] && return 0
    echo "exit status $status, not $wanted"
    return 1
}

says()
{
    grep -qF -- "$1" "$work/said"
}

never_says()
{
    ! says "$1"
}

story_ends()
{
    echo "$passed passed, $failed failed"
    [ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
    exit
}
