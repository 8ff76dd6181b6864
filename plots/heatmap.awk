# heatmap.awk - the longest gap over two varied parameters: a cell for each pair of values.

function heatmap(   r, x, y, i, k, v, lo, hi, nx, ny, tint, text, size, t) {
    read_differences()
    find_axes()
    if (n_axes != 2) nothing_to_show("the runs must differ in two parameters; these differ in " axes_words())
    x = axis_kinds[1] >= axis_kinds[2] ? 1 : 2; y = 3 - x
    sort_axis(1); sort_axis(2)
    nx = axis_kinds[x]; ny = axis_kinds[y]
    if (nx > 40 || ny > 40) nothing_to_show("up to 40 values of a parameter have room, not " max(nx, ny))
    for (r = 1; r <= n_runs; r++) {
        open_run(r)
        v = longest ? g_long[longest] : 0
        i = place_of[x, r]; k = place_of[y, r]
        if (!((i, k) in cell_runs) || v > cell[i, k]) { cell[i, k] = v; cell_open[i, k] = longest && g_open[longest] }
        cell_runs[i, k]++
        if (run_verdict[r] != "PASS") cell_fails[i, k]++
        if (v > 0) { lo = lo == "" ? v : min(lo, v); hi = max(hi, v) }
        most = max(most, cell_runs[i, k])
    }
    if (lo == "") lo = hi = 1e-3
    print "nx = " nx "; ny = " ny
    printf "set xtics ("
    for (i = 1; i <= nx; i++) printf "%s%s %d", (i > 1 ? ", " : ""), quote(nx > 12 && i % ceiling(nx / 12) != 1 ? "" : cut(axis_text[x, i], 14)), i
    printf ")\nset ytics ("
    for (i = 1; i <= ny; i++) printf "%s%s %d", (i > 1 ? ", " : ""), quote(cut(axis_text[y, i], 12)), i
    print ")"
    print "x_name = " quote(cut(axis_name(x), 90)) "; y_name = " quote(cut(axis_name(y), 60))
    size = min(0.75 * WIDTH / nx, 90 * 4)
    print "$cells << EOD"
    for (i = 1; i <= nx; i++)
        for (k = 1; k <= ny; k++)
            if ((i, k) in cell_runs) print i, k, hex(heat(cell[i, k], lo, hi))
    print "EOD\n$words << EOD"
    for (i = 1; i <= nx; i++)
        for (k = 1; k <= ny; k++) {
            t = (i, k) in cell_runs
            text = !t ? "not run" : cell[i, k] == 0 ? "none" : (cell_open[i, k] ? "> " : "") say_time(cell[i, k])
            if (letters(text) * CHAR * SMALL + 6 > 0.78 * WIDTH / nx) text = t ? "" : "-"
            print i, k, datum(text), (t && cell[i, k] > 0 && heat_share(cell[i, k], lo, hi) > 0.55 ? 16777215 : 0)
        }
    print "EOD\n$fails << EOD"
    for (i = 1; i <= nx; i++)
        for (k = 1; k <= ny; k++) if (cell_fails[i, k] > 0) print i, k
    print "-1 -1\nEOD"
    runs_heading("The longest gap over " cut(axis_name(x), 40) " and " cut(axis_name(y), 40), \
                 n_runs " runs in " common (most > 1 ? "   ·   the worst of up to " most " runs a cell" : ""))
    heat_legend(lo, hi)
}

# From white to dark blue, evenly in the logarithm: in black and white it only gets darker.
function heat_share(v, lo, hi) { return hi > lo ? 0.12 + 0.88 * log(v / lo) / log(hi / lo) : 0.5 }

function heat(v, lo, hi,   s) {
    if (v <= 0) return "FFFFFF"
    s = heat_share(v, lo, hi)
    return sprintf("%02X%02X%02X", 240 - 240 * s, 245 - 195 * s, 250 - 130 * s)
}

function heat_legend(lo, hi,   i, y, v) {
    label("longest gap", "screen 0.895", "screen 0.865", "font ','.small tc rgb '#444444'")
    for (i = 0; i < 7; i++) {
        if (i > 0 && hi <= lo) break
        v = hi * (lo / hi) ^ (i / 6)
        y = 0.82 - 0.045 * i
        printf "set object rectangle from screen 0.895, screen %.4f to screen 0.915, screen %.4f front fc rgb '#%s' fs solid border lc rgb '#777777'\n", y - 0.02, y + 0.02, heat(v, lo, hi)
        label(say_time(v), "screen 0.922", sprintf("screen %.4f", y), "font ','.small")
    }
    label("none: white", "screen 0.895", sprintf("screen %.4f", 0.82 - 0.045 * 7.2), "font ','.small tc rgb '#444444'")
    label("× did not pass", "screen 0.895", sprintf("screen %.4f", 0.82 - 0.045 * 8.2), "font ','.small tc rgb '#B00020'")
}
