#!/bin/sh
# test_compare.sh - `powergap compare`: a shift, an offset, a slower switch, a capture. Oracles: traces that
# awk has shifted or lifted by a known amount; a capacitor's closed form.
#
#   POWERGAP=build/gcc-O3/powergap sh tests/sim/test_compare.sh      prints "N passed, N failed"

powergap=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }
ends() { # STATUS WORDS ARGUMENTS...: exit status, and a line that has the words (spaces as one)
    status=$1
    words=$2
    shift 2
    "$powergap" compare "$@" >"$work/said" 2>&1
    got=$?
    if [ $got -eq "$status" ] && tr -s ' ' <"$work/said" | grep -qF -- "$words"; then ok; else
        bad "compare $*: status $got instead of $status and '$words': $(tail -n 4 "$work/said")"
    fi
}

a=$work/a
"$powergap" run --quiet --out "$a" scenarios/psu-failure/fet.yaml || bad 'no trace'

# Each time of a trace later by some nanoseconds.
shifted() { # NANOSECONDS FOLDER
    cp -r "$a" "$2"
    for file in events.csv gaps.csv signals.csv; do
        awk -F, -v OFS=, -v by="$1" 'NR == 1 { for (i = 1; i <= NF; i++) {
                if ($i ~ /^(t|from|start|end)_ns$/) ns[i]
                if ($i ~ /^(t|start|end)_s$/) s[i] } print; next }
            { for (i in ns) $i += by; for (i in s) $i = sprintf("%.9f", $i + by * 1e-9); print }' \
            "$a/$file" >"$2/$file"
    done
}

# ---- traces ----------------------------------------------------------------------------------------

ends 0 'WITHIN: all of it' "$a" "$a"
ends 0 '0 s apart at most; 0 beyond 1 us' "$a" "$a"

shifted 10000 "$work/late"
ends 1 '10 us apart at most' "$a" "$work/late"
ends 1 'sw2.conducts 52.8 ms 52.81 ms +10 us BEYOND' "$a" "$work/late"
ends 1 'bus_a.v < 11.4 V 3.181 ms 3.181 ms +10 us +10 us BEYOND' "$a" "$work/late"
ends 0 '0 beyond 10 us' --time '10 us' "$a" "$work/late"
ends 0 'its times less +10 us' --align psu1.die "$a" "$work/late"
ends 0 'its times less +10 us' --align gap1 "$a" "$work/late"
ends 0 'its times less +10 us' --shift '10 us' "$a" "$work/late"
ends 1 'psu1.die 50 ms 49.99 ms -10 us BEYOND' --shift '20 us' --all "$a" "$work/late"

# 30 mV more on one waveform: that is its rms and the most of it.
cp -r "$a" "$work/high"
awk -F, -v OFS=, -v CONVFMT=%.12g 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == "bus_a.v_V") c = i }
    NR > 1 { $c += 0.03 } 1' "$a/signals.csv" >"$work/high/signals.csv"
ends 1 'bus_a.v 30 mV 30 mV 20 mV' --tolerance '*.v=20 mV' "$a" "$work/high"
ends 1 'BEYOND: 0 events, 0 gaps, 1 waveform' --tolerance '*.v=20 mV' "$a" "$work/high"
ends 0 'bus_a.v 30 mV 30 mV 31 mV' --tolerance '*.v=20 mV' --tolerance 'bus_a.v=31 mV' "$a" "$work/high"

# A switch that takes 5 ms more: the gap ends so much later.
sed "s,\.\./racks/standby-fet.yaml,{file: $PWD/scenarios/racks/standby-fet.yaml\, sw2: {gate_current: 10 uA}}," \
    scenarios/psu-failure/fet.yaml >"$work/slow.yaml"
"$powergap" run --quiet --out "$work/slow" "$work/slow.yaml"
longer=$(awk -F, 'FNR == 2 { gap[++n] = $8 } END { printf "%.4g", (gap[2] - gap[1]) * 1e3 }' \
    "$a/gaps.csv" "$work/slow/gaps.csv")
ends 1 "bus_a.v < 11.4 V 3.181 ms 8.575 ms +0 s +$longer ms BEYOND" "$a" "$work/slow"

# Every difference is in the table.
"$powergap" compare --quiet --csv "$work/d.csv" "$a" "$work/late"
if awk -F, '$1 == "event" && $2 == "sw2.conducts" && $7 > 9.9e-6 && $7 < 10.1e-6 && $14 == "BEYOND" { n++ }
    END { exit n != 1 }' "$work/d.csv"; then ok; else bad "d.csv: $(grep sw2.conducts "$work/d.csv")"; fi

