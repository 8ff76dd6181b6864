#!/bin/sh
# test_report.sh - `powergap report`: of one run, of a suite, as HTML and as PDF, and what it says when
# something is missing. Oracles: xmllint, the trace's own CSV files, and Chromium, where they are
# installed: CI has them.
#
#   POWERGAP=build/gcc-O3/powergap sh tests/sim/test_report.sh      prints "N passed, N failed"

program=${POWERGAP:-build/gcc-O3/powergap}
work=$(mktemp -d) || exit 3
trap 'rm -rf "$work"' EXIT INT TERM
passed=0
failed=0

ok() { passed=$((passed + 1)); }
bad() { failed=$((failed + 1)); echo "FAIL: $*"; }
check() { # WHAT COMMAND...: must succeed
    what=$1
    shift
    if "$@"; then ok; else bad "$what"; fi
}
report() { "$program" report "$@" >"$work/said" 2>&1; }
has() { command -v "$1" >/dev/null; }

# Three runs: one with gaps, one without, one that fails and whose title needs escaping.
run() { "$program" run --quiet --out "$work/suite/$2" "$1" >"$work/said" 2>&1; }
run scenarios/psu-failure/fet.yaml psu-failure/fet
run scenarios/server-channel/restart-at-once.yaml server-channel/restart
cat >"$work/wrong.yaml" <<'YAML'
title: '<b>"it''s" & {{script}}'
covers: ['a & b']
rack:
  bus: {is: node, c: 10 mF, v0: 12 V}
  p1: {is: source, at: bus, e: 12 V, r: 1 mOhm, i_max: 100 A}
  l1: {is: load, at: bus, p: 800 W, off_below: 9 V}
duration: 1 ms
do: [{at: 100 us, act: p1.off}]
expect: [{gap: bus.v < 11.5 V, at_most: 0 ms}]
YAML
run "$work/wrong.yaml" wrong
fet=$work/suite/psu-failure/fet
restart=$work/suite/server-channel/restart

check 'no report of a run' report "$fet" -o "$work/one.html"
check 'no report of a suite' report "$work/suite" -o "$work/suite.html"
check 'no report of two folders' report "$fet" "$restart" -o "$work/two.html"

# ---- the page --------------------------------------------------------------------------------------

for page in one suite two; do
    html=$work/$page.html
    if has xmllint; then
        check "$page.html is not well-formed" xmllint --noout "$html"
    else
        echo 'SKIPPED: xmllint is not installed, markup unchecked'
    fi
    # Nothing from elsewhere: no address but the name of SVG, no import, no file.
    grep -oE 'https?://[^"]*|@import|src=|url\([^)#]*\)' "$html" |
        grep -vx 'http://www.w3.org/2000/svg' >"$work/outside"
    check "$page.html refers to $(head -n 1 "$work/outside")" test ! -s "$work/outside"
    grep -o ' id="[^"]*"' "$html" | sort | uniq -d >"$work/twice"
    check "$page.html has an id twice: $(head -n 1 "$work/twice")" test ! -s "$work/twice"
    grep -o 'href="#[^"]*"' "$html" | sed 's/href="#//; s/"//' | sort -u | while read -r id; do
        grep -q " id=\"$id\"" "$html" || echo "$id"
    done >"$work/dangling"
    check "$page.html links to nothing: $(head -n 1 "$work/dangling")" test ! -s "$work/dangling"
done
report "$fet" -o "$work/again.html"
check 'the same traces give another page' cmp -s "$work/one.html" "$work/again.html"
check 'a title is not escaped' grep -q '&lt;b&gt;&quot;it&#39;s&quot; &amp; {{script}}' "$work/suite.html"

# Every gap of gaps.csv has its row, with its number.
missing() { # TRACE HTML RUN
    tail -n +2 "$1/gaps.csv" | cut -d, -f1 | while read -r n; do
        grep -q "<tr id=\"run$3-gap$n\"><td class=\"n\">$n</td>" "$2" || echo "$n"
    done
}
check 'a gap is missing in one.html' test -z "$(missing "$fet" "$work/one.html" 1)"
check 'a gap is missing in two.html' test -z "$(missing "$restart" "$work/two.html" 2)"

