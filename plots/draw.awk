# draw.awk - what the plots have in common: headings, faults as lines, gaps as shades, legends, and
# series thinned to what a pixel can show.

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

# A line and its name at the right of the plot.
function legend_line(text, y, style) {
    printf "set arrow from screen 0.850, screen %.4f to screen 0.893, screen %.4f nohead %s front\n", y, y, style
    label(cut(text, 16), "screen 0.898", sprintf("screen %.4f", y), "font ','.small tc rgb '#000000'")
}

# A patch of colour and its name at pixel x; where the next one goes.
function swatch(text, tint, x, y,   w) {
    printf "set object rectangle from screen %.5f, screen %.4f to screen %.5f, screen %.4f front fc rgb '#%s' fs solid border lc rgb '#777777'\n", \
        x / WIDTH, y - 0.009, (x + 20) / WIDTH, y + 0.009, tint
    label(text, sprintf("screen %.5f", (x + 26) / WIDTH), sprintf("screen %.4f", y), "font ','.small")
    return x + 26 + letters(text) * CHAR * SMALL + 22
}

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
