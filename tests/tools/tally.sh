#!/bin/sh
# tally.sh JOBS LOGS < list - run a list of commands, JOBS at a time, and add up what passed.
#
# A line of the list is "NAME: COMMAND". One line is printed for each as it ends; the output of one
# that failed is shown, that of the others is kept in the folder LOGS. A Criterion binary counts the
# tests of its closing line, a tally within counts what it added up, anything else counts as one.
# Closes with "N passed, N failed"; exit status 0 if nothing failed and something passed.
set -u

# run_one LOGS LINE - output in one piece, because others print at the same time.
run_one()
{
    name=${2%%: *}
    log=$1/$(echo "$name" | tr ' /,=' '____').log
    begin=$(date +%s)
    sh -c "${2#*: }" >"$log" 2>&1 </dev/null
    status=$?
    took=$(($(date +%s) - begin))

    # shellcheck disable=SC2046 # two words are wanted
    set -- "$1" $(sed 's/\x1b\[[0-9;]*m//g' "$log" | awk -v status=$status '
        /Synthesis: Tested:/  { gsub(/[^0-9]+/, " "); $0 = $0; n++; passed += $2; failed += $1 - $2 }
        /^[0-9]+ passed, [0-9]+ failed$/ { n++; passed += $1; failed += $3 }
        END {
            if (!n) passed = status == 0
            if (status && !failed) failed = 1
            print passed + 0, failed + 0
        }')
    echo "$2 $3" >>"$1/counts"
    if [ "$status" -eq 0 ] && [ "$3" -eq 0 ]; then
        printf 'ok    %-58s %5d passed %4d s\n' "$name" "$2" "$took"
    else
        printf 'FAIL  %-58s %5d failed %4d s  (exit status %d)\n%s\n' "$name" "$3" "$took" \
            "$status" "$(sed 's/^/    | /' "$log")"
    fi
}

if [ "$1" = --one ]; then
    run_one "$2" "$3"
    exit 0
fi

mkdir -p "$2"
: >"$2/counts"
xargs -d '\n' -n 1 -P "$1" sh "$0" --one "$2"
awk '{ p += $1; f += $2 } END { printf "%d passed, %d failed\n", p, f; exit f || !p }' "$2/counts"
