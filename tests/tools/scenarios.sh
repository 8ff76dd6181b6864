#!/bin/sh
# scenarios.sh PROGRAM - play scenarios/ and print its README: one line for each with what it measured.
set -eu

table=$(mktemp)
trap 'rm -f "$table"' EXIT
"$1" test --quiet --csv "$table" scenarios >&2
awk -f tests/tools/cells.awk -f tests/tools/scenarios.awk "$table"
