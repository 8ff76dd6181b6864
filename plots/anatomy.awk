# anatomy.awk - the plot of where the time of each gap went: what trace.awk calls for `anatomy`.
#
# Spans come from spans.csv in the order of time. Of many short ones neighbours are put together until
# there is room for everybody's words; the bar still shows each.

function class_words(   i) {
    n_classes = split("hold_up|ride_through|wait_poll|wait_alert|find|transfer|decide|queue|write|actuate|bounce|start_up|recharge|other", class, "|")
    split("hold-up|ride-through|waiting for the poll|waiting for the alert|finding who alerts|reading|deciding|queueing|writing|actuation|bounce|start-up|recharging|other", word, "|")
    split("8C8C8C|C4C4C4|0072B2|332288|88CCEE|56B4E9|F0E442|CC79A7|009E73|D55E00|E69F00|882255|44AA99|D9C8A9", tint, "|")
    for (i = 1; i <= n_classes; i++) { class_word[class[i]] = word[i]; class_tint[class[i]] = tint[i] }
}

# n_spans[gap], and of each in seconds from the gap's start: x_from, x_to; x_class, x_text.
function read_spans(   file, line, cell, n, i, g, k, column) {
    file = dir "/spans.csv"
    if ((getline line < file) <= 0) fail("can't read '" file "'")
    n = csv(line, cell)
    for (i = 1; i <= n; i++) column[cell[i]] = i
    while ((getline line < file) > 0) {
        if (line == "") continue
        csv(line, cell)
        g = cell[column["gap"]] + 0
        k = ++n_spans[g]
        x_from[g, k] = cell[column["start_ns"]] * 1e-9 - g_start[g]
        x_to[g, k] = cell[column["end_ns"]] * 1e-9 - g_start[g]
        x_class[g, k] = cell[column["class"]]
        x_text[g, k] = cell[column["text"]]
    }
    close(file)
}

# ---- which gaps --------------------------------------------------------------------------------------

function g_recovery_kind(g,   s) { s = g_recovery[g]; sub(/^[^.]*\./, "", s); return s }

# Servers that lost the same to the same fault are alike, and so is what happened to one bar again.
function are_alike(a, b) {
    return ((is_of(g_kind[a], SERVER) && is_of(g_kind[b], SERVER)) || g_observer[a] == g_observer[b]) && \
        g_fault[a] == g_fault[b] && g_recovery_kind(a) == g_recovery_kind(b) && \
        g_open[a] == g_open[b] && g_long[a] >= 0.97 * g_long[b]
}

# The longest that are not alike, longest first, as r_gap[1..rows]; the rest is counted.
function choose_rows(   i, k, g, order, rows) {
    for (i = 1; i <= n_gaps; i++) order[i] = i
    for (i = 2; i <= n_gaps; i++) {
        g = order[i]
        for (k = i - 1; k >= 1 && g_long[order[k]] < g_long[g]; k--) order[k + 1] = order[k]
        order[k + 1] = g
    }
    for (i = 1; i <= n_gaps; i++) {
        g = order[i]
        for (k = 1; k <= rows; k++) if (are_alike(g, r_gap[k])) break
        if (k <= rows) { r_more[k]++; r_others[k] += !((k, g_observer[g]) in r_seen); r_seen[k, g_observer[g]]; continue }
        if (rows == 6 || (rows > 0 && g_long[g] < 1e-3 * g_long[order[1]])) {
            rest++; rest_long = max(rest_long, g_long[g]); continue
        }
        r_gap[++rows] = g
        r_seen[rows, g_observer[g]]
    }
    return rows
}

