#!/bin/sh
# test_plots.sh - every plot, in both formats, of small made-up traces and of none: it must succeed,
# say nothing on stderr, and leave a picture that holds what it is about.
#
#   tests/plots/test_plots.sh          prints "N passed, N failed"; exit 1 if any failed

plots=$(cd "$(dirname "$0")/../../plots" && pwd) || exit 3
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }

gaps_header="gap,observer,threshold_V,start_ns,end_ns,start_s,end_s,gap_s,error_s,v_min_V,t_min_s,missing_Vs,missing_J,open,fault,fault_ns,recovery,same_fault,hold_up_s,ride_through_s,wait_poll_s,transfer_s,decide_s,queue_s,write_s,actuate_s,bounce_s,start_up_s,recharge_s,other_s"
spans_header="gap,observer,span,class,start_ns,end_ns,start_s,end_s,span_s,event_id,event,text"
events_header="id,cause,t_s,t_ns,from_ns,part,event,value,text"

# A rack of two supplies: psu1 dies at 50 ms, the bar is down from 50.2 ms to 60 ms.
rack() {
    mkdir -p "$1"
    cat > "$1/run.yaml" <<'YAML'
title: "it's a \"dead\" supply, `seen` by the $poll of 1 %"
scenario: "scenarios/a b.yaml"
verdict: FAIL
seed: 1
thresholds:
  - {observer: "bus_a.v", column: "bus_a.v_V", value: 11.4, unit: "V", default: no}
  - {observer: "web1.v", column: "web1.v_V", value: 11.3, unit: "V", default: yes}
  - {observer: "psu1.i", column: "psu1.i_A", value: 3, unit: "A", default: no}
states:
  "psu1.state": ["OFF", "DELAY", "RAMP", "ON", "HOLD_UP", "LATCHED", "HICCUP", "HOT", "DEAD"]
  "psu2.state": ["OFF", "DELAY", "RAMP", "ON", "HOLD_UP", "LATCHED", "HICCUP", "HOT", "DEAD"]
  "sw1.state": ["OPEN", "CLOSING", "CLOSED"]
  "ctl.psu1": ["SHARING", "LOST"]
parts:
  - {name: smbus0, kind: i2c}
  - {name: bus_a, kind: bus, part: "bar"}
  - {name: psu1, kind: psu}
  - {name: psu2, kind: psu}
  - {name: sw1, kind: relay}
  - {name: web1, kind: server}
  - {name: web2, kind: server}
  - {name: ctl, kind: controller}
YAML
    awk 'BEGIN {
        print "t_s,t_ns,bus_a.v_V,psu1.i_A,psu1.i_rated_A,psu1.state,psu2.i_A,psu2.i_rated_A,psu2.state,sw1.state,web1.v_V,web2.v_V,web2.state,ctl.psu1"
        for (n = 0; n <= 1200; n++) {
            t = n / 10000; low = (t > 0.0502 && t < 0.06); dead = t >= 0.05
            v = low ? 10.5 : 12
            printf "%.9f,%d,%g,%g,100,%d,%g,80,3,%s,%g,%g,DOWN,%d\n", t, t * 1e9, v, dead ? 0 : 50, \
                dead ? 8 : 3, low ? 0 : 70, t < 0.055 ? 0 : t < 0.0599 ? 1 : 2, v - 0.1, v - 0.2, (t > 0.054)
        }
    }' > "$1/signals.csv"
    cat > "$1/events.csv" <<CSV
$events_header
1,0,0.000000000,0,0,,start,0,"the run begins, quoted"
2,1,0.000300000,300000,100000,smbus0,transfer,88,well
3,0,0.050000000,50000000,50000000,psu1,action,0,psu1.die
4,3,0.050000000,50000000,50000000,psu1,converter_dead,0,x
5,1,0.052000000,52000000,51000000,smbus0,nack,88,x
6,1,0.054000000,54000000,53000000,smbus0,bus_timeout,88,x
7,6,0.054010000,54010000,54010000,psu1,decide,1,LOST
CSV
    cat > "$1/gaps.csv" <<CSV
