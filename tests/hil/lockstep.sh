#!/bin/sh
# lockstep.sh POWERGAP LINK SCENARIO... - play each with the controller in the process and with the one at
# LINK: the same event hash, or it is said where they part. Those in which it is reset must leave the same
# journal, too. A rack without a controller is skipped. A run that is ended by Ctrl-C or killed leaves no
# emulator behind.
set -u
powergap=$1 link=$2
shift 2
work=$(mktemp -d) || exit 2
trap 'rm -rf "$work"' EXIT
passed=0 failed=0

"$powergap" run --hash "$@" >"$work/here" 2>/dev/null
"$powergap" run --hash --controller "$link" "$@" >"$work/there" 2>"$work/said"

# Where the two runs of a scenario part.
part()
{
    "$powergap" run --quiet --out "$work/a" "$1" >/dev/null 2>&1
    "$powergap" run --quiet --out "$work/b" --controller "$link" "$1" 2>&1
    "$powergap" run --why-diverged "$work/a" "$work/b"
}

for scenario in "$@"; do
    hash=$(grep -F " $scenario" "$work/here")
    if [ -n "$hash" ] && grep -qxF "$hash" "$work/there"; then
        passed=$((passed + 1))
    elif grep -qF "$scenario: the rack has no controller" "$work/said"; then
        echo "skipped: $scenario: the rack has no controller"
    else
        failed=$((failed + 1))
        echo "$scenario: another run with the controller at $link"
        part "$scenario"
    fi
done
grep -v 'has no controller' "$work/said"

for scenario in "$@"; do
    grep -qE "act: ctl\.(reset|halt)" "$scenario" || continue
    "$powergap" run --quiet --out "$work/a" "$scenario" >/dev/null 2>&1
    "$powergap" run --quiet --out "$work/b" --controller "$link" "$scenario" >/dev/null 2>&1
    if diff "$work/a/journal.csv" "$work/b/journal.csv" && grep -q 'after a reset' "$work/a/journal.csv"; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "$scenario: another journal with the controller at $link"
    fi
done
# Emulators of ours: by the copy of the image that only they were started with.
emulators()
{
    for process in /proc/[0-9]*; do
        case $(readlink "$process/exe" 2>/dev/null) in
        */qemu-system-arm) tr '\0' ' ' <"$process/cmdline" 2>/dev/null | grep -F "$work" ;;
        esac
    done
}

board=${link#qemu:}
board=${board%@uart}
image=build/arm-$board/semihosting.elf
[ "$board" = "${link#qemu:}" ] || image=build/arm-$board/firmware.elf
cp "$image" "$work/image.elf"
for signal in INT KILL; do
    "$powergap" run --no-trace --real-time --controller "$link:$work/image.elf" \
        scenarios/controller/stalemate.yaml >/dev/null 2>&1 &
    run=$!
    tries=0
    until [ -n "$(emulators)" ] || [ "$tries" -ge 100 ]; do
        sleep 0.1
        tries=$((tries + 1))
    done
    kill -s "$signal" "$run"
    wait "$run" 2>/dev/null
    sleep 0.2
    if [ "$tries" -lt 100 ] && [ -z "$(emulators)" ]; then
        passed=$((passed + 1))
    else
        failed=$((failed + 1))
        echo "after SIG$signal, of a run that had started its emulator after $tries tries:"
        emulators
    fi
done
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ] && [ "$passed" -gt 0 ]
