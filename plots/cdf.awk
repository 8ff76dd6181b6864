# cdf.awk - how often a gap is longer than so much: the share of runs over their longest gap.
#
# A run without a gap counts as one of 0 s, below the left edge. A gap that is still open when its run
# ends is longer than its length says: its curve stays below 100 %.

function cdf(   r, k, g, kind, id, x_lo, x_hi, v, i, y) {
    if (n_groups > 5) nothing_to_show("up to 5 folders of runs are compared, not " n_groups)
    for (r = 1; r <= n_runs; r++) {
        open_run(r)
        for (k = 1; k <= 2; k++) {
            if (!is_watched(k)) continue
            id = run_group[r] "." k
            c_runs[id]++
            g = longest_of(k)
            if (g == 0) { c_none[id]++; continue }
            v = max(g_long[g], 1e-9)
            x_lo = x_lo == "" ? v : min(x_lo, v); x_hi = max(x_hi, v)
            if (g_open[g]) { c_open[id]++; continue }
            i = ++c_n[id]
            for (; i > 1 && c_v[id, i - 1] > v; i--) { c_v[id, i] = c_v[id, i - 1]; c_run[id, i] = c_run[id, i - 1] }
            c_v[id, i] = v; c_run[id, i] = r
        }
    }
    if (x_lo == "") nothing_to_show("none of " n_runs " runs has a gap")
    x_lo = 10 ^ floor(log(x_lo) / log(10)); x_hi = 10 ^ ceiling(log(x_hi) / log(10))
    if (x_hi <= x_lo) x_hi = 10 * x_lo
    printf "x_lo = %.9g; x_hi = %.9g\n", x_lo, x_hi
    print decades(x_lo, x_hi)
    print "$curves << EOD"
    for (g = 1; g <= n_groups; g++)
        for (k = 1; k <= 2; k++) if (c_runs[g "." k] > 0) cdf_curve(g, k, x_lo, x_hi)
    print "EOD"
    print "n_curves = " n_curves "; styles = '" styles "'"
    runs_heading("How long the longest gap of a run is", n_runs " runs in " common "   ·   a run without a gap counts as one of 0 s")
    y = 0.86
    for (g = 1; g <= n_groups; g++)
        for (k = 1; k <= 2; k++) if (c_runs[g "." k] > 0) y = cdf_legend(g, k, y)
}

# Is any bus bar (1) or server (2) of the run watched?
function is_watched(k,   i) {
    for (i = 1; i <= n_limits; i++) if (is_of(part_kind(observer_part(limit_of[i])), SERVER) == (k == 2)) return 1
    return 0
}

# The longest gap of bus bars and what else is no server (1), or of servers (2); 0: there is none.
function longest_of(k,   i, best) {
    for (i = 1; i <= n_gaps; i++)
        if (is_of(g_kind[i], SERVER) == (k == 2) && (!best || g_long[i] > g_long[best])) best = i
    return best
}

# The command that names an axis: every decade, every other one of many, 1 2 5 of few.
function decades(lo, hi,   d, n, k, step, s) {
    n = log(hi / lo) / log(10)
    for (d = 0; d <= n + 0.5; d += n > 10 ? 2 : 1)
        for (k = 1; k <= (n < 2.5 ? 3 : 1); k++) {
            step = lo * 10 ^ d * (k == 1 ? 1 : k == 2 ? 2 : 5)
            if (step <= hi * 1.001) s = s (s == "" ? "" : ", ") sprintf("'%s' %.9g", say_time(step * 1.0000001), step)
        }
    return "set xtics (" s ")"
}

function cdf_curve(g, k, x_lo, x_hi,   id, i) {
    id = g "." k
    n_curves++
    styles = styles " " (n_groups > 1 ? g : n_curves) " " n_curves
    printf "%.9g %.9g\n", x_lo, c_none[id] / c_runs[id]
    for (i = 1; i <= c_n[id]; i++) printf "%.9g %.9g\n", c_v[id, i], (c_none[id] + i) / c_runs[id]
    printf "%.9g %.9g\n\n\n", x_hi, (c_none[id] + c_n[id]) / c_runs[id]
}

# The gap that a share of the runs does not exceed, in words.
function quantile(id, share,   i) {
    i = share * c_runs[id] - c_none[id]
    if (i <= 0) return "none"
    i = ceiling(i - 1e-9)
    return i > c_n[id] ? "open" : say_time(c_v[id, i])
}

function cdf_legend(g, k, y,   id, name, text) {
    id = g "." k
    name = group_name[g]
    sub(/.*\//, "", name)
    n_legends++
    name = (k == 1 ? "bus bars" : "servers") (n_groups > 1 ? ", " (name == "" ? "single runs" : name) : "")
    printf "set arrow from screen 0.772, screen %.4f to screen 0.815, screen %.4f nohead lw 3.5 dt dash(%d) lc rgb colour(%d) front\n", y, y, n_legends, (n_groups > 1 ? g : n_legends)
    label(cut(name, 22), "screen 0.822", sprintf("screen %.4f", y), "tc rgb '#000000'")
    if (n_groups > 2) {
        cdf_line("half: " quantile(id, 0.5) ", 95 %: " quantile(id, 0.95), y - 0.030)
        return y - 0.08
    }
    cdf_line(c_runs[id] " runs, " c_none[id] + 0 " without a gap", y - 0.032)
    cdf_line("half: " quantile(id, 0.5) ", 95 %: " quantile(id, 0.95), y - 0.060)
    text = c_n[id] > 0 ? "longest " say_time(c_v[id, c_n[id]]) ":" : "none that has ended"
    cdf_line(text, y - 0.088)
    if (c_n[id] > 0) cdf_line(ending(run_name[c_run[id, c_n[id]]], 30), y - 0.114)
    if (c_open[id] > 0) cdf_line(c_open[id] " still open at the end", y - 0.142)
    return y - 0.195
}

function cdf_line(text, y) { label(text, "screen 0.772", sprintf("screen %.4f", y), "font ','.small tc rgb '#444444'") }

function floor(x) { return int(x) > x ? int(x) - 1 : int(x) }
function ceiling(x) { return -floor(-x) }
