# overlay.awk - several runs in one picture: the voltage of each since its fault, and below it where the
# time of its longest gap went, on the same axis.

function overlay(   r, k, n, lo, hi, first, last, t, is_log, pad, top) {
    if (n_runs > 8) nothing_to_show("up to 8 runs are shown together, not " n_runs)
    class_words()
    for (r = 1; r <= n_runs; r++) overlay_run(r)
    for (r = 1; r <= n_runs; r++) {
        if (o_end[r] > 0) { last = max(last, o_end[r]); first = first == "" ? o_end[r] : min(first, o_end[r]) }
        if (o_begin[r] > 0) t = t == "" ? o_begin[r] : min(t, o_begin[r])
    }
    if (last == "") for (r = 1; r <= n_runs; r++) last = max(last, o_last[r])
    last = max(last, 1e-8)
    is_log = first != "" && last > 30 * first && t > 0   # else the shortest is but a line
    from = is_log ? 10 ^ floor(log10(max(t, last / 1e5))) : -0.08 * last
    to = is_log ? last * 1.6 : last * 1.15
    X = unit_of(to, to - from); PER = is_log ? 1 : per_second(X)   # a logarithmic axis names its units
    printf "is_log = %d; x_unit = '%s'; x_lo = %.12g; x_hi = %.12g\n", is_log, X, from * PER, to * PER
    if (is_log) print "log_tics = \"" decades(from, to) "\""
    lo = ""
    for (r = 1; r <= n_runs; r++) {
        overlay_voltage(r, is_log)
        if (s_n["r" r] == 0) continue
        if (s_low["r" r] != "") lo = lo == "" ? s_low["r" r] : min(lo, s_low["r" r])
        if (s_top["r" r] != "") hi = hi == "" ? s_top["r" r] : max(hi, s_top["r" r])
    }
    if (lo == "") { lo = 0; hi = 1 }
    for (r = 1; r <= n_runs; r++) if (o_limit[r] > 0) { lo = min(lo, o_limit[r]); hi = max(hi, o_limit[r]) }
    pad = max(hi - lo, 0.01 * max(hi, 0.1))
    printf "y_lo = %.9g; y_hi = %.9g\n", lo - 0.1 * pad, hi + 0.1 * pad
    print "$series << EOD"
    for (r = 1; r <= n_runs; r++) series_print("r" r, PER)
    print "EOD"
    for (r = 2; r <= n_runs && o_what[r] == o_what[1]; r++) continue
    if (r > n_runs) runs_heading("After " o_what[1] ": " n_runs " runs", common_observer() "   ·   time counts from " o_what[1])
    else runs_heading("After the fault of each: " n_runs " runs", common_observer() "   ·   time counts from what was done to each")
    for (r = 1; r <= n_runs; r++) {
        if (!(o_limit[r] in l_drawn) && o_limit[r] > 0) {
            l_drawn[o_limit[r]] = 1
            printf "set arrow from graph 0, first %.9g to graph 1, first %.9g nohead dt 3 lw 1.6 lc rgb '#B00020'\n", o_limit[r], o_limit[r]
            label("< " plain(o_limit[r]) " V is a gap", "graph 0.995", sprintf("first %.9g", o_limit[r]), "right offset 0, -0.6 font ','.small tc rgb '#B00020'")
        }
        legend_line(ending(run_name[r], 16), 0.87 - 0.03 * (r - 1), sprintf("lw 4 dt dash(%d) lc rgb colour(%d)", r, r))
    }
    overlay_bars(is_log)
    print "n_runs = " n_runs
}

# Which observer the pictures are of: the same of all, or each run's own.
function common_observer(   r) {
    for (r = 2; r <= n_runs; r++) if (o_name[r] != o_name[1]) return "each run's worst voltage"
    return "voltage of " short_observer(o_name[1])
}