function anatomy(   i, k, rows, pre, cap, longest_s, gap_h, x_lo, x_hi, px, s) {
    class_words()
    read_spans()
    rows = choose_rows()
    longest_s = rows > 0 ? g_long[r_gap[1]] : 1e-3
    if (longest_s <= 0) longest_s = 1e-9
    for (k = 1; k <= rows; k++) pre = max(pre, g_hold[r_gap[k]] + g_ride[r_gap[k]])
    cap = 0.25 * longest_s                               # what came before is not the subject
    pre = min(pre, cap)
    X = longest_s >= 1 ? "s" : longest_s >= 1e-3 ? "ms" : longest_s >= 1e-6 ? "µs" : "ns"
    PER = X == "ns" ? 1e9 : per_second(X)
    x_lo = -pre * (pre > 0 ? 1.08 : 1) * PER; x_hi = longest_s * 1.03 * PER
    px = 0.94 * WIDTH / (x_hi - x_lo)
    print "x_unit = '" X "'"
    printf "x_lo = %.12g; x_hi = %.12g\n", x_lo, x_hi
    AREA = (0.885 - 0.155) * HEIGHT
    print "pixels = " AREA
    gap_h = (AREA - (rest > 0 ? 30 : 0)) / max(rows, 1)
    heading("Where the time of each gap went")
    n_bars = 0
    STAIRS = rows <= 2
    for (k = 1; k <= rows; k++) anatomy_row(k, r_gap[k], (k - 1) * gap_h, STAIRS ? min(gap_h, AREA - 30) - 14 : min(gap_h, 190), x_lo, x_hi, px, cap)
    print "$bars << EOD"
    for (i = 1; i <= n_bars; i++) print bar_out[i]
    printf "%.12g %.12g 1 1 1 16777215\n", x_lo, x_lo
    print "EOD"
    print "n_gaps = " n_gaps + 0
    if (rows == 0) label(no_gap(), "graph 0.5", "graph 0.5", "center tc rgb '#009E73'")
    if (rest > 0)
        label("and " rest (rest == 1 ? " shorter gap of " : " shorter gaps, the longest ") say_time(rest_long), "graph 0.99", \
              sprintf("first %.1f", AREA - 14), "right font ','.small tc rgb '#555555'")
    s = 0.03 * WIDTH
    for (i = 1; i <= n_classes; i++) if (class[i] in class_used) s = swatch(class_word[class[i]], class_tint[class[i]], s, 0.03)
}

# ---- one gap -----------------------------------------------------------------------------------------

# One gap: a heading, its bar, and under it the words: of all spans as stairs, or of the short ones.
function anatomy_row(k, g, y, h, x_lo, x_hi, px, cap,   text, b1, b2, i, n, scale, first, n_pieces) {
    text = short_observer(g_observer[g]) " < " plain(g_limit[g]) " V"
    if (r_more[k] > 0) text = text " (and " r_more[k] " more " (r_others[k] == r_more[k] ? "server" : "gap") (r_more[k] > 1 ? "s" : "") " alike)"
    text = text ":  " (g_open[g] ? "more than " : "") say_time(g_long[g])
    if (g_fault[g] != "") text = text "   after " g_fault[g]
    if (g_open[g]) text = text "   still open at the end of the run"
    else if (g_recovery[g] != "") text = text "   until " g_recovery[g]
    label(cut(text, 130), "graph 0.002", sprintf("first %.1f", y + 14), "tc rgb '#000000'")
    b1 = y + 28; b2 = b1 + (STAIRS ? 46 : max(18, min(64, h - 30 - 56)))
    n_steps = 0
    n = 0
    # Before the gap, from zero to the left; what is longer than its room is cut and says so.
    scale = g_hold[g] + g_ride[g] > cap ? cap / (g_hold[g] + g_ride[g]) : 1
    for (i = 1; i <= n_spans[g] && x_to[g, i] <= 1e-12; i++) {
        n = piece(n, x_from[g, i] * scale, x_to[g, i] * scale, b1, b2, x_class[g, i], \
                  say_time(x_to[g, i] - x_from[g, i]), class_word[x_class[g, i]], px)
        box(x_from[g, i] * scale, x_to[g, i] * scale, b1, b2, x_class[g, i], px)
    }
    if (scale < 1) label("//", sprintf("first %.12g", -cap * PER), sprintf("first %.1f", (b1 + b2) / 2), "center front tc rgb '#000000'")
    n_pieces = pieces(g, i, STAIRS ? int((h - 90) / 24) - n_steps : 8 - n_steps)
    for (; i <= n_spans[g]; i++) box(x_from[g, i], x_to[g, i], b1, b2, x_class[g, i], px)
    for (i = 1; i <= n_pieces; i++)
        n = piece(n, p_from[i], p_to[i], b1, b2, p_class[i], say_time(p_to[i] - p_from[i]), \
                  p_words[i] " " percent((p_to[i] - p_from[i]) / g_long[g]), px)
    printf "set arrow from 0, %.1f to 0, %.1f nohead lw 2 lc rgb '#000000' front\n", b1, STAIRS ? b2 + 10 + n_steps * stair(b2 + 10, y + h) : b2 + 4
    if (STAIRS) stairs(b2 + 10, y + h, x_lo, x_hi, px)
    else callouts(n, b2 + 12, b2, x_lo, px)
}

