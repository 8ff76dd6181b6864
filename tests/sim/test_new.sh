#!/bin/sh
# test_new.sh - whatever `powergap new` is asked for is in order, passes, and shows what it is about.
# Oracle: `powergap check` and `run`, which know nothing of who wrote a file.
set -u

powergap=$(cd "$(dirname "${POWERGAP:-build/gcc-O3/powergap}")" && pwd)/powergap
POWERGAP_DATA=$PWD/models
export POWERGAP_DATA
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
cd "$work" || exit 3
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

# Is it in order without a warning, does it pass, and are there so many parts of each kind?
good() { # name supplies bars servers, all in all
    said=$("$powergap" check --quiet "$1.yaml" 2>&1) && [ -z "$said" ] || bad "check $1: $said"
    said=$("$powergap" run --quiet --out "$1" "$1.yaml" 2>&1) && [ -z "$said" ] || bad "run $1: $said"
    found=$(awk '/^  - {name:/ { sub(/.*kind: /, ""); sub(/[,}].*/, ""); n[$0]++ } END { print n["psu"], n["bus"], n["server"] }' "$1/run.yaml")
    if [ "$found" = "$2 $3 $4" ]; then ok; else bad "$1 has $found supplies, bars, servers, not $2 $3 $4"; fi
}
# The longest gap of bar A in ms.
gap() { awk -F, '$2 == "bus_a.v" && $8 > most { most = $8 } END { print most * 1e3 }' "$1/gaps.csv"; }
within() { awk -v x="$1" -v low="$2" -v high="$3" 'BEGIN { exit !(x >= low && x <= high) }'; }

# ---- Every switch, every number of supplies that fits, every number of bars; as many servers as there
# may be, which is what it writes by itself, and one a bar.
for switch in fet relay breaker; do
    for supplies in 2 3 4 5 6 7 8; do
        for bars in 1 2 3 4; do
            [ $((supplies * bars)) -le 8 ] || continue
            name=$switch-$supplies-$bars
            "$powergap" new --switch $switch --supplies $supplies --bars $bars "$name" >said || bad "new $name: $(cat said)"
            good "$name" $((supplies * bars)) $bars $((4 * (supplies - 1) * bars))
            "$powergap" new --switch $switch --supplies $supplies --bars $bars --servers 1 "$name-1" >said ||
                bad "new $name-1: $(cat said)"
            good "$name-1" $((supplies * bars)) $bars $bars
        done
    done
done

# ---- What each is there to show: the standby's gap by the kind of switch, none with a supply to spare.
if within "$(gap fet-2-1)" 1 16; then ok; else bad "the gap with a FET stage: $(gap fet-2-1) ms"; fi
if within "$(gap relay-2-1)" 10 45; then ok; else bad "the gap with a contactor: $(gap relay-2-1) ms"; fi
if within "$(gap breaker-2-1)" 50 80; then ok; else bad "the gap with a breaker: $(gap breaker-2-1) ms"; fi
if within "$(gap fet-3-1)" 0 0; then ok; else bad "the gap with a supply to spare: $(gap fet-3-1) ms"; fi
# The fault that the comment offers instead can be played, too.
sed 's/psu1\.die/psu1.lose_input/' relay-3-1.yaml >other.yaml
if "$powergap" check --quiet other.yaml; then ok; else bad "the other fault is not in order"; fi

# ---- Defaults, an ending that is there already, folders.
mkdir sub
"$powergap" new plain >/dev/null && good plain 2 1 4
"$powergap" new sub/in.yaml >/dev/null
if [ -s sub/in.yaml ] && [ -s sub/in-rack.yaml ]; then ok; else bad "sub/in.yaml: $(ls sub)"; fi

# ---- Nothing is overwritten, and nothing half-written is left.
refuses() { # words options...
    words=$1
    shift
    "$powergap" new "$@" >said 2>&1
    status=$?
    if [ $status -eq 2 ] && grep -q -- "$words" said; then ok; else bad "new $*: exit status $status, $(cat said)"; fi
}
echo mine >half-rack.yaml
echo mine >whole.yaml
refuses "is there already" half
refuses "is there already" whole
refuses "is there already" plain
refuses "can't write 'none/x.yaml'" none/x
refuses "did you mean 'relay'" --switch rely x
refuses "--supplies wants 2 to 8" --supplies 1 x
refuses "--bars wants 1 to 4" --bars 5 x
refuses "more than the 8" --bars 3 --supplies 4 x
refuses "--servers wants 1 to 4" --servers 5 x
refuses "--servers wants 1 to 4" --servers 0 x
refuses "is no name" 'a b'
refuses "which name"
if [ "$(cat half-rack.yaml whole.yaml)" = "mine
mine" ] && [ ! -e half.yaml ] && [ ! -e whole-rack.yaml ] && [ ! -e x.yaml ]; then ok; else bad "something was written over or left"; fi
(
    ulimit -f 1
    "$powergap" new --supplies 8 full >said 2>&1
)
status=$?
if [ $status -eq 2 ] && grep -q "can't write" said && [ ! -e full.yaml ] && [ ! -e full-rack.yaml ]; then ok; else
    bad "a full disk: $status, $(cat said), left $(ls full* 2>/dev/null)"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
