# voltages.awk - how deep and how long the voltages fell.

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

function column_name(c,   s) { s = header[c]; sub(/_V$/, "", s); sub(/\.v$/, "", s); return s }