# The gap's spans from number `first` on as at most `most` pieces p_*[1..]. What is put together, again
# and again, is where the least time changes its name: a short span between two of one class, or one
# beside a longer one.
function pieces(g, first, most,   i, n, best, cost, least, three) {
    n = 0
    for (i = first; i <= n_spans[g]; i++) {
        n++
        p_from[n] = x_from[g, i]; p_to[n] = x_to[g, i]; p_class[n] = x_class[g, i]
        p_first[n] = p_last[n] = i
    }
    while (n > max(most, 3)) {
        best = 0
        for (i = 1; i < n; i++) {
            cost = min(p_to[i] - p_from[i], p_to[i + 1] - p_from[i + 1])
            if (best == 0 || cost < least) { best = i; least = cost; three = 0 }
            cost = p_to[i + 1] - p_from[i + 1]
            if (i + 2 <= n && p_class[i] == p_class[i + 2] && cost <= least) { best = i; least = cost; three = 1 }
        }
        if (three) n = join(best, n)
        n = join(best, n)
    }
    for (i = 1; i <= n; i++) name_piece(g, i)
    return n
}

# Pieces i and i + 1 of n become one, of the longer one's class.
function join(i, n,   k) {
    if (p_to[i + 1] - p_from[i + 1] > p_to[i] - p_from[i]) p_class[i] = p_class[i + 1]
    p_to[i] = p_to[i + 1]; p_last[i] = p_last[i + 1]
    for (k = i + 1; k < n; k++) {
        p_from[k] = p_from[k + 1]; p_to[k] = p_to[k + 1]; p_class[k] = p_class[k + 1]
        p_first[k] = p_first[k + 1]; p_last[k] = p_last[k + 1]
    }
    return n - 1
}

# A piece is called by what it spends most on, and by the second where that is more than a tenth.
function name_piece(g, i,   k, c, sum, most, second) {
    for (k = p_first[i]; k <= p_last[i]; k++) sum[x_class[g, k]] += x_to[g, k] - x_from[g, k]
    for (k = 1; k <= n_classes; k++) {
        c = class[k]
        if (!(c in sum)) continue
        if (most == "" || sum[c] > sum[most]) { second = most; most = c }
        else if (second == "" || sum[c] > sum[second]) second = c
    }
    p_class[i] = most
    p_words[i] = class_word[most]
    if (second != "" && sum[second] > 0.1 * (p_to[i] - p_from[i])) p_words[i] = p_words[i] " and " class_word[second]
    k = p_last[i]
    if (k == p_first[i] && (most == "other" || (g_open[g] && k == n_spans[g])) && x_text[g, k] != "") p_words[i] = cut(x_text[g, k], 44)
}

# A span in the bar, at least a pixel wide.
function box(from, to, y1, y2, class_, px) {
    if ((to - from) * PER * px < 1) to = from + 1 / PER / px
    bar_out[++n_bars] = sprintf("%.12g %.12g %.2f %.2f %.2f %d", from * PER, to * PER, (y1 + y2) / 2, y1, y2, hex(class_tint[class_]))
    class_used[class_] = 1
}

function stair(y, y_end) { return min(50, (y_end - y) / max(n_steps, 1)) }