# What it says, against the trace's own figures.
says() { if grep -qF -- "$2" "$work/$1.html"; then ok; else bad "$1.html does not say '$2'"; fi; }
ms() { awk -F, -v row="$2" -v column="$3" 'NR == 1 { for (i = 1; i <= NF; i++) if ($i == column) c = i }
           NR == row + 1 { s = sprintf("%.4g", $c * 1e3); print s " ms" }' "$1"; }
says one "<b>$(ms "$fet/gaps.csv" 1 gap_s)</b>"
says one "<b>$(ms "$fet/gaps.csv" 1 actuate_s)</b> ("
says one "$(sed -n 's/^event_hash: "\(.*\)"/\1/p' "$fet/run.yaml")"
says one 'powergap run --seed 1 scenarios/psu-failure/fet.yaml'
says one 'psu1 is LOST'
says one '✕ psu1.die'
says one 'web1 … web4'
says one 'T_vout_rise 5..70 ms [S3a]'
says one '<span class="estimate" title="an estimate">E</span>'
says suite '>FAIL<'
says suite 'server-channel/restart'
says suite '<th>standby</th>'
says suite '<th>a &amp; b</th>'

# The files that went in, to the judgement of sha256sum.
sed -n 's/^\(<pre>\|<p>.*<pre>\)*\([0-9a-f]\{64\}  .*\)/\2/p' "$work/one.html" >"$work/sums"
check 'the files of a run are not those of today' sha256sum --quiet --check "$work/sums"
check 'files of a run are missing' test "$(wc -l <"$work/sums")" -ge 5
says one 'psu-failure/../racks/standby-fet.yaml'

# A suite with a case that can't be played and one that has become worse: its table tells.
mkdir "$work/cases"
sed "s,\.\./racks,$PWD/scenarios/racks," scenarios/psu-failure/fet.yaml >"$work/cases/slow.yaml"
printf 'title: broken\nrack: {p1: {is: nothing}}\nduration: 1 ms\n' >"$work/cases/broken.yaml"
suite() { "$program" test --quiet --out "$work/told" --baseline "$work/base.csv" "$@" "$work/cases" >"$work/said" 2>&1; }
suite --update-baseline
sed -i 's,^rack: \(.*\)$,rack: {file: \1\, sw2: {gate_current: 10 uA}},' "$work/cases/slow.yaml"
suite
check 'no report of what a suite tells' report "$work/told" -o "$work/told.html"
says told '<span class="badge fail">ERROR</span>'
says told 'no kind of part is named &#39;nothing&#39;'
says told '<span class="badge fail">WORSE</span>'
says told 'switch actuation: 2.375 ms -&gt; 7.361 ms'

# Every colour of the plots has its counterpart in the dark.
grep -oh -e 'var(--c-[0-9a-f]*' "$work"/*.html | sed 's/var(//' | sort -u | while read -r colour; do
    grep -q -e "$colour:" plots/report/report.css || echo "$colour"
done >"$work/colours"
check "no dark colour for $(tr '\n' ' ' <"$work/colours")" test ! -s "$work/colours"

# ---- in a browser ------------------------------------------------------------------------------------

browse() { # HTML: the page as it is after its scripts, in $work/dom; what went wrong in $work/console
    chromium --headless --no-sandbox --disable-gpu --disable-dev-shm-usage --window-size=1280,4000 \
        --user-data-dir="$work/profile" --enable-logging=stderr --v=0 --virtual-time-budget=10000 \
        --dump-dom "file://$1" >"$work/dom" 2>"$work/log"
    grep 'CONSOLE' "$work/log" >"$work/console"
}
if has chromium; then
    # Turn the wheel over the first waveform, once it is in use; the button that goes back appears.
    sed 's|</body>|<script>const wait = setInterval(function () {\
      const f = document.querySelector("figure.zooms.live");\
      if (!f) return;\
      clearInterval(wait);\
      const s = f.querySelector("svg"), b = s.getBoundingClientRect();\
      s.dispatchEvent(new WheelEvent("wheel", { deltaY: -800, bubbles: true, cancelable: true,\
          clientX: b.left + b.width / 2, clientY: b.top + b.height / 4 }));\
      document.body.dataset.zoomed = f.querySelectorAll(".tic").length + " " + f.querySelector(".reset").hidden;\
    }, 50);</script></body>|' "$work/one.html" >"$work/zoom.html"
    # A browser whose clock runs ahead of its drawing may end before it has drawn: once more, then.
    for try in 1 2 3; do
        browse "$work/zoom.html"
        grep -q 'data-zoomed' "$work/dom" && break
        echo "not drawn in time, try $try"
    done
    check "the console says: $(head -n 1 "$work/console")" test ! -s "$work/console"
    check 'the wheel does not zoom' grep -qE 'data-zoomed="[1-9][0-9]* false"' "$work/dom"
    browse "$work/suite.html"
    check "the console says: $(head -n 1 "$work/console")" test ! -s "$work/console"
    check 'the page is empty' grep -q 'id="coverage"' "$work/dom"
    mkdir "$work/tmp"
    check 'no PDF of a run' env TMPDIR="$work/tmp" "$program" report --quiet "$fet" -o "$work/one.pdf"
    pages=$(grep -ac '/Type /Page$' "$work/one.pdf")
    check "the PDF has $pages pages" test "$pages" -ge 3
    check 'something stays behind in TMPDIR' test -z "$(ls -A "$work/tmp")"
else
    echo 'SKIPPED: chromium is not installed, pages unseen and no PDF printed'
fi

# ---- what is wrong ----------------------------------------------------------------------------------

refuses() { # WORDS ARGUMENTS...: exit 2, says so, leaves nothing
    words=$1
    shift
    report "$@" -o "$work/none.html"
    status=$?
    if [ $status -eq 2 ] && grep -qF -- "$words" "$work/said" && [ ! -e "$work/none.html" ]; then
        ok
    else
        bad "status $status instead of 2 and '$words': $(head -n 2 "$work/said")"
    fi
}
refuses 'is no folder of a run' "$work/nowhere"
mkdir "$work/empty"
refuses 'is no trace, and there is none below it' "$work/empty"
for file in run.yaml events.csv gaps.csv spans.csv verdict.csv rack.csv signals.csv; do
    rm -rf "$work/half"
    cp -r "$fet" "$work/half"
    rm "$work/half/$file"
    refuses "$file" "$work/half"
done
# One file cut short, the others whole: which one, and in which line, is said.
for file in gaps.csv spans.csv verdict.csv rack.csv events.csv; do
    rm -rf "$work/broken"
    cp -r "$fet" "$work/broken"
    head -n 2 "$fet/$file" >"$work/broken/$file"
    sed -n 3p "$fet/$file" | cut -d, -f1-3 >>"$work/broken/$file"
    case $file in
    events.csv) refuses "events.csv' is broken off, or no table of events: see line 3" "$work/broken" ;;
    *) refuses "$file:3" "$work/broken" ;;
    esac
done
rm -rf "$work/broken"
cp -r "$fet" "$work/broken"
printf 'a: [b\n' >"$work/broken/run.yaml"
refuses 'run.yaml' "$work/broken"

report "$fet"
check 'no file asked for' grep -q 'ends in .html or .pdf' "$work/said"
report "$fet" -o "$work/none/x.html"
check 'a folder that is not there' grep -q "can't write" "$work/said"
report "$fet" -o /proc/x.html
check 'a folder that nobody may write into' grep -q "can't write '/proc/x.html'" "$work/said"
TMPDIR=$work/nowhere report "$fet" -o "$work/x.html"
check 'nowhere to draw' grep -q "can't make a folder for the plots" "$work/said"

# A disk that is full: files end at 100 KiB here. What was there stays.
echo before >"$work/full.html"
(ulimit -f 200 && report "$fet" -o "$work/full.html")
check 'a full disk goes unnoticed' grep -qE "can't write|could not be drawn" "$work/said"
check 'a full disk takes what was there' grep -q before "$work/full.html"

# Ctrl-C while gnuplot draws, here one that never ends: what was there stays, nothing else does.
mkdir "$work/slow" "$work/left"
printf '#!/bin/sh\necho drawing >"%s/drawing"\nexec sleep 60\n' "$work" >"$work/slow/gnuplot"
chmod +x "$work/slow/gnuplot"
PATH=$work/slow:$PATH TMPDIR=$work/left timeout --signal=INT 20 \
    "$program" report "$fet" -o "$work/full.html" >"$work/said" 2>&1 &
report=$!
while [ ! -e "$work/drawing" ] && kill -0 $report 2>/dev/null; do sleep 0.05; done
kill -INT $report 2>/dev/null
wait $report
check 'Ctrl-C is not exit status 130' test $? -eq 130
check 'Ctrl-C takes what was there' grep -q before "$work/full.html"
check 'Ctrl-C leaves something in TMPDIR' test -z "$(ls -A "$work/left")"

# Without gnuplot, without Chromium: said before anything is read or written.
mkdir "$work/bin"
PATH=$work/bin "$program" report "$fet" -o "$work/x.html" >"$work/said" 2>&1
check 'no gnuplot' test $? -eq 2 -a -s "$work/said"
check 'no gnuplot: not said' grep -q 'apt install gnuplot-nox' "$work/said"
printf '#!/bin/sh\n' >"$work/bin/gnuplot"
chmod +x "$work/bin/gnuplot"
PATH=$work/bin "$program" report "$work/nowhere" -o "$work/x.pdf" >"$work/said" 2>&1
check 'no chromium: not said' grep -q 'apt install chromium' "$work/said"

echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
