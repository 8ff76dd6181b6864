#!/bin/sh
# test_waves.sh - waveforms say what the trace says. Oracles: the trace's own tables, read beside a VCD
# reader of its own (wave.awk); and GTKWave's converters.
set -u

powergap=${POWERGAP:-build/gcc-O3/powergap}
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }
same() { # what, expected, found
    if cmp -s "$2" "$3"; then ok; else bad "$1:"; diff "$2" "$3" | head -n 8; fi
}
changes() { awk -f "$here/wave.awk" "$1"; }

scenario=scenarios/psu-failure/relay.yaml
"$powergap" run --quiet --out "$work/plain" $scenario || bad "the scenario does not pass"
"$powergap" run --quiet --out "$work/t" --vcd "$work/w.vcd" $scenario || bad "with --vcd it does not"
changes "$work/w.vcd" >"$work/all" || bad "no VCD"

# ---- Looking steers nothing.
for file in events.csv signals.csv gaps.csv spans.csv verdict.csv; do
    same "$file with and without waveforms" "$work/plain/$file" "$work/t/$file"
done

# ---- Gaps: every edge of gaps.csv, to the nanosecond, and no other.
awk -F, 'NR > 1 { print $4, 1; if ($14 == 0) print $5, 0 }' "$work/t/gaps.csv" | sort >"$work/want"
awk -F'\t' '$2 ~ /^gaps\./ && !($1 == 0 && $3 == 0) { print $1, $3 }' "$work/all" | sort >"$work/got"
[ -s "$work/want" ] || bad "the scenario has no gap"
same "edges of gaps" "$work/want" "$work/got"

# ---- Curves: a straight line between two changes goes through every row of signals.csv.
for signal in bus_a.v_V psu1.i_A psu2.i_A web1.v_V; do
    awk -F'\t' -v s="$signal" '$2 == s { print $1, $3 }' "$work/all" >"$work/points"
    awk -F, -v s="$signal" 'NR == 1 { for (i in head) delete head[i]; for (i = 1; i <= NF; i++) if ($i == s) c = i; next }
        { print $2, $c }' "$work/t/signals.csv" |
        awk -v s="$signal" '
            NR == FNR { t[++n] = $1; v[n] = $2; next }
            { # rows of one instant: before and after a jump; the line may be at either
                while (k < n && t[k + 1] <= $1) k++
                at = k < n && t[k] < $1 ? v[k] + (v[k + 1] - v[k]) * ($1 - t[k]) / (t[k + 1] - t[k]) : v[k]
                before = k > 1 && t[k] == $1 && t[k - 1] == $1 - 1 ? v[k - 1] : at
                off = at - $2; off = off < 0 ? -off : off
                other = before - $2; other = other < 0 ? -other : other
                off = other < off ? other : off
                size = $2 < 0 ? -$2 : $2
                if (off > 0.001 * (size + 1)) { wrong++; if (wrong < 4) print s " at " $1 " ns: " at ", not " $2 }
                rows++
            }
            END { if (rows < 1000 || n < 10) print s ": " rows + 0 " rows, " n + 0 " points"; exit wrong > 0 || rows < 1000 || n < 10 }
        ' "$work/points" - >"$work/off" && ok || bad "$(cat "$work/off")"
done

# ---- States: what the controller decides is in its view in the same nanosecond.
awk -F, '$7 == "decide" { print $4, $6, $9 }' "$work/t/events.csv" >"$work/want"
awk -F'\t' '$2 ~ /^ctl\.psu[12]$/ { sub(/^ctl\./, "", $2); print $1, $2, $3 }' "$work/all" |
    grep -F -x -f "$work/want" >"$work/got"
[ -s "$work/want" ] || bad "nothing was decided"
same "decisions" "$work/want" "$work/got"

# ---- Bus traffic: each transfer from where it began to where it ended, with its event's number.
awk -F, '$7 == "transfer" || $7 == "nack" || $7 == "bus_timeout" { print $5, $4, "#" $1 }' \
    "$work/t/events.csv" >"$work/want"
