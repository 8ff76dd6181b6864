# trace.awk - reads a trace folder once and prints gnuplot commands for one plot.
#
#   awk -f plots/trace.awk -f plots/anatomy.awk voltages|sharing|timeline|anatomy TRACE-FOLDER
#
# Everything that depends on what is in the trace happens here: which columns there are, which
# stretch of time matters, and where each label goes. Texts leave in single quotes, in which gnuplot
# takes nothing for a command. Kept within what mawk knows.

BEGIN {
    want = ARGV[1]; dir = ARGV[2]; ARGC = 1
    FS = "\001"
    WIDTH = 1600; HEIGHT = 900
    CHAR = 9.9                          # width of a letter in pixels, on the safe side
    SMALL = 0.82                        # of the size of other text: labels inside the plots
    BUS = "|bus|node|"; SERVER = "|server|load|"; SUPPLY = "|psu|source|"
    SWITCH = "|fet|relay|breaker|switch|diode|"
    read_run(); read_gaps(); read_events(); read_header()
    choose_window()
    if (want == "voltages") voltages()
    else if (want == "sharing") sharing()
    else if (want == "timeline") timeline()
    else if (want == "anatomy") anatomy()
    else fail("there is no plot '" want "'")
    exit
}

function fail(text) {
    print "powergap: " text > "/dev/stderr"
    print "exit status 2"
    exit 2
}

# ---- words and numbers -----------------------------------------------------------------------------

function quote(s) { gsub(/[\001-\037]/, " ", s); gsub(/'/, "''", s); return "'" s "'" }
function min(a, b) { return a < b ? a : b }
function max(a, b) { return a > b ? a : b }
function is_of(kind, set) { return kind != "" && index(set, "|" kind "|") > 0 }
function hex(s,   i, v) {
    for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789ABCDEF", toupper(substr(s, i, 1))) - 1
    return v
}

# Letters of a UTF-8 text.
function letters(s) { gsub(/[\200-\277]/, "", s); return length(s) }

# Shortened to n letters; not cut inside one.
function cut(s, n) {
    if (letters(s) <= n) return s
    while (letters(s) >= n) s = substr(s, 1, length(s) - 1)
    sub(/[\300-\377][\200-\277]*$/, "", s)
    return s "…"
}

function plain(v) { return sprintf("%.4g", v) ~ /e/ ? sprintf("%.0f", v) : sprintf("%.4g", v) }

# A time as one says it: 22.88 ms.
function say_time(s,   a) {
    a = s < 0 ? -s : s
    if (a >= 1) return plain(s) " s"
    if (a >= 1e-3) return plain(s * 1e3) " ms"
    if (a >= 1e-6) return plain(s * 1e6) " µs"
    return plain(s * 1e9) " ns"
}

# A moment within a window of this width: enough digits to tell it from its neighbours.
function say_moment(t, unit, per, width,   d) {
    d = 3 - int(log(max(width * per, 1e-9)) / log(10) + 1e-9)
    return sprintf("%." max(0, min(6, d)) "f %s", t * per, unit)
}

# Unit of a time axis that reaches to `last` and shows `width` seconds.
function unit_of(last, width) {
    if (width >= 2) return "s"
    if (last < 2e-3) return "µs"
    return "ms"
}
function per_second(unit) { return unit == "s" ? 1 : unit == "ms" ? 1e3 : 1e6 }

# One line of CSV into out[1..n].
function csv(line, out,   n, i, c, cell, inside) {
    sub(/\r$/, "", line)
    if (index(line, "\"") == 0) return split(line, out, ",")
    split("", out)
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"" && inside && substr(line, i + 1, 1) == "\"") { cell = cell c; i++ }
        else if (c == "\"") inside = !inside
        else if (c == "," && !inside) { out[++n] = cell; cell = "" }
        else cell = cell c
    }
    out[++n] = cell
    return n
}

# The value of a key in a line of run.yaml: {name: psu1, kind: psu, part: "a \"b\""}.
function yaml_value(line, key,   at, s, i, c, v) {
    at = index(line, key ": ")
    if (at == 0) return ""
    s = substr(line, at + length(key) + 2)
    if (substr(s, 1, 1) != "\"") { sub(/[,}].*$/, "", s); return s }
    for (i = 2; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\"") break
        if (c == "\\") { c = substr(s, ++i, 1); if (c == "x") { c = " "; i += 2 } }
        v = v c
    }
    return v
}

# ---- the folder ------------------------------------------------------------------------------------

