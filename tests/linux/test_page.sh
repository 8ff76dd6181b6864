#!/bin/sh
# test_page.sh - powergapd's manual page and its service. Oracles: --help; systemd's own reader of units.
set -u

program=${POWERGAP:-build/gcc-O3/powergap}d
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

for option in $("$program" --help | sed -n 's/^  --\([a-z-]*\) .*/\1/p'); do
    [ "$option" = help ] && continue
    if grep -q "^\.It Fl -$option\( \|$\)" hil/linux/powergapd.8; then ok; else bad "the page lacks --$option"; fi
    if grep -q "^\.\(Op \)\{0,1\}Fl -$option\( \|$\)" hil/linux/powergapd.8; then ok; else
        bad "its synopsis lacks --$option"
    fi
done
[ "$passed" -ge 16 ] || bad "--help lists no options"

# What the service starts is where it is installed; systemd finds nothing to complain about.
sed "s|@BINDIR@|$(cd "$(dirname "$program")" && pwd)|; /^Documentation=/d" hil/linux/powergapd.service \
    >"$work/powergapd.service"
if command -v systemd-analyze >/dev/null; then
    said=$(systemd-analyze verify "$work/powergapd.service" 2>&1 | grep powergapd)
    if [ -z "$said" ]; then ok; else bad "$said"; fi
else
    echo 'SKIPPED: systemd-analyze is not installed, the service unchecked'
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