awk -F'\t' '$2 == "smbus0.transfer" {
        if (on != "") print from, $1, on
        on = ""
        if ($3 ~ /#[0-9]+$/ && $3 !~ /^(nine clocks|mux reset)/) { on = $3; sub(/.*#/, "#", on); from = $1 }
    }' "$work/all" >"$work/got"
[ "$(wc -l <"$work/want")" -gt 50 ] || bad "the bus is quiet"
same "transfers" "$work/want" "$work/got"

# ---- What the supply of a dead converter says: power not good (bit 11), off (6), CML or output faults.
if grep -q "smbus0.transfer	R 58 psu1 STATUS_WORD 0x8841 PEC ok" "$work/all"; then ok; else
    bad "the lost supply's STATUS_WORD: $(grep -m 3 'psu1 STATUS_WORD' "$work/all")"
fi
volts=$(sed -n 's/.*R 58 psu1 READ_VOUT \([0-9.]*\) V PEC ok.*/\1/p' "$work/all" | head -n 1)
if awk -v v="$volts" 'BEGIN { exit !(v > 11.8 && v < 12.4) }'; then ok; else bad "READ_VOUT is '$volts'"; fi

# ---- A bus that errs: each word is said as often as the trace counts it.
cat >"$work/errs.yaml" <<'YAML'
duration: 100 ms
rack:
  smbus0: {is: i2c, clock: 400 kHz}
  expander0: {part: expander-pca9555, i2c: smbus0/0x20}
  bus_a: {part: bar-12v-copper, spare: 0}
  psu1: {part: crps-2000w-12v, i2c: smbus0/0x58}
  psu2: {part: crps-2000w-12v, i2c: smbus0/0x59}
  sw1: {part: back-to-back-100a, from: psu1, to: bus_a, on: expander0.0}
  sw2: {part: back-to-back-100a, from: psu2, to: bus_a, on: expander0.1}
  web1: {part: server-12v-500w, from: bus_a}
  ctl: {is: controller, poll: 5 ms}
do:
  - {at: 40 ms, act: smbus0.garble}
  - {at: 60 ms, act: smbus0.nack}
expect:
  - {never: bus_a.v < 11 V}
YAML
"$powergap" run --quiet --out "$work/e" --vcd "$work/e.vcd" "$work/errs.yaml" || bad "the bus that errs"
changes "$work/e.vcd" >"$work/e.all"
errors=$(grep -c 'PEC error' "$work/e.all")
nacks=$(awk -F, '$7 == "nack"' "$work/e/events.csv" | wc -l)
if [ "$errors" -eq 1 ]; then ok; else bad "$errors PEC errors, not 1"; fi
if [ "$nacks" -ge 1 ] && [ "$(grep -c ' NACK #' "$work/e.all")" -eq "$nacks" ]; then ok; else bad "NACKs: not $nacks"; fi

# ---- A window: what is in it is what all of the run has there.
"$powergap" run --quiet --no-trace --vcd "$work/part.vcd" --window '50 ms..75ms' $scenario || bad "--window"
changes "$work/part.vcd" >"$work/part"
for which in gaps ctl.psu psu1.state smbus0.transfer; do
    awk -F'\t' -v w="$which" '$1 > 50000000 && $1 <= 75000000 && index($2, w) == 1' "$work/all" >"$work/want"
    awk -F'\t' -v w="$which" '$1 > 50000000 && index($2, w) == 1' "$work/part" >"$work/got"
    same "$which within the window" "$work/want" "$work/got"
done
if [ "$(sed -n 's/^#//p' "$work/part.vcd" | sed -n '1p;$p' | tr '\n' ' ')" = "50000000 75000000 " ]; then ok; else
    bad "the window begins and ends elsewhere"
fi

