#!/bin/sh
# test_claims.sh - README's table of claims says what its scenarios measure today.
set -u

readme=$(mktemp) || exit 3
trap 'rm -f "$readme"' EXIT INT TERM

cp README.md "$readme"
if ! sh tests/tools/claims.sh "${POWERGAP:-build/gcc-O3/powergap}" "$readme"; then
    echo "a claim does not hold"
elif ! diff README.md "$readme"; then
    echo "README.md says otherwise: 'make claims' writes what is measured now"
else
    echo "1 passed, 0 failed"
    exit 0
fi
echo "0 passed, 1 failed"
exit 1