$gaps_header
1,bus_a.v,11.4,50200000,60000000,0.0502,0.06,0.0098,1e-9,10.5,0.055,0.008,1,0,psu1.die,50000000,sw1.conducts,1,0,0.0002,0.002,0.001,0.0001,0.0005,0.0002,0.005,0.0007,0,0.0003,0
2,"min(web1.v, web2.v)",11,50200000,60000000,0.0502,0.06,0.0098,1e-9,10.3,0.055,0.008,1,0,,,,0,0.001,0.0002,0.0098,0,0,0,0,0,0,0,0,0
3,web1.v,11.3,50300000,120000000,0.0503,0.12,0.0697,1e-9,10.4,0.056,0.008,1,1,psu1.die,50000000,,0,0.001,0.0002,0,0,0,0,0,0,0,0,0,0.0697
CSV
    # The controller reads twice before it is sure; web1 stays down.
    cat > "$1/spans.csv" <<CSV
$spans_header
1,bus_a.v,0,ride_through,50000000,50200000,0.05,0.0502,0.0002,,,ride-through
1,bus_a.v,1,wait_poll,50200000,52200000,0.0502,0.0522,0.002,5,smbus0.nack,waiting for the poll
1,bus_a.v,2,transfer,52200000,52700000,0.0522,0.0527,0.0005,5,smbus0.nack,reading on the bus
1,bus_a.v,3,decide,52700000,52720000,0.0527,0.05272,0.00002,6,smbus0.bus_timeout,deciding
1,bus_a.v,4,transfer,52720000,53220000,0.05272,0.05322,0.0005,6,smbus0.bus_timeout,reading on the bus
1,bus_a.v,5,decide,53220000,53300000,0.05322,0.0533,0.00008,7,psu1.decide,deciding
1,bus_a.v,6,queue,53300000,53800000,0.0533,0.0538,0.0005,8,smbus0.transfer,queueing for the bus
1,bus_a.v,7,write,53800000,54000000,0.0538,0.054,0.0002,9,expander0.pins,writing the command
1,bus_a.v,8,actuate,54000000,59000000,0.054,0.059,0.005,10,sw1.conducts,switch actuation
1,bus_a.v,9,bounce,59000000,59700000,0.059,0.0597,0.0007,11,sw1.bounce_closed,contact bounce
1,bus_a.v,10,recharge,59700000,60000000,0.0597,0.06,0.0003,,,recharging
2,"min(web1.v, web2.v)",1,wait_poll,50200000,60000000,0.0502,0.06,0.0098,,,waiting for the poll
3,web1.v,0,hold_up,49100000,50100000,0.0491,0.0501,0.001,,,hold-up
3,web1.v,0,ride_through,50100000,50300000,0.0501,0.0503,0.0002,,,ride-through
3,web1.v,1,other,50300000,70000000,0.0503,0.07,0.0197,12,feed_b.close,until feed_b.close
3,web1.v,2,start_up,70000000,120000000,0.07,0.12,0.05,,,not recovered (supply start-up)
CSV
}

# Ideal parts, nothing watched, nothing happens.
ideal() {
    mkdir -p "$1"
    printf 'title: "ideal"\nthresholds:\nstates:\nparts:\n  - {name: bus, kind: node}\n  - {name: p1, kind: source}\n' > "$1/run.yaml"
    printf 't_s,t_ns,bus.v_V,p1.i_A\n0,0,12,3\n0.5,500000000,12,3\n1,1000000000,12,3\n' > "$1/signals.csv"
    printf '%s\n' "$events_header" > "$1/events.csv"
    printf '%s\n' "$gaps_header" > "$1/gaps.csv"
    printf '%s\n' "$spans_header" > "$1/spans.csv"
}

draw() { # script trace out: quietly and with success?
    LC_ALL=C.UTF-8 gnuplot -c "$plots/$1.gp" "$2" "$3" > "$work/stdout" 2> "$work/stderr" &&
        [ ! -s "$work/stderr" ] && [ ! -s "$work/stdout" ]
}

rack "$work/rack"
rack "$work/it's a rack"
rack "$work/no gap"
printf '%s\n' "$gaps_header" > "$work/no gap/gaps.csv"
printf '%s\n' "$spans_header" > "$work/no gap/spans.csv"
ideal "$work/ideal"
ideal "$work/one row"
sed -i '3,$d' "$work/one row/signals.csv"
ideal "$work/only a server"
printf 't_s,t_ns,web1.state\n0,0,1\n1,1000000000,0\n' > "$work/only a server/signals.csv"
printf 'title: x\nparts:\n  - {name: web1, kind: server}\n' > "$work/only a server/run.yaml"