# ---- FST: GTKWave's converters bring it back unchanged; without them a clear word and no file.
"$powergap" run --quiet --no-trace --fst "$work/w.fst" $scenario || bad "--fst"
fst2vcd "$work/w.fst" 2>/dev/null >"$work/back.vcd"
sort "$work/all" >"$work/want"
changes "$work/back.vcd" | sort >"$work/got"
awk -F'\t' '$3 ~ /^-?[0-9.e+-]+$/ { $3 = sprintf("%.9g", $3) } { print $1, $2, $3 }' "$work/want" | sort -u >"$work/want.9"
awk -F'\t' '$3 ~ /^-?[0-9.e+-]+$/ { $3 = sprintf("%.9g", $3) } { print $1, $2, $3 }' "$work/got" | sort -u >"$work/got.9"
same "FST there and back" "$work/want.9" "$work/got.9"
if [ "$(wc -c <"$work/w.fst")" -lt "$(wc -c <"$work/w.vcd")" ]; then ok; else bad "FST is larger than VCD"; fi
mkdir "$work/bin"
if PATH=$work/bin "$powergap" run --no-trace --fst "$work/none.fst" $scenario >"$work/said" 2>&1; then
    bad "--fst without vcd2fst passes"
elif grep -q "can't run vcd2fst" "$work/said" && grep -q "package gtkwave" "$work/said"; then ok; else
    bad "--fst without vcd2fst: $(cat "$work/said")"
fi

# ---- The view names waves that are there, and one of the user's own stays.
sed -n 's/^+{[^}]*} //p' "$work/w.gtkw" | sort >"$work/want"
cut -f 2 "$work/all" | sort -u >"$work/names"
if [ -s "$work/want" ] && [ -z "$(comm -23 "$work/want" "$work/names")" ]; then ok; else
    bad "the view names $(comm -23 "$work/want" "$work/names")"
fi
echo mine >"$work/w.gtkw"
"$powergap" run --quiet --no-trace --vcd "$work/w.vcd" $scenario
if [ "$(cat "$work/w.gtkw")" = mine ]; then ok; else bad "a view was replaced"; fi

# ---- What goes wrong is said, and leaves what there was.
refuses() { # words options...
    words=$1
    shift
    "$powergap" run --no-trace "$@" >"$work/said" 2>&1
    status=$?
    if [ $status -eq 2 ] && grep -q -- "$words" "$work/said"; then ok; else
        bad "$*: exit status $status, $(head -n 3 "$work/said")"
    fi
}
refuses "one FILE with --vcd" --vcd "$work/x.vcd" $scenario scenarios/psu-failure/fet.yaml
refuses "which --vcd or --fst" --window 1ms..2ms $scenario
refuses "wants two times" --vcd "$work/x.vcd" --window 2ms..1ms $scenario
refuses "wants two times" --vcd "$work/x.vcd" --window 2..3 $scenario
refuses "begins when the scenario has ended" --vcd "$work/x.vcd" --window 1h..2h $scenario
refuses "can't write '$work/none/x.vcd'" --vcd "$work/none/x.vcd" $scenario
refuses "can't write '/dev/full': No space" --vcd /dev/full $scenario
cp "$work/w.vcd" "$work/before.vcd"
(
    ulimit -f 64
    "$powergap" run --quiet --no-trace --vcd "$work/w.vcd" $scenario >"$work/said" 2>&1
)
status=$?
if [ $status -eq 2 ] && grep -q "can't write" "$work/said"; then ok; else bad "a full disk: $status, $(cat "$work/said")"; fi
same "the file before" "$work/before.vcd" "$work/w.vcd"
cp "$work/w.fst" "$work/before.fst"
(
    ulimit -f 16
    "$powergap" run --quiet --no-trace --fst "$work/w.fst" $scenario >"$work/said" 2>&1
)
status=$?
if [ $status -eq 2 ]; then ok; else bad "a full disk, FST: $status, $(cat "$work/said")"; fi
same "the FST before" "$work/before.fst" "$work/w.fst"
if [ -z "$(find "$work" -name '*partial*')" ] && [ ! -e "$work/x.vcd" ] && [ ! -e "$work/none.fst" ]; then ok; else
    bad "left over: $(find "$work" -name '*partial*' -o -name 'x.vcd' -o -name none.fst)"
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