# The observer, where its time begins, and the spans of its longest gap.
function overlay_run(r,   g, i, k) {
    open_run(r)
    read_events(); read_spans()
    close_run()
    g = longest_of(1)
    if (!g) g = longest
    for (i = 1; i <= n_limits && (limit_of[i] != g_observer[g] || !g); i++) if (!g && !is_of(part_kind(observer_part(limit_of[i])), SERVER)) break
    if (i > n_limits) i = 1
    o_name[r] = g ? g_observer[g] : limit_of[i]
    o_column[r] = limit_column[i]
    o_limit[r] = g ? g_limit[g] : limit_V[i]
    o_t0[r] = g ? g_from[g] : n_acts > 0 ? act_at[1] : 0
    o_what[r] = g && g_fault[g] != "" ? g_fault[g] : n_acts > 0 ? act_text[1] : "the start"
    o_last[r] = n_acts > 0 ? last_event - o_t0[r] : 1e-3
    if (!g) return
    o_gap[r] = 1; o_open[r] = g_open[g]; o_long[r] = g_long[g]
    o_begin[r] = g_start[g] - o_t0[r]
    o_end[r] = g_until(g) - o_t0[r]
    for (k = 1; k <= n_spans[g]; k++) {
        i = ++o_n[r]
        o_from[r, i] = x_from[g, k] + g_start[g] - o_t0[r]
        o_to[r, i] = x_to[g, k] + g_start[g] - o_t0[r]
        o_class[r, i] = x_class[g, k]
    }
}

# On a logarithmic axis the series is thinned in the logarithm of the time, to base 10.
function overlay_voltage(r, is_log,   c, id, t) {
    id = "r" r
    if (is_log) series_new(id, log10(from), log10(to), 1500)
    else series_new(id, from, to, 1500)
    dir = run_dir[r]
    split("", at_column)
    read_header()
    c = at_column[o_column[r]]
    while (c != "" && next_row()) {
        if (row[c] == "") continue
        t = row_t - o_t0[r]
        if (is_log && t < from / 10) continue
        series_add(id, is_log ? log10(t) : t, row[c] + 0)
        if (s_after[id]) break
    }
    close_run()
}

function overlay_bars(is_log,   r, i, x1, x2, px, w, x) {
    px = (0.845 - 0.115) * WIDTH
    print "$bars << EOD"
    for (r = 1; r <= n_runs; r++)
        for (i = 1; i <= o_n[r]; i++) {
            x1 = max(o_from[r, i], from); x2 = min(o_to[r, i], to)
            if (x2 <= x1) continue
            if (!is_log && x2 - x1 < (to - from) / px) x2 = x1 + (to - from) / px
            printf "%.12g %d %.12g %.12g %.3f %.3f %d\n", x1 * PER, r, x1 * PER, x2 * PER, r - 0.28, r + 0.28, hex(class_tint[o_class[r, i]])
            class_used[o_class[r, i]] = 1
        }
    printf "%.12g 1 %.12g %.12g 1 1 16777215\n", to * PER, to * PER, to * PER
    print "EOD"
    print "$names << EOD"
    for (r = 1; r <= n_runs; r++) printf "%.12g %d %s\n", from * PER, r, datum(ending(run_name[r], 16))
    print "EOD\n$lengths << EOD"
    for (r = 1; r <= n_runs; r++)
        printf "%.12g %d %s\n", max(from, min(to, o_end[r])) * PER, r, datum(!o_gap[r] ? "no gap" : (o_open[r] ? "> " : "") say_time(o_long[r]))
    print "EOD\n$words << EOD"
    for (r = 1; r <= n_runs; r++)
        for (i = 1; i <= o_n[r]; i++) {
            x1 = max(o_from[r, i], from); x2 = min(o_to[r, i], to)
            w = letters(class_word[o_class[r, i]]) * CHAR * SMALL + 10
            if (x2 > x1 && share_of(x2, is_log) - share_of(x1, is_log) > w / px) {
                x = (share_of(x1, is_log) + share_of(x2, is_log)) / 2
                printf "%.12g %d %s %d\n", (is_log ? from * (to / from) ^ x : from + (to - from) * x) * PER, r, \
                    datum(class_word[o_class[r, i]]), ink_on(class_tint[o_class[r, i]])
            }
        }
    printf "%.12g 1 \"\" 0\n", to * PER
    print "EOD"
    x = 0.115 * WIDTH
    for (i = 1; i <= n_classes; i++) if (class[i] in class_used) x = swatch(class_word[class[i]], class_tint[class[i]], x, 0.03)
}

function log10(x) { return log(x) / log(10) }

# A text in a data block.
function datum(s) { gsub(/[\001-\037\\]/, " ", s); gsub(/"/, "'", s); return "\"" s "\"" }

# Where a time is on the axis: 0 to 1.
function share_of(t, is_log) { return is_log ? log(t / from) / log(to / from) : (t - from) / (to - from) }