for script in "$plots"/*.gp; do
    name=$(basename "$script" .gp)
    [ "$name" = style ] && continue
    for trace in rack "it's a rack" "no gap" ideal "one row" "only a server"; do
        for format in svg png; do
            out="$work/$name.$format"
            rm -f "$out"
            if ! draw "$name" "$work/$trace" "$out"; then
                bad "$name.$format of '$trace': $(head -n 3 "$work/stderr")"
            elif [ "$(wc -c < "$out")" -lt 2000 ]; then
                bad "$name.$format of '$trace' is empty"
            elif [ $format = png ] && [ "$(od -An -c -N4 "$out" | tr -d ' ')" != '211PNG' ]; then
                bad "$name.png of '$trace' is no PNG"
            else
                ok
            fi
        done
    done
    # What the picture says.
    draw "$name" "$work/rack" "$work/a.svg"
    draw "$name" "$work/rack" "$work/b.svg"
    if cmp -s "$work/a.svg" "$work/b.svg"; then ok; else bad "$name differs from itself"; fi
    if grep -qs '`seen` by the \$poll of 1 %' "$work/a.svg"; then ok; else bad "$name: title not as written"; fi
    draw "$name" "$work/no gap" "$work/a.svg"
    if grep -qs 'no gap' "$work/a.svg"; then ok; else bad "$name doesn't say 'no gap'"; fi
    # Wrong use.
    if draw "$name" "$work/nowhere" "$work/x.svg"; then bad "$name accepts a missing folder"; else ok; fi
    if draw "$name" "$work/rack" "$work/x.gif"; then bad "$name accepts gif"; else ok; fi
    if draw "$name" "$work/rack" "$work/nowhere/x.svg"; then bad "$name: unwritable output"; else ok; fi
done

says() { # script words...: each is in the picture of the rack
    script=$1
    shift
    draw "$script" "$work/rack" "$work/a.svg"
    for words in "$@"; do
        if grep -qs -- "$words" "$work/a.svg"; then ok; else bad "$script doesn't say '$words'"; fi
    done
}
says voltages 'bus_a: 10.5 V at 55.' 'is a gap:' 'psu1.die' 'lowest: web2' 'time / ms'
says sharing 'rated 100 A, psu1' 'rated 80 A, psu2' 'each supply / A'
says timeline DEAD CLOSING NACK time-out LOST smbus0 'bus_a gap' DOWN
says anatomy '5 ms' 'actuation 51 %' 'hold-up' 'still open' 'until sw1.conducts' \
    'until feed_b.close 28 %' 'not recovered (supply start-up) 72 %'

# Spans stand in the order of time, whatever they are.
cat "$plots"/*.awk > "$work/all.awk"
order=$(LC_ALL=C awk -f "$work/all.awk" anatomy "$work/rack" |
    grep -o -e "'until feed_b" -e "'not recovered" -e "'waiting" -e "'reading" -e "'queueing" | head -n 5 | tr -d "\n'")
if [ "$order" = 'until feed_bnot recoveredwaitingreadingqueueing' ]; then ok; else bad "anatomy's order: '$order'"; fi

# ---- several runs ------------------------------------------------------------------------------------

# A run of one bar: poll in ms, instant of the fault in ms, gap in ms ("" none), open?
one_of() {
    rack "$1"
    awk -F, -v fall="$3" -v gap="$4" -v open="${5:-0}" -v OFS=, 'NR == 1 { print; next }
        NR == 2 && gap != "" { $4 = fall * 1e6; $5 = (fall + gap) * 1e6; $6 = fall / 1e3; $7 = (fall + gap) / 1e3
            $8 = gap / 1e3; $14 = open; $16 = fall * 1e6; print }' "$work/rack/gaps.csv" > "$1/gaps.csv"
    [ -n "$4" ] || printf '%s\n' "$spans_header" > "$1/spans.csv"
    sed -i "s/^3,0,.*/3,0,,$((fall_us = $3 * 1000))000,${fall_us}000,psu1,action,0,psu1.die/" "$1/events.csv"
    cat > "$1/rack.csv" <<CSV
part,kind,library,key,type,value,unit,text,source,estimate,said_at
ctl,controller,"",poll,number,0.00$2,s,$2 ms,"",no,
sw1,relay,"",r_on,number,0.001,Ohm,1 mOhm,"",no,
CSV
}

for at in 50 51; do
    for poll in 2 5; do one_of "$work/grid/$poll-$at" $poll $at $((poll + at - 50)); done
done
one_of "$work/four/a" 5 50 1
one_of "$work/four/b" 5 51 2
one_of "$work/four/c" 5 52 ""
one_of "$work/four/d" 5 53 40 1