function read_run(   file, line, part, s, n, i, words) {
    file = dir "/run.yaml"
    while ((getline line < file) > 0) {
        if (line ~ /^title: /) title = line ~ /^title: "/ ? yaml_value(line, "title") : substr(line, 8)
        else if (line ~ /^scenario: /) scenario = yaml_value(line, "scenario")
        else if (line ~ /^verdict: /) verdict = yaml_value(line, "verdict")
        else if (line ~ /^seed: /) seed = yaml_value(line, "seed")
        else if (line ~ /^[a-z_]+:/) section = substr(line, 1, index(line, ":") - 1)
        else if (section == "thresholds" && line ~ /^  - /) {
            if (yaml_value(line, "unit") != "V") continue
            n_limits++
            limit_of[n_limits] = yaml_value(line, "observer")
            limit_column[n_limits] = yaml_value(line, "column")
            limit_V[n_limits] = yaml_value(line, "value") + 0
        } else if (section == "states" && match(line, /^  "[^"]*": \[/)) {
            part = substr(line, 4, RLENGTH - 7)
            s = substr(line, RLENGTH + 1)
            gsub(/[" \]]/, "", s)
            n = split(s, words, ",")
            for (i = 1; i <= n; i++) word_of[part, i - 1] = words[i]
        } else if (section == "parts" && line ~ /^  - /) {
            part = yaml_value(line, "name")
            kind_of[part] = yaml_value(line, "kind")
            part_name[++n_parts] = part
        }
    }
    close(file)
}

function observer_part(o) { sub(/\..*$/, "", o); return o }

function read_gaps(   file, line, cell, n, i, column) {
    file = dir "/gaps.csv"
    if ((getline line < file) <= 0) fail("can't read '" file "'")
    n = csv(line, cell)
    for (i = 1; i <= n; i++) column[cell[i]] = i
    if (!("observer" in column) || !("gap_s" in column)) fail("'" file "' has no columns observer and gap_s")
    while ((getline line < file) > 0) {
        if (line == "") continue
        csv(line, cell)
        n_gaps++
        g_observer[n_gaps] = cell[column["observer"]]
        g_kind[n_gaps] = part_kind(observer_part(g_observer[n_gaps]))
        g_limit[n_gaps] = cell[column["threshold_V"]] + 0
        g_start[n_gaps] = cell[column["start_s"]] + 0
        g_end[n_gaps] = cell[column["end_s"]] + 0
        g_long[n_gaps] = cell[column["gap_s"]] + 0
        g_min[n_gaps] = cell[column["v_min_V"]] + 0
        g_min_at[n_gaps] = cell[column["t_min_s"]] + 0
        g_open[n_gaps] = cell[column["open"]] ~ /^(1|yes|true)$/
        g_fault[n_gaps] = cell[column["fault"]]
        g_recovery[n_gaps] = cell[column["recovery"]]
        g_from[n_gaps] = cell[column["fault_ns"]] == "" ? g_start[n_gaps] : cell[column["fault_ns"]] * 1e-9
        g_hold[n_gaps] = cell[column["hold_up_s"]] + 0
        g_ride[n_gaps] = cell[column["ride_through_s"]] + 0
        if (longest == 0 || g_long[n_gaps] > g_long[longest]) longest = n_gaps
    }
    close(file)
}

function read_events(   file, line, cell, n, i, column, part, event, t) {
    file = dir "/events.csv"
    if ((getline line < file) <= 0) fail("can't read '" file "'")
    n = csv(line, cell)
    for (i = 1; i <= n; i++) column[cell[i]] = i
    while ((getline line < file) > 0) {
        n = csv(line, cell)
        part = cell[column["part"]]; event = cell[column["event"]]; t = cell[column["t_ns"]] * 1e-9
        if (event ~ /^(transfer|nack|bus_timeout|bus_clear|mux_reset)$/) {
            n_traffic++
            tr_part[n_traffic] = part; tr_event[n_traffic] = event
            tr_from[n_traffic] = cell[column["from_ns"]] * 1e-9; tr_to[n_traffic] = t
            if (!(part in bus_row)) { bus_row[part] = ++n_serial; serial[n_serial] = part }
            continue
        }
        if (event ~ /^(start|pins|event)$/) continue
        if (event == "action") {
            n_acts++
            act_at[n_acts] = t; act_text[n_acts] = cell[column["text"]]
            if (act_text[n_acts] == "") act_text[n_acts] = part
        }
        if (n_acts > 0) last_event = t
        if (event !~ /^(decide|lets_go|takes_over|action)$/) {
            ev_at[part, ++n_ev[part]] = t
        }
    }
    close(file)
}

# A part's kind as run.yaml says; an older trace says nothing: its name must do.
function part_kind(part) {
    if (part in kind_of) return kind_of[part]
    if (part ~ /^bus/) return "bus"
    if (part ~ /^(web|server|db|load)/) return "server"
    if (part ~ /^(psu|p)_?[0-9]/) return "psu"
    if (part ~ /^(sw|s)_?[0-9]/) return "switch"
    return ""
}

# The columns of signals.csv: where each is, and which parts have the key.
function read_header(   line, n, i, part, key, dot) {
    signals = dir "/signals.csv"
    if ((getline line < signals) <= 0) fail("can't read '" signals "'")
    n_columns = csv(line, header)
    for (i = 1; i <= n_columns; i++) {
        at_column[header[i]] = i
        dot = index(header[i], ".")
        part = substr(header[i], 1, dot - 1); key = substr(header[i], dot + 1)
        column_part[i] = part; column_key[i] = key
    }
    if (!("t_ns" in at_column)) fail("'" signals "' has no column t_ns")
}

# Next row into row[]; its time into row_t. False at the end.
function next_row(   line) {
    while ((getline line < signals) > 0) {
        if (line == "") continue
        csv(line, row)
        row_t = row[at_column["t_ns"]] * 1e-9
        return 1
    }
    return 0
}

# ---- which stretch of time matters -----------------------------------------------------------------

# Where a gap's story ends; one that stays open: when nothing happens any more.
function g_until(i) { return g_open[i] ? min(g_end[i], max(last_event, max(g_min_at[i], g_start[i]))) : g_end[i] }

# From a little before the first fault to a little after the last gap; but if the gaps would be lost
# in that, around the longest. Without a gap: around what the scenario did and what followed.
function choose_window(   i, from, to, line, last, pad) {
    line = ""
    while ((getline last < signals) > 0) if (last != "") line = last
    close(signals)
    getline last < signals                              # the header again
    if (line == "") fail("'" signals "' has no rows")
    csv(line, row)
    run_end = row[at_column["t_ns"]] * 1e-9
    for (i = 1; i <= n_columns; i++) has_values[i] = row[i] != ""
    if (run_end <= 0) run_end = 1e-9
    from = 0; to = run_end
    if (n_gaps > 0) {
        from = g_from[1]; to = g_until(1)
        for (i = 2; i <= n_gaps; i++) { from = min(from, g_from[i]); to = max(to, g_until(i)) }
        if (!g_open[longest] && g_long[longest] < 0.03 * (to - from) && g_end[longest] - g_from[longest] < 0.5 * (to - from)) {
            from = g_from[longest]; to = g_end[longest]
        }
    } else if (n_acts > 0) {
        from = act_at[1]; to = max(last_event, from)
        if (to - from < 0.02 * run_end) to = from + 0.02 * run_end
    }
    pad = to - from
    w_from = max(0, from - (n_gaps > 0 ? 0.15 : 0.2) * pad)
    w_to = min(run_end, to + 0.2 * pad)
    if (w_to - w_from < 1e-8) { w_from = max(0, w_from - 1e-8); w_to = w_from + 2e-8 }
    X = unit_of(w_to, w_to - w_from); PER = per_second(X)
    O = unit_of(run_end, run_end); OPER = per_second(O)
    print "x_unit = '" X "'; o_unit = '" O "'"
    printf "x_lo = %.12g; x_hi = %.12g\n", w_from * PER, w_to * PER
    printf "o_lo = 0; o_hi = %.12g; w_lo = %.12g; w_hi = %.12g\n", run_end * OPER, w_from * OPER, w_to * OPER
}

# ---- things drawn on every plot ------------------------------------------------------------------

function heading(what,   sub_title, size) {
    if (title == "") title = "powergap run"
    if (title ~ /^[a-z]+ /) title = toupper(substr(title, 1, 1)) substr(title, 2)
    size = letters(title) <= 90 ? 20 : 17
    printf "set label 1 %s at screen 0.015, screen 0.963 font sprintf(',%%g', %d * point) tc rgb '#000000'\n", \
        quote(cut(title, 120)), size
    sub_title = what
    if (scenario != "") sub_title = sub_title "   ·   " cut(scenario, 70)
    if (verdict != "") sub_title = sub_title "   ·   " verdict
    if (n_gaps == 0) sub_title = sub_title "   ·   no gap"
    printf "set label 2 %s at screen 0.015, screen 0.922 font sprintf(',%%g', 15 * point) tc rgb '#666666'\n", \
        quote(sub_title)
    n_label = 10
}

function label(text, x, y, more) {
    printf "set label %d %s at %s, %s %s\n", ++n_label, quote(text), x, y, more
}

# Faults of the window as lines, their names above the plot in up to three rows that don't collide.
# Returns the share of the canvas's height below them.
function actions(left, right, line_to,   i, k, r, x, w, rows, ends, hidden, shown, text, px, y) {
    px = (right - left) * WIDTH
    for (i = 1; i <= n_acts; i++) {
        if (act_at[i] < w_from || act_at[i] > w_to) continue
        printf "set arrow from %.12g, graph 0 to %.12g, graph 1 nohead lt 1 dt 3 lw 1.4 lc rgb '#444444' back\n", \
            act_at[i] * PER, act_at[i] * PER
        text = cut(act_text[i], 40)
        x = px * (act_at[i] - w_from) / (w_to - w_from)
        w = letters(text) * CHAR * SMALL + 14
        if (x + w > px + (1 - right) * WIDTH - 20) x = px + (1 - right) * WIDTH - 20 - w
        for (r = 1; r <= 3 && x < ends[r]; r++) continue
        if (r > 3) { hidden++; continue }
        ends[r] = x + w
        rows = max(rows, r)
        shown++
        a_text[shown] = text; a_x[shown] = x; a_row[shown] = r
    }
    for (k = 1; k <= shown; k++)
        label(a_text[k], sprintf("graph %.6f", a_x[k] / px), \
              sprintf("screen %.4f", 0.888 - 0.026 * (a_row[k] - 1) - 0.006), "font ','.small tc rgb '#444444'")
    if (hidden > 0)
        label("(+ " hidden " more actions)", "screen 0.985", "screen 0.922", "right font ','.small tc rgb '#444444'")
    return 0.888 - 0.026 * max(rows, 1)
}

# Gaps as shades: of bus bars and of servers, each where at least one is below its threshold.
function shades(   pass, i, k, n, order, from, to, least, tint) {
    least = (w_to - w_from) / 900
    for (pass = 1; pass <= 2; pass++) {
        tint = pass == 1 ? "#DCEBF7" : "#FBE3C0"
        n = 0
        for (i = 1; i <= n_gaps; i++)
            if (is_of(g_kind[i], SERVER) == (pass == 1) && g_end[i] >= w_from && g_start[i] <= w_to) order[++n] = i
        sort_by_start(order, n)
        for (i = 1; i <= n; i = k) {
            from = g_start[order[i]]; to = g_end[order[i]]
            for (k = i + 1; k <= n && g_start[order[k]] <= to + least; k++) to = max(to, g_end[order[k]])
            if (to - from < least) { to = from + least }
            printf "set object rectangle from %.12g, graph 0 to %.12g, graph 1 behind fc rgb '%s' fs solid %s noborder\n", \
                max(from, w_from) * PER, min(to, w_to) * PER, tint, pass == 1 ? "1.0" : "0.8"
            seen_shade[pass] = 1
        }
    }
}

function sort_by_start(a, n,   i, k, v) {
    for (i = 2; i <= n; i++) {
        v = a[i]
        for (k = i - 1; k >= 1 && g_start[a[k]] > g_start[v]; k--) a[k + 1] = a[k]
        a[k + 1] = v
    }
}

# The longest gap's length, with arrow heads, near the top of the plot.
function dimension(left, right,   px, text, x, w) {
    if (n_gaps == 0) {
        label(no_gap(), "graph 0.5", "graph 0.945", \
              "center tc rgb '#009E73'")
        return
    }
    px = (right - left) * WIDTH
    printf "set arrow from %.12g, graph 0.925 to %.12g, graph 0.925 heads filled size graph 0.006, 20 lw 1.6 lc rgb '#000000' front\n", \
        max(g_start[longest], w_from) * PER, min(g_end[longest], w_to) * PER
    text = gap_words(longest)
    w = letters(text) * CHAR
    x = px * ((g_start[longest] + min(g_end[longest], w_to)) / 2 - w_from) / (w_to - w_from)
    x = max(w / 2 + 5, min(px - w / 2 - 5, x))
    label(text, sprintf("graph %.6f", x / px), "graph 0.962", "center front tc rgb '#000000'")
}

function no_gap() {
    return n_limits > 0 ? "no gap: no observed voltage fell below its threshold" : "no gap: no voltage of this run has a threshold"
}

function gap_words(g) {
    return "gap " (g_open[g] ? "of more than " : "") say_time(g_long[g]) ": " \
        cut(short_observer(g_observer[g]), 30) " < " plain(g_limit[g]) " V" (g_open[g] ? ", still open" : "")
}

function short_observer(o) { sub(/\.v$/, "", o); return o }

# ---- series, thinned to what a pixel can show ------------------------------------------------------

function series_new(id, from, to, buckets) {
    s_from[id] = from; s_width[id] = (to - from) / buckets; s_to[id] = to
    s_n[id] = 0; s_bucket[id] = -1; s_before[id] = ""; s_after[id] = 0
}

# Keeps first, lowest, highest and last of each bucket, and one point on either side of the window.
function series_add(id, t, v,   b) {
    if (t < s_from[id]) { s_before[id] = t; s_before_v[id] = v; return }
    if (s_after[id]) return
    if (s_before[id] != "") { series_put(id, s_before[id], s_before_v[id]); s_before[id] = "" }
    if (t > s_to[id]) { series_flush(id); series_put(id, t, v); s_after[id] = 1; return }
    if (s_top[id] == "" || v > s_top[id]) s_top[id] = v
    if (s_low[id] == "" || v < s_low[id]) s_low[id] = v
    b = int((t - s_from[id]) / s_width[id])
    if (b != s_bucket[id]) {
        series_flush(id)
        s_bucket[id] = b
        series_put(id, t, v)
        b_min[id] = b_max[id] = v; b_min_t[id] = b_max_t[id] = t
    } else {
        if (v < b_min[id]) { b_min[id] = v; b_min_t[id] = t }
        if (v > b_max[id]) { b_max[id] = v; b_max_t[id] = t }
    }
    b_t[id] = t; b_v[id] = v
}

function series_put(id, t, v) { s_n[id]++; s_t[id, s_n[id]] = t; s_v[id, s_n[id]] = v }

function series_put_later(id, t, v) { if (t > s_t[id, s_n[id]]) series_put(id, t, v) }

function series_flush(id) {
    if (s_bucket[id] < 0) return
    if (b_min_t[id] <= b_max_t[id]) {
        series_put_later(id, b_min_t[id], b_min[id]); series_put_later(id, b_max_t[id], b_max[id])
    } else {
        series_put_later(id, b_max_t[id], b_max[id]); series_put_later(id, b_min_t[id], b_min[id])
    }
    series_put_later(id, b_t[id], b_v[id])
    s_bucket[id] = -1
}

# Points on a straight line between others are left out, to a quarter of a pixel: from the last point
# that stays, `least` to `most` are the slopes of the lines that pass all points since it closely enough.
function series_print(id, per,   i, kept, least, most, dt, slack) {
    if (!s_after[id]) series_flush(id)
    slack = series_slack()
    for (i = 1; i <= s_n[id]; i++) {
        dt = kept > 0 ? s_t[id, i] - s_t[id, kept] : 0
        if (dt > 0 && kept < i - 1 && ((s_v[id, i] - s_v[id, kept]) / dt < least || (s_v[id, i] - s_v[id, kept]) / dt > most)) {
            kept = i - 1; series_point(id, kept, per)
            dt = s_t[id, i] - s_t[id, kept]
            least = most = ""
        }
        if (dt <= 0 || i == s_n[id]) {
            if (kept > 0 && kept < i - 1 && dt <= 0) series_point(id, i - 1, per)
            kept = i; series_point(id, kept, per)
            least = most = ""
            continue
        }
        least = least == "" ? (s_v[id, i] - slack - s_v[id, kept]) / dt : max(least, (s_v[id, i] - slack - s_v[id, kept]) / dt)
        most = most == "" ? (s_v[id, i] + slack - s_v[id, kept]) / dt : min(most, (s_v[id, i] + slack - s_v[id, kept]) / dt)
    }
    print "\n"
}

function series_point(id, i, per) { printf "%.12g %.9g\n", s_t[id, i] * per, s_v[id, i] }

# A quarter of a pixel of a plot 500 high that shows all series.
function series_slack(   id, top, low, first) {
    first = 1
    for (id in s_top) {
        if (first || s_top[id] > top) top = s_top[id]
        if (first || s_low[id] < low) low = s_low[id]
        first = 0
    }
    return (top - low) / 2000
}

# ---- voltages --------------------------------------------------------------------------------------

function voltages(   i, c, part, n, k, id, lo, hi, left, right, low, pad, all_lo, all_hi, top) {
    left = 0.068; right = 0.845
    for (i = 1; i <= n_columns; i++) {
        if (has_values[i] && column_key[i] == "v_V" && is_of(part_kind(column_part[i]), BUS)) { bus_column[++n_buses] = i; taken[i] = 1 }
    }
    for (i = 1; i <= n_limits; i++) {       # a tap, or whatever else is observed
        c = at_column[limit_column[i]]
        if (c != "" && has_values[c] && !(c in taken) && !is_of(part_kind(column_part[c]), SERVER)) { bus_column[++n_buses] = c; taken[c] = 1 }
    }
    for (i = 1; i <= n_columns; i++)
        if (has_values[i] && column_key[i] == "v_V" && is_of(part_kind(column_part[i]), SERVER)) server_column[++n_servers] = i
    n = n_buses + n_servers
    for (k = 1; k <= n; k++) {
        col[k] = k <= n_buses ? bus_column[k] : server_column[k - n_buses]
        series_new("w" k, w_from, w_to, 1500); series_new("o" k, 0, run_end, 800)
    }
    while (next_row())
        for (k = 1; k <= n; k++) {
            if (row[col[k]] == "") continue
            series_add("w" k, row_t, row[col[k]] + 0); series_add("o" k, row_t, row[col[k]] + 0)
        }
    lo = hi = all_lo = all_hi = ""
    for (k = 1; k <= n; k++) {
        if (s_low["w" k] != "" && (lo == "" || s_low["w" k] < lo)) lo = s_low["w" k]
        if (s_top["w" k] != "" && (hi == "" || s_top["w" k] > hi)) hi = s_top["w" k]
        if (s_low["o" k] != "" && (all_lo == "" || s_low["o" k] < all_lo)) all_lo = s_low["o" k]
        if (s_top["o" k] != "" && (all_hi == "" || s_top["o" k] > all_hi)) all_hi = s_top["o" k]
        if (k > n_buses && s_low["w" k] != "" && (low == "" || s_low["w" k] < s_low["w" low])) low = k
    }
    if (lo == "") { lo = all_lo; hi = all_hi }
    if (lo == "") { lo = all_lo = 0; hi = all_hi = 1 }
    for (i = 1; i <= n_limits; i++)
        if (limit_V[i] > 0) { lo = min(lo, limit_V[i]); hi = max(hi, limit_V[i]) }
    for (i = 1; i <= n_gaps; i++)
        if (g_min_at[i] >= w_from && g_min_at[i] <= w_to) lo = min(lo, g_min[i])
    pad = max(hi - lo, 0.01 * max(hi, 0.1))
    printf "y_lo = %.9g; y_hi = %.9g\n", lo - 0.13 * pad, hi + 0.2 * pad
    y_lo = lo - 0.13 * pad; y_hi = hi + 0.2 * pad
    pad = max(all_hi - all_lo, 0.01 * max(all_hi, 0.1))
    printf "all_lo = %.9g; all_hi = %.9g; o_ytic = %s\n", all_lo - 0.08 * pad, all_hi + 0.08 * pad, nice_step(pad / 1.8)
    printf "n_buses = %d; n_servers = %d; n_lowest = %d\n", n_buses, n_servers, low == "" ? 0 : low - n_buses
    print "$series << EOD"
    for (k = 1; k <= n; k++) series_print("w" k, PER)
    print "EOD\n$overview << EOD"
    for (k = 1; k <= n; k++) series_print("o" k, OPER)
    print "EOD"
    heading("Voltages of bus bars and servers")
    top = actions(left, right)
    printf "top_main = %.4f\n", top
    shades()
    dimension(left, right)
    limits(left, right, top - 0.315)
    minima(left, right)
    legend(low == "" ? "" : column_part[col[low]], top)
}

# A step for tics: 1, 2 or 5 times a power of ten.
function nice_step(x,   p) {
    p = 10 ^ int(log(x) / log(10) - (x < 1 ? 1 : 0))
    return x / p >= 5 ? 5 * p : x / p >= 2 ? 2 * p : p
}

# Thresholds: one line a value, named at the right; names keep their distance.
function limits(left, right, share,   i, k, n, value, who, count, order, y, gap, v, text, hue_of, part, what) {
    for (i = 1; i <= n_limits; i++) add_limit(limit_V[i], limit_of[i])
    for (i = 1; i <= n_gaps; i++) add_limit(g_limit[i], g_observer[i])
    n = 0
    for (value in l_count) order[++n] = value + 0
    for (i = 2; i <= n; i++) {
        v = order[i]
        for (k = i - 1; k >= 1 && order[k] > v; k--) order[k + 1] = order[k]
        order[k + 1] = v
    }
    gap = 46 / (share * HEIGHT)                          # two lines of text
    for (i = 1; i <= n; i++) {
        y[i] = (order[i] - y_lo) / (y_hi - y_lo)
        if (i > 1) y[i] = max(y[i], y[i - 1] + gap)
    }
    for (i = n; i >= 1; i--) y[i] = min(y[i], i == n ? 1 : y[i + 1] - gap)
    for (i = 1; i <= n; i++) {
        printf "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lw 1.6 lc rgb '#B00020'\n", order[i], order[i]
        printf "set arrow from graph 1, first %.9g to graph 1.012, graph %.5f nohead lw 1 lc rgb '#B00020'\n", order[i], y[i]
        label("< " plain(order[i]) " V is a gap:", "graph 1.016", sprintf("graph %.5f", y[i] + 0.24 * gap), \
              "font ','.small tc rgb '#B00020'")
        label(cut(l_who(order[i]), 24), "graph 1.016", sprintf("graph %.5f", y[i] - 0.24 * gap), \
              "font ','.small tc rgb '#B00020'")
    }
}

function add_limit(value, observer) {
    value = value + 0
    if ((value, observer) in l_seen) return
    l_seen[value, observer] = 1
    l_count[value]++
    if (is_of(part_kind(observer_part(observer)), SERVER)) {
        if (l_servers[value]++ == 0) l_server[value] = short_observer(observer)
    } else {
        l_buses[value] = l_buses[value] (l_buses[value] == "" ? "" : ", ") short_observer(observer)
    }
}

function l_who(value,   s) {
    s = l_servers[value] == 1 ? l_server[value] : l_servers[value] > 1 ? l_servers[value] " servers" : ""
    return l_buses[value] (l_buses[value] != "" && s != "" ? ", " : "") s
}

# The deepest point of each bus bar with a gap; of a server if no bar has one.
function minima(left, right,   i, o, n, best, px, x, side, text, w, done, servers) {
    px = (right - left) * WIDTH
    print "$minima << EOD"
    for (i = 1; i <= n_gaps; i++) {
        if (g_min_at[i] < w_from || g_min_at[i] > w_to) continue
        o = is_of(g_kind[i], SERVER) ? "servers" : g_observer[i]
        if (!(o in best) || g_min[i] < g_min[best[o]]) best[o] = i
    }
    for (o in best) if (o != "servers") n++
    if (n > 0) delete best["servers"]
    n = 0
    for (i = 1; i <= n_gaps && n < 3; i++) {
        o = is_of(g_kind[i], SERVER) ? "servers" : g_observer[i]
        if (best[o] == i) { printf "%.12g %.9g\n", g_min_at[i] * PER, g_min[i]; mark[++n] = i }
    }
    print "EOD"
    print "n_minima = " n
    split("", done)
    for (i = 1; i <= n; i++) {
        text = short_observer(g_observer[mark[i]]) ": " (g_min[mark[i]] < 1 ? sprintf("%.2f", g_min[mark[i]]) : plain(g_min[mark[i]])) " V at " \
            say_moment(g_min_at[mark[i]], X, PER, w_to - w_from)
        w = letters(text) * CHAR * SMALL + 16
        x = px * (g_min_at[mark[i]] - w_from) / (w_to - w_from)
        side = x + w < px ? 1 : -1
        y = (g_min[mark[i]] - y_lo) / (y_hi - y_lo) - 0.045
        y = place(done, i, side > 0 ? x : x - w, side > 0 ? x + w : x, y)
        label(text, sprintf("graph %.6f", x / px), sprintf("graph %.5f", y), \
              (side > 0 ? "left" : "right") " offset " (side > 0 ? 0.7 : -0.7) ", 0 front boxed font ','.small tc rgb '#000000'")
    }
}

# A height for text from x1 to x2 that keeps clear of the earlier ones: downwards, else upwards.
function place(done, i, x1, x2, y,   k, again, tries) {
    for (again = 1; again && tries < 8; tries++) {
        again = 0
        for (k = 1; k < i; k++)
            if (x1 < done[k, 2] && done[k, 1] < x2 && y < done[k, 3] + 0.055 && y > done[k, 3] - 0.055) {
                y = done[k, 3] + (tries < 4 && done[k, 3] > 0.09 ? -0.056 : 0.056); again = 1
            }
    }
    done[i, 1] = x1; done[i, 2] = x2; done[i, 3] = y
    return y
}


# Names of the lines, at the right below the thresholds, beside the overview.
function legend(lowest, top,   i, y) {
    y = 0.275
    for (i = 1; i <= n_buses && i <= 5; i++) {
        legend_line(column_name(bus_column[i]), y, sprintf("lw 4 lc rgb colour(%d)", i)); y -= 0.03
    }
    if (n_buses > 5) { label("+ " n_buses - 5 " more", "screen 0.892", sprintf("screen %.4f", y), "font ','.small"); y -= 0.03 }
    if (n_servers > 0) { legend_line(n_servers == 1 ? column_part[server_column[1]] : n_servers " servers", y, "lw 2 lc rgb '#909090'"); y -= 0.03 }
    if (lowest != "" && n_servers > 1) { legend_line("lowest: " lowest, y, "lw 3 lc rgb colour(4)"); y -= 0.03 }
    if (seen_shade[2]) { legend_line("bus bar's gap", y, "lw 14 lc rgb '#FBE3C0'"); y -= 0.03 }
    if (seen_shade[1]) { legend_line("server's gap", y, "lw 14 lc rgb '#DCEBF7'"); y -= 0.03 }
}

function legend_line(text, y, style) {
    printf "set arrow from screen 0.857, screen %.4f to screen 0.885, screen %.4f nohead %s front\n", y, y, style
    label(cut(text, 17), "screen 0.892", sprintf("screen %.4f", y), "font ','.small tc rgb '#000000'")
}

function column_name(c,   s) { s = header[c]; sub(/_V$/, "", s); sub(/\.v$/, "", s); return s }

# ---- sharing ---------------------------------------------------------------------------------------

function sharing(   i, k, n, left, right, lo, hi, sum, sum_hi, sum_lo, bucket, b, last, top, rated, pad, value, y, v, step, line, before, before_sum, after, order, level, level_before, held) {
    left = 0.068; right = 0.845
    for (i = 1; i <= n_columns; i++)
        if (has_values[i] && column_key[i] == "i_A" && is_of(part_kind(column_part[i]), SUPPLY)) {
            col[++n] = i
            series_new("w" n, w_from, w_to, 1500)
            rated_column[n] = at_column[column_part[i] ".i_rated_A"]
        }
    lo = 0; hi = 0; last = -1; b = -1
    print "$stack << EOD"
    while (next_row()) {
        for (k = 1; k <= n; k++) {
            if (row[col[k]] != "") series_add("w" k, row_t, row[col[k]] + 0)
            if (rated_column[k] != "" && row[rated_column[k]] + 0 > 0) rated[k] = row[rated_column[k]] + 0
        }
        if (after) continue
        line = sprintf("%.12g 0", row_t * PER)
        sum = 0
        for (k = 1; k <= n; k++) { sum += row[col[k]]; line = line sprintf(" %.9g", sum) }
        if (row_t < w_from) { before = line; before_sum = sum; continue }
        if (before != "") { print before; sum_hi = max(sum_hi, before_sum); before = "" }
        after = row_t > w_to
        bucket = int((row_t - w_from) / (w_to - w_from) * 2400)
        if (bucket == b && !after) continue
        b = bucket
        level = substr(line, index(line, " "))           # of a stretch without change the ends will do
        if (level == level_before && !after) held = line
        else {
            if (held != "") print held
            print line
            held = ""
        }
        level_before = level
        if (!after) { sum_hi = max(sum_hi, sum); sum_lo = min(sum_lo, sum) }
    }
    if (held != "") print held
    if (b < 0) { printf "%.12g 0", w_from * PER; for (k = 1; k <= n; k++) printf " 0"; print "" }
    print "EOD"
    for (k = 1; k <= n; k++) {
        if (s_low["w" k] != "") lo = min(lo, s_low["w" k])
        if (s_top["w" k] != "") hi = max(hi, s_top["w" k])
        if (rated[k] != "") { hi = max(hi, rated[k]); limit_count[sprintf("%.6g", rated[k])]++; limit_who[sprintf("%.6g", rated[k])] = column_part[col[k]] }
    }
    pad = max(hi - lo, 1)
    y_lo = lo - 0.04 * pad; y_hi = hi + 0.2 * pad
    printf "y_lo = %.9g; y_hi = %.9g; sum_lo = %.9g; sum_hi = %.9g\n", y_lo, y_hi, \
        sum_lo - 0.02 * (sum_hi - sum_lo), sum_hi + 0.1 * max(sum_hi - sum_lo, 1)
    print "n_supplies = " n + 0
    print "$series << EOD"
    for (k = 1; k <= n; k++) series_print("w" k, PER)
    print "EOD"
    heading("Current of each supply")
    top = actions(left, right)
    printf "top_main = %.4f\n", top
    shades()
    if (n == 0) label("no supplies in this trace", "graph 0.5", "graph 0.5", "center tc rgb '#666666'")
    else dimension(left, right)
    i = 0
    for (value in limit_count) order[++i] = value + 0
    sharing_limits(order, i, top - 0.42)
    step = min(0.03, 0.3 / max(n, 1))
    for (k = 1; k <= n; k++)
        legend_line(column_part[col[k]], 0.375 - (k - 1) * step, sprintf("lw 5 dt dash(%d) lc rgb colour(%d)", k, k))
}

function sharing_limits(order, n, share,   i, k, v, y, gap, name) {
    for (i = 2; i <= n; i++) {
        v = order[i]
        for (k = i - 1; k >= 1 && order[k] > v; k--) order[k + 1] = order[k]
        order[k + 1] = v
    }
    for (i = 1; i <= n; i++) {                           # tolerances make no rating of their own
        if (k > 0 && i > 1 && order[i] < 1.02 * v) { name[k] = "rated " plain(v) " to " plain(order[i]) " A"; continue }
        if (i == 1) k = 0
        v = order[i]; order[++k] = v
        name[k] = "rated " plain(v) " A" (limit_count[sprintf("%.6g", v)] == 1 ? ", " limit_who[sprintf("%.6g", v)] : "")
    }
    n = k
    gap = 24 / (share * HEIGHT)
    for (i = 1; i <= n; i++) {
        y[i] = (order[i] - y_lo) / (y_hi - y_lo)
        if (i > 1) y[i] = max(y[i], y[i - 1] + gap)
    }
    for (i = n; i >= 1; i--) y[i] = min(y[i], i == n ? 1 : y[i + 1] - gap)
    for (i = 1; i <= n; i++) {
        printf "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 2 lw 1.6 lc rgb '#B00020'\n", order[i], order[i]
        label(cut(name[i], 24), "graph 1.012", sprintf("graph %.5f", y[i]), "font ','.small tc rgb '#B00020'")
    }
}

# ---- timeline --------------------------------------------------------------------------------------

# A state's colour: by what it means for the power, the same for every kind of part.
function state_colour(kind, word) {
    if (word in tint_of) return tint_of[word]
    return spare[(hash(word) % 4) + 1]
}
function hash(s,   i, h) { for (i = 1; i <= length(s); i++) h = (h * 7 + index("ABCDEFGHIJKLMNOPQRSTUVWXYZ_0123456789", substr(s, i, 1))) % 997; return h }

function tints(list, tint,   n, i, w) { n = split(list, w, " "); for (i = 1; i <= n; i++) tint_of[w[i]] = tint }

function all_tints() {
    tints("ON CLOSED SHARING GOOD", "009E73")
    tints("OFF OPEN ABSENT STANDBY ISOLATED RETIRED", "D5D5D5")
    tints("DELAY CLOSING INSERTED STARTING IDENTIFIED", "A6D8F2")
    tints("RAMP RAMPS BOOTS PROBATION", "56B4E9")
    tints("HOLD_UP OPENING SUSPECT", "F0E442")
    tints("BREAKS HICCUP HOT", "E69F00")
    tints("LATCHED BLOCKED TRIPPED", "CC79A7")
    tints("DEAD LOST HALTED", "2B2B2B")
    tints("transfer", "4A6FA5")
    tints("bus_clear mux_reset", "E69F00")
    tints("nack gap", "D5001C")
    tints("bus_timeout", "8A0012")
    spare[1] = "0072B2"; spare[2] = "882255"; spare[3] = "44AA99"; spare[4] = "999933"
}

function ink(tint) { return index("2B2B2B 009E73 0072B2 882255 4A6FA5 D5001C 8A0012", tint) ? 0 + hex("FFFFFF") : 0 }

function row_add(name, what, key) { n_rows++; r_name[n_rows] = name; r_what[n_rows] = what; r_key[n_rows] = key }

function timeline(   i, k, c, pass, kind, left, right, px, top, value, part, t, n, legend_n, text, room, skipped, height, dropped) {
    left = 0.115; right = 0.975
    px = (right - left) * WIDTH
    all_tints()
    # Which rows: gaps, then supplies with what the controller thinks of them, switches, servers, traffic.
    for (i = 1; i <= n_gaps; i++) {
        part = is_of(g_kind[i], SERVER) ? "servers" : short_observer(g_observer[i])
        if (!(part in gap_row)) { gap_row[part] = ++n_gap_rows; gap_name[n_gap_rows] = part }
    }
    for (i = 1; i <= n_gap_rows && i <= 4; i++) {
        row_add(gap_name[i] " gap", "gap", gap_name[i])
    }
    for (pass = 1; pass <= 3; pass++)
        for (c = 1; c <= n_columns; c++) {
            kind = part_kind(column_part[c])
            if (column_key[c] != "state") continue
            if (is_of(kind, pass == 1 ? SUPPLY : pass == 2 ? SWITCH : SERVER)) { cand[++n] = c; cand_pass[c] = pass; watch[c] = 1 }
        }
    for (c = 1; c <= n_columns; c++)                     # what the controller thinks: ctl.psu1
        if (part_kind(column_key[c]) != "" && is_of(part_kind(column_key[c]), SUPPLY) && (header[c], 0) in word_of) { mind[column_key[c]] = c; watch[c] = 1 }
    read_states()
    room = 27 - n_rows - n_serial
    for (i = 1; i <= n; i++) if (cand_pass[cand[i]] < 3) room--
    for (i = 1; i <= n; i++) {
        c = cand[i]
        if (cand_pass[c] == 3) {
            if (st_n[c] < 2 && n_servers_total() > 4 || room <= 0) { dropped++; continue }
            room--
        }
        row_add(column_part[c], "state", c)
    }
    for (i = 1; i <= n_serial; i++) row_add(serial[i], "traffic", serial[i])
    height = n_rows < 12 ? 0.30 : 0.38
    print "n_rows = " max(n_rows, 1)
    print "$bars << EOD"
    for (i = 1; i <= n_rows; i++) {
        if (r_what[i] == "gap") bars_gap(i, r_key[i])
        else if (r_what[i] == "traffic") bars_traffic(i, r_key[i], px)
        else bars_state(i, r_key[i], height, px)
    }
    printf "%.12g %.12g 1 1 1 0\n", w_from * PER, w_from * PER
    print "EOD\n$words << EOD"
    for (i = 1; i <= n_words; i++) print words_out[i]
    print "EOD"
    print "n_words = " n_words + 0 "; word_size = sprintf('%g', " (n_rows > 18 ? 12 : 15) " * point)"
    heading("Who was in which state when")
    top = actions(left, right)
    printf "top_main = %.4f\n", top
    shades()
    if (n_rows == 0) label("no supplies, switches or buses with states in this trace", "graph 0.5", "graph 0.5", "center tc rgb '#666666'")
    for (i = 1; i <= n_rows; i++)
        label(cut(r_name[i], 16), "graph -0.008", "first " i, "right" (n_rows > 18 ? " font ','.small" : "") \
              (r_what[i] == "gap" ? " tc rgb '#B00020'" : ""))
    state_legend(dropped)
}

function n_servers_total(   k, n) { for (k in watch) if (cand_pass[k] == 3) n++; return n }

# Changes of the watched columns; a change between two rows is put at the part's own event if one fits.
function read_states(   c, v, before, t, part, k) {
    before = -1
    while (next_row()) {
        for (c in watch) {
            v = row[c]
            if (st_n[c] > 0 && v == st_v[c, st_n[c]]) continue
            t = row_t
            part = column_part[c]
            while (st_n[c] > 0 && ev_i[part] < n_ev[part] && ev_at[part, ev_i[part] + 1] <= before) ev_i[part]++
            k = ev_i[part] + 1
            if (st_n[c] > 0 && k <= n_ev[part] && ev_at[part, k] <= row_t) t = ev_at[part, k]
            st_n[c]++
            st_v[c, st_n[c]] = v; st_t[c, st_n[c]] = t
        }
        before = row_t
    }
}

function state_word(c, v) { return (header[c], v) in word_of ? word_of[header[c], v] : v }

function bar(from, to, y, y1, y2, tint, least) {
    from = max(from, w_from); to = min(to, w_to)
    if (to - from < least) to = from + least
    printf "%.12g %.12g %.4f %.4f %.4f %d\n", from * PER, to * PER, y, y1, y2, hex(tint)
}

function bars_state(i, c, height, px,   k, from, to, word, tint, m, low, part, kind) {
    part = column_part[c]; kind = part_kind(part)
    m = part in mind ? mind[part] : 0
    low = m ? height - 0.2 : height
    for (k = 1; k <= st_n[c]; k++) {
        from = st_t[c, k]; to = k < st_n[c] ? st_t[c, k + 1] : run_end
        if (to < w_from || from > w_to) continue
        word = state_word(c, st_v[c, k]); tint = state_colour(kind, word)
        bar(from, to, i, i - height, i + low, tint, (w_to - w_from) / px)
        used(word, tint)
        from = max(from, w_from); to = min(to, w_to)
        if ((to - from) / (w_to - w_from) * px > letters(word) * CHAR * SMALL + 12)
            words_out[++n_words] = sprintf("%.12g %.4f %s %d", (from + to) / 2 * PER, i - (m ? 0.1 : 0), word, ink(tint))
    }
    for (k = 1; m && k <= st_n[m]; k++) {
        from = st_t[m, k]; to = k < st_n[m] ? st_t[m, k + 1] : run_end
        if (to < w_from || from > w_to) continue
        word = state_word(m, st_v[m, k]); tint = state_colour("", word)
        bar(from, to, i, i + low + 0.04, i + height + 0.04, tint, (w_to - w_from) / px)
        thought(word, tint)
    }
}

function used(word, tint) { if (!(word in used_at)) { used_at[word] = ++n_used; used_word[n_used] = word; used_tint[n_used] = tint } }
function thought(word, tint) { if (!(word in thought_at)) { thought_at[word] = ++n_thought; thought_word[n_thought] = word; thought_tint[n_thought] = tint } }

function bars_gap(i, name,   g, part) {
    for (g = 1; g <= n_gaps; g++) {
        part = is_of(g_kind[g], SERVER) ? "servers" : short_observer(g_observer[g])
        if (part == name && g_end[g] >= w_from && g_start[g] <= w_to)
            bar(g_start[g], g_end[g], i, i - 0.2, i + 0.2, tint_of["gap"], (w_to - w_from) / 900)
    }
}

# Transfers less than half a pixel apart are one bar.
function bars_traffic(i, name, px,   k, bad, pass, least, from, to, event) {
    least = (w_to - w_from) / px
    for (pass = 1; pass <= 2; pass++) {                  # what went wrong lies on top
        event = ""
        for (k = 1; k <= n_traffic; k++) {
            bad = tr_event[k] == "nack" || tr_event[k] == "bus_timeout"
            if (tr_part[k] != name || bad != (pass == 2) || tr_to[k] < w_from || tr_from[k] > w_to) continue
            if (tr_event[k] == event && tr_from[k] < to + least / 2) { to = max(to, tr_to[k]); continue }
            if (event != "") bar_traffic(i, event, from, to, pass == 2, least)
            event = tr_event[k]; from = tr_from[k]; to = tr_to[k]
        }
        if (event != "") bar_traffic(i, event, from, to, pass == 2, least)
    }
}

function bar_traffic(i, event, from, to, bad, least) {
    bar(from, to, i, i - (bad ? 0.42 : 0.25), i + (bad ? 0.42 : 0.25), tint_of[event], least)
    used(event == "nack" ? "NACK" : event == "bus_timeout" ? "time-out" : event == "transfer" ? "transfer" : "bus reset", tint_of[event])
}

# Names of the colours under the plot, in as many rows as they need.
function state_legend(dropped,   i, x, y, w, rows) {
    x = 0.115 * WIDTH; y = 0; rows = 1
    if (n_thought > 0) rows = 2
    y = 0.045 + (rows - 1) * 0.034 - 0.018
    label("states", "screen 0.107", sprintf("screen %.4f", y), "right font ','.small tc rgb '#555555'")
    for (i = 1; i <= n_used; i++) x = swatch(used_word[i], used_tint[i], x, y)
    if (dropped > 0)
        label("(" dropped " servers in one state or without room: not shown)", "screen 0.975", \
              sprintf("screen %.4f", y + 0.034), "right font ','.small tc rgb '#555555'")
    if (n_thought > 0) {
        y -= 0.034; x = 0.115 * WIDTH
        label("controller's view", "screen 0.107", sprintf("screen %.4f", y), "right font ','.small tc rgb '#555555'")
        for (i = 1; i <= n_thought; i++) x = swatch(thought_word[i], thought_tint[i], x, y)
        label("(thin strip under each supply)", sprintf("screen %.5f", x / WIDTH), sprintf("screen %.4f", y), "font ','.small tc rgb '#555555'")
    }
    printf "bottom_main = %.4f\n", 0.115 + (rows - 1) * 0.034
}

function swatch(text, tint, x, y,   w) {
    printf "set object rectangle from screen %.5f, screen %.4f to screen %.5f, screen %.4f front fc rgb '#%s' fs solid border lc rgb '#777777'\n", \
        x / WIDTH, y - 0.009, (x + 20) / WIDTH, y + 0.009, tint
    label(text, sprintf("screen %.5f", (x + 26) / WIDTH), sprintf("screen %.4f", y), "font ','.small")
    return x + 26 + letters(text) * CHAR * SMALL + 22
}