# With room to spare: each span once more on a step of its own, where the one before ended; its words
# beside it.
function stairs(y, y_end, x_lo, x_hi, px,   i, step, from, to, text, w) {
    step = stair(y, y_end)
    for (i = 1; i <= n_steps; i++) {
        from = st_from[i] * PER; to = st_to[i] * PER
        if ((to - from) * px < 1) to = from + 1 / px
        bar_out[++n_bars] = sprintf("%.12g %.12g %.2f %.2f %.2f %d", from, to, y + step / 2, y + 0.14 * step, y + 0.86 * step, hex(st_tint[i]))
        if (i > 1)
            printf "set arrow from %.12g, %.1f to %.12g, %.1f nohead lw 1 lc rgb '#999999' front\n", from, y - 0.14 * step, from, y + 0.14 * step
        text = st_1[i] "   " st_2[i]
        w = letters(text) * CHAR * SMALL + 24
        if ((x_hi - to) * px > w)
            label(text, sprintf("first %.12g", to), sprintf("first %.1f", y + step / 2), "left offset 0.8, 0 front font ','.small tc rgb '#000000'")
        else if ((from - x_lo) * px > w)
            label(text, sprintf("first %.12g", from), sprintf("first %.1f", y + step / 2), "right offset -0.8, 0 front font ','.small tc rgb '#000000'")
        else
            inside(text, st_from[i], st_to[i], y + step / 2, st_tint[i])
        y += step
    }
}

function percent(x) { return x >= 0.9995 ? "100 %" : x >= 0.0995 ? sprintf("%.0f %%", 100 * x) : x >= 0.001 ? sprintf("%.1f %%", 100 * x) : "< 0.1 %" }

# A piece's words in the bar if they fit, else they become callout n + 1.
function piece(n, from, to, y1, y2, class_, line1, line2, px,   w, two, tint_) {
    tint_ = class_tint[class_]
    n_steps++
    st_from[n_steps] = from; st_to[n_steps] = to; st_tint[n_steps] = tint_; st_1[n_steps] = line1; st_2[n_steps] = line2
    two = y2 - y1 >= 44
    w = two ? max(letters(line1), letters(line2)) : letters(line1 line2) + 2
    w = w * CHAR * SMALL + 10
    if ((to - from) * PER * px >= w) {
        if (two) {
            inside(line1, from, to, (y1 + y2) / 2 - 11, tint_); inside(line2, from, to, (y1 + y2) / 2 + 11, tint_)
        } else inside(line2 "  " line1, from, to, (y1 + y2) / 2, tint_)
        return n
    }
    n++
    c_x[n] = (from + to) / 2; c_1[n] = line1; c_2[n] = line2
    return n
}

function inside(text, from, to, y, tint_) {
    label(text, sprintf("first %.12g", (from + to) / 2 * PER), sprintf("first %.1f", y), \
          "center front font ','.small tc rgb '" (ink_on(tint_) ? "#FFFFFF" : "#000000") "'")
}

# Letters on a span's colour: white on a dark one.
function ink_on(tint_) { return index("0072B2 332288 009E73 D55E00 882255 8C8C8C", tint_) ? 16777215 : 0 }

# Words under the bar, left to right, each near its span and clear of its neighbours.
function callouts(n, y, b2, x_lo, px,   i, k, v, order, left, w, total, x) {
    for (i = 1; i <= n; i++) order[i] = i
    for (i = 2; i <= n; i++) {
        v = order[i]
        for (k = i - 1; k >= 1 && c_x[order[k]] > c_x[v]; k--) order[k + 1] = order[k]
        order[k + 1] = v
    }
    total = 0.94 * WIDTH - 6
    for (i = 1; i <= n; i++) {
        w[i] = max(letters(c_1[order[i]]), letters(c_2[order[i]])) * CHAR * SMALL + 14
        left[i] = (c_x[order[i]] * PER - x_lo) * px - w[i] / 2
        left[i] = max(left[i], i == 1 ? 2 : left[i - 1] + w[i - 1])
    }
    for (i = n; i >= 1; i--) left[i] = min(left[i], (i == n ? total : left[i + 1]) - w[i])
    for (i = 1; i <= n; i++) {
        x = (left[i] + w[i] / 2) / px + x_lo
        printf "set arrow from %.12g, %.1f to %.12g, %.1f nohead lw 1 lc rgb '#777777' front\n", c_x[order[i]] * PER, b2, x, y - 2
        label(c_1[order[i]], sprintf("first %.12g", x), sprintf("first %.1f", y + 8), "center font ','.small tc rgb '#000000'")
        label(c_2[order[i]], sprintf("first %.12g", x), sprintf("first %.1f", y + 26), "center font ','.small tc rgb '#000000'")
    }
}
