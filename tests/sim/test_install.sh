#!/bin/sh
# test_install.sh - what is installed works where it is put. Oracle: the manual, FILES; the disk.
set -u

powergap=${POWERGAP:-build/gcc-O3/powergap}
variant=$(basename "$(dirname "$powergap")") # gcc-O3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }
makes() {
    env -u MAKEFLAGS -u MAKELEVEL make --no-print-directory CC="${variant%-*}" OPT="${variant##*-}" "$@"
}

# ---- Another prefix compiles nothing anew.
makes install DESTDIR="$work/stage" PREFIX=/opt/powergap >"$work/said" 2>&1 || bad "make install: $(cat "$work/said")"
if grep -qE '^  (CC|LD) ' "$work/said"; then bad "another PREFIX builds: $(grep -E -m 3 '^  (CC|LD) ' "$work/said")"; else ok; fi

# ---- The manual's FILES, a page for each command, completion.
prefix=$work/stage/opt/powergap
for file in bin/powergap share/powergap/parts/crps-2000w-12v.yaml share/powergap/scenarios/psu-failure/fet.yaml \
    share/powergap/plots/voltages.gp share/man/man1/powergap.1 share/man/man5/powergap-scenario.5 \
    share/bash-completion/completions/powergap share/zsh/site-functions/_powergap \
    sbin/powergapd share/man/man8/powergapd.8 lib/systemd/system/powergapd.service; do
    if [ -s "$prefix/$file" ]; then ok; else bad "$file is not installed"; fi
done
for command in $("$powergap" --help | sed -n '/^Commands:/,/^$/s/^  \([a-z]*\) .*/\1/p'); do
    if [ -s "$prefix/share/man/man1/powergap-$command.1" ]; then ok; else bad "$command has no manual page"; fi
done

# What the service starts is what was installed.
if grep -q '^ExecStart=/opt/powergap/sbin/powergapd ' "$prefix/lib/systemd/system/powergapd.service"; then ok; else
    bad "the service starts something else"
fi

# ---- Packed, moved, and used from a folder that has nothing of ours: it finds its own files.
mv "$prefix" "$work/moved"
program=$work/moved/bin/powergap
cd /
if [ "$("$program" --version | sed -n 's/^data: //p')" = "$work/moved/share/powergap" ]; then ok; else
    bad "data: $("$program" --version)"
fi
if "$program" run --quiet --out "$work/t" "$work/moved/share/powergap/scenarios/psu-failure/fet.yaml"; then ok; else
    bad "an installed scenario does not run"
fi
if "$program" parts crps-2000w-12v | grep -q "^# $work/moved/share/powergap/parts/"; then ok; else bad "parts"; fi
if "$program" plot --format svg --only voltages "$work/t" >"$work/said" && [ -s "$work/t/voltages.svg" ]; then ok; else
    bad "plot: $(cat "$work/said")"
fi
# A link to it, as in ~/bin, will do.
ln -s "$program" "$work/linked"
if "$work/linked" parts crps-550w-12v >/dev/null; then ok; else bad "through a link it finds no parts"; fi
# POWERGAP_DATA comes first.
mkdir -p "$work/own/parts"
sed 's/^doc:.*/doc: my own/' "$work/moved/share/powergap/parts/crps-2000w-12v.yaml" >"$work/own/parts/crps-2000w-12v.yaml"
if POWERGAP_DATA=$work/own "$program" parts crps-2000w-12v | grep -q "^# $work/own/parts/"; then ok; else
    bad "POWERGAP_DATA does not come first"
fi
cd - >/dev/null || exit 1

# ---- Uninstalled, nothing is left.
makes install DESTDIR="$work/stage" PREFIX=/opt/powergap >/dev/null 2>&1
makes uninstall DESTDIR="$work/stage" PREFIX=/opt/powergap >/dev/null 2>&1
left=$(find "$work/stage" ! -type d)
if [ -z "$left" ]; then ok; else bad "left behind: $left"; fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
