#!/bin/sh
# lint.sh SOURCE... - clang-tidy and cppcheck on the sources, MISRA on controller/, and the checkers
# of manual pages and shell scripts. Runs them all, then fails if one of them complained.
set -u
bad=0
jobs=$(nproc)

echo "clang-tidy"
# shellcheck disable=SC2016 # the dollars are the inner shell's
printf '%s\n' "$@" | xargs -r -n 1 -P "$jobs" sh -c '
    out=$(clang-tidy --quiet "$0" -- -std=c11 -I. -D_POSIX_C_SOURCE=200809L \
        $(pkg-config --cflags umockdev-1.0) \
        -DPOWERGAP_VERSION="\"\"" -DPOWERGAP_FIRMWARE="\"\"" 2>&1) && exit 0
    printf "%s\n" "$out" | grep -v "warnings\{0,1\} generated\.$"; exit 1' || bad=1

# Tests are left out: cppcheck cannot see through the macros of Criterion.
echo "cppcheck"
cppcheck --quiet --std=c11 -j "$jobs" -I. --error-exitcode=1 --inline-suppr \
    --enable=warning,performance,portability --suppress=missingIncludeSystem \
    -DPOWERGAP_VERSION='""' -DPOWERGAP_FIRMWARE='""' controller models sim hil || bad=1

# Paths through the controller that read what was never written, or past an end.
echo "gcc -fanalyzer on controller/"
for source in controller/*.c; do
    gcc -std=c11 -I. -ffreestanding -O1 -fanalyzer -Werror -c "$source" -o /dev/null || bad=1
done

# A deviation is a line of controller/MISRA.md that names the rule: "Rule 15.5".
echo "MISRA C:2012 on controller/"
allowed=$(grep -oE '(Rule|Dir\.?) +[0-9]+\.[0-9]+' controller/MISRA.md 2>/dev/null |
    sed 's/.* /misra-c2012-/' | sort -u)
misra()
{
    cppcheck --quiet --std=c11 -I. --addon=misra --template='{file}:{line}: {id}' \
        --suppress=missingIncludeSystem "$@" 2>&1 | grep ': misra-' | sort -u
}
misra controller >build/misra.txt
# No finding is good news only from a tool that would have found one: an undeclared function (8.4)
# with an octal number (7.1) behind an if without braces (15.6).
printf 'int f(int a) {\n    if (a > 0)\n        return 010;\n    return 0;\n}\n' >build/planted.c
for rule in 8.4 7.1 15.6; do
    misra build/planted.c | grep -q "misra-c2012-$rule\$" ||
        { echo "cppcheck's addon does not find a planted violation of rule $rule"; bad=1; }
done
awk -v allowed="$allowed" '
    BEGIN { split(allowed, a, "\n"); for (i in a) ok[a[i]] = 1 }
    { n[$2]++ }
    !($2 in ok) { print $0 " is not among the deviations in controller/MISRA.md"; bad = 1 }
    END {
        for (rule in n) if (rule in ok) printf "    %-18s %4d times, a listed deviation\n", rule, n[rule]
        exit bad
    }' build/misra.txt || bad=1

echo "mandoc"
mandoc -Tlint -Wwarning sim/man/*.[15] hil/linux/*.8 || bad=1

echo "shellcheck"
shellcheck tests/tools/*.sh tests/bench/*.sh tests/hil/*.sh .ci/run || bad=1
shellcheck -x --severity=warning tests/*/test_*.sh || bad=1

exit $bad