# ---- a capture -------------------------------------------------------------------------------------

# 10 mF through 1 Ohm: 12 V exp(-t / 10 ms), below 6 V from 6.931 ms on. The probe divides by 10, writes
# millivolts and milliseconds, and its clock starts 2 ms early.
cat >"$work/rc.yaml" <<'YAML'
title: a capacitor is discharged
rack: {b: {is: node, c: 10 mF, v0: 12 V}, r: {is: resistor, from: b, r: 1 Ohm}}
duration: 20 ms
expect: [{gap: b.v < 6 V, at_most: 1 s}]
YAML
"$powergap" run --quiet --out "$work/rc" "$work/rc.yaml"
awk 'BEGIN { print "made by a scope"; print "Time,CH1"
    for (t = 0; t <= 20.001; t += 0.02) printf "%.6f,%.6f\n", t + 2, 1200 * exp(-t / 10) }' >"$work/scope.csv"
cat >"$work/scope.yaml" <<'YAML'
header: 2
time: {column: Time, unit: ms}
signals:
  b.v: {column: 2, unit: mV, scale: 10}
YAML
ends 0 'WITHIN' --map "$work/scope.yaml" --shift '2 ms' --tolerance 'b.v=1 mV' "$work/rc" "$work/scope.csv"
ends 0 'b.v < 6 V 13.07 ms 13.07 ms' --map "$work/scope.yaml" --align gap1 "$work/rc" "$work/scope.csv"
ends 1 'b.v < 6 V 13.07 ms 13.07 ms +2 ms +2 ms BEYOND' --map "$work/scope.yaml" "$work/rc" "$work/scope.csv"

# ---- what is wrong ---------------------------------------------------------------------------------

ends 2 'wants two trace folders' "$a"
ends 2 "can't read" "$a" "$work/nowhere"
ends 2 "did you mean 'sw2.conducts'?" --align sw2.conduct "$a" "$a"
ends 2 "matches no waveform" --tolerance 'bux.v=1 V' "$a" "$a"
ends 2 "bus_a.v wants a voltage such as '12 V', not '12 A'" --tolerance 'bus_a.v=12 A' "$a" "$a"
ends 2 "wants a signal and a value" --tolerance '12 V' "$a" "$a"
wrong() { # WORDS MAP
    printf '%s\n' "$2" >"$work/map.yaml"
    ends 2 "$1" --map "$work/map.yaml" "$work/rc" "$work/scope.csv"
}
wrong "no column 'Tim'" '{header: 2, time: {column: Tim, unit: ms}, signals: {b.v: {column: 2, unit: V}}}'
wrong 'no unit of time' '{header: 2, time: {column: 1, unit: V}, signals: {b.v: {column: 2, unit: V}}}'
wrong "has no 'uni'" '{header: 2, time: {column: 1, unit: ms}, signals: {b.v: {column: 2, uni: V}}}'
wrong "ends before column '3'" '{header: 2, time: {column: 1, unit: ms}, signals: {b.v: {column: 3, unit: V}}}'
wrong 'this is no number' '{header: 1, time: {column: 1, unit: ms}, signals: {b.v: {column: 2, unit: V}}}'
wrong "has 'time' and 'signals'" '{signals: {b.v: {column: 2, unit: V}}}'
wrong "a map of a capture has no 'decimal'" '{decimal: comma, header: 2, time: {column: 1, unit: ms}, signals: {b.v: {column: 2, unit: V}}}'
wrong "has 'time' and 'signals'" '{header: 2, time: {column: 1, unit: ms}, signals: {}}'
wrong "'header' wants a number of lines" '{header: -3, time: {column: 1, unit: ms}, signals: {b.v: {column: 2, unit: V}}}'
wrong "'header' wants a number of lines" '{header: 1.5, time: {column: 1, unit: ms}, signals: {b.v: {column: 2, unit: V}}}'
sed '5s/,.*/,nan/' "$work/scope.csv" >"$work/nan.csv"
ends 2 'nan.csv:5:' --map "$work/scope.yaml" "$work/rc" "$work/nan.csv"
sed '9s/.*/1,1/' "$work/scope.csv" >"$work/back.csv"
ends 2 'time runs backwards' --map "$work/scope.yaml" "$work/rc" "$work/back.csv"
head -n 3 "$work/scope.csv" >"$work/short.csv"
ends 2 'too few' --map "$work/scope.yaml" "$work/rc" "$work/short.csv"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