says_of() { # script folder words...: each is in the picture of the folder
    script=$1
    folder=$2
    shift 2
    draw "runs/$script" "$folder" "$work/a.svg" || bad "$script of '$folder': $(head -n 3 "$work/stderr")"
    for words in "$@"; do
        if grep -qs -- "$words" "$work/a.svg"; then ok; else bad "$script doesn't say '$words'"; fi
    done
    draw "runs/$script" "$folder" "$work/b.png" || bad "$script.png: $(head -n 3 "$work/stderr")"
    draw "runs/$script" "$folder" "$work/b.svg"
    if cmp -s "$work/a.svg" "$work/b.svg"; then ok; else bad "$script differs from itself"; fi
}
read_of() { script=$1; shift; LC_ALL=C awk -f "$work/all.awk" "$script" "$@" 2> "$work/stderr"; }
block() { awk -v name="\$$1 << EOD" '$0 == name { on = 1; next } $0 == "EOD" { on = 0 } on'; }

says_of overlay "$work/four" 'After psu1.die: 4 runs' 'voltage of bus_a' 'no gap' '<text>> 40 ms' 'is a gap'
# Of none, 1 ms, 2 ms and one that stays open: two of four are no longer than 1 ms, nobody knows for 95 %.
says_of cdf "$work/four" '4 runs, 1 without a gap' 'half: 1 ms, 95 %: open' 'longest 2 ms:' '1 still open'
curve=$(read_of cdf "$work/four" | block curves | head -n 3 | tr '\n' ';')
if [ "$curve" = '0.001 0.25;0.001 0.5;0.002 0.75;' ]; then ok; else bad "the curve is '$curve'"; fi
says_of heatmap "$work/grid" 'psu1.die at' 'ctl.poll' '2 ms' '5 ms' '50 ms' '51 ms' '6 ms' '3 ms'
# The longest gap, 6 ms at 51 ms and 5 ms, is the darkest cell.
darkest=$(read_of heatmap "$work/grid" | block cells | sort -n -k 3 | head -n 1 | cut -d ' ' -f 1,2)
if [ "$darkest" = '2 2' ]; then ok; else bad "the darkest cell is '$darkest'"; fi
rm -r "$work/grid/2-50"
says_of heatmap "$work/grid" 'not run'
says_of phase "$work/four" 'instant of psu1.die within a poll of 5 ms' 'longest gap 40 ms, shortest none'
# 54.01 ms, when the controller decides, is 4.01 ms after a failure at 50 ms, and that is phase 0.
known=$(read_of phase "$work/four" | block known | head -n 2 | tr '\n' ';')
if [ "$known" = '0 4.01;1 3.01;' ]; then ok; else bad "the controller knows at '$known'"; fi

# What can't be compared is said, with a status of its own.
sed -i 's/1 mOhm/2 mOhm/' "$work/grid/5-51/rack.csv"
read_of heatmap "$work/grid" > "$work/stdout"
if [ $? -eq 4 ] && grep -q 'two parameters; these differ in .*psu1.die at.*sw1.r_on' "$work/stderr"; then ok; else
    bad "heatmap of three: $(cat "$work/stderr")"
fi
read_of phase "$work/rack" "$work/four/a" > "$work/stdout"
if [ $? -ne 0 ] && grep -q 'rack.csv' "$work/stderr"; then ok; else bad "phase without rack.csv: $(cat "$work/stderr")"; fi
draw runs/phase "$work/four/a" "$work/x.svg"
if [ $? -ne 0 ] && grep -q "differ in when something is done" "$work/stderr"; then ok; else bad "phase of one: $(cat "$work/stderr")"; fi
mkdir "$work/empty"
if draw runs/cdf "$work/empty" "$work/x.svg"; then bad "cdf accepts an empty folder"; else ok; fi

# By hand: only the folder, or several.
said=$(cd "$work" && LC_ALL=C.UTF-8 gnuplot -c "$plots/anatomy.gp" "it's a rack" 2>&1)
if [ "$said" = "it's a rack/anatomy.svg" ] && [ -s "$work/$said" ]; then ok; else bad "by hand: '$said'"; fi
said=$(cd "$work" && LC_ALL=C.UTF-8 gnuplot -c "$plots/runs/overlay.gp" rack "it's a rack" four/c 2>&1)
if [ "$said" = overlay.svg ] && grep -q 'actuation' "$work/overlay.svg"; then ok; else bad "by hand: '$said'"; fi
if LC_ALL=C.UTF-8 gnuplot -c "$plots/anatomy.gp" > "$work/stdout" 2>&1; then bad "no folder is accepted"; else
    if grep -q 'a trace folder is wanted' "$work/stdout"; then ok; else bad "no folder: $(cat "$work/stdout")"; fi
fi

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
