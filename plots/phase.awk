# phase.awk - what a failure costs by where in the poll's sweep it falls: each run's spans from the fault
# to the recovery, one above the other, over the fault's instant modulo the poll.

function phase(   r, k, i, n, poll, x, y, v, best, worst, order, least, event_n) {
    class_words()
    read_differences()
    find_axes()
    for (k = 1; k <= n_axes && moment == ""; k++) if (noted_name[axis_of[k]] ~ / at$/) moment = axis_of[k]
    if (moment == "") nothing_to_show("the runs must differ in when something is done; these differ in " axes_words())
    for (r = 1; r <= n_runs; r++) {
        if (value_of[r, moment] == "") nothing_to_show("not all runs do '" noted_name[moment] "'")
        if (run_poll[r] <= 0) nothing_to_show("the controller of '" run_dir[r] "' does not poll")
        if (r > 1 && run_poll[r] != run_poll[1]) nothing_to_show("the runs poll at different rates")
    }
    poll = run_poll[1]
    for (r = 1; r <= n_runs; r++) phase_run(r, value_of[r, moment] + 0, poll)
    least = poll / 8                                     # the width of a bar: what two neighbours leave
    for (r = 1; r <= n_runs; r++)
        for (k = 1; k < r; k++) {
            x = p_at[r] > p_at[k] ? p_at[r] - p_at[k] : p_at[k] - p_at[r]
            if (x > 1e-9) least = min(least, x)
        }
    X = unit_of(poll, poll); PER = per_second(X)
    print "$bars << EOD"
    for (r = 1; r <= n_runs; r++) {
        for (i = 1; i <= ph_n[r]; i++) {
            printf "%.9g %.9g %.9g %.9g %.9g %.9g %d\n", p_at[r] * PER, ph_from[r, i] * PER, (p_at[r] - 0.4 * least) * PER, (p_at[r] + 0.4 * least) * PER, ph_from[r, i] * PER, ph_to[r, i] * PER, hex(class_tint[ph_class[r, i]])
            class_used[ph_class[r, i]] = 1
        }
        y = max(y, max(ph_end[r], p_known[r]))
        if (ph_end[r] > 0 && (!worst || ph_long[r] > ph_long[worst])) worst = r
        if (!best || ph_long[r] < ph_long[best]) best = r
    }
    print "-1 0 -1 -1 0 0 0\nEOD\n$known << EOD"
    for (r = 1; r <= n_runs; r++) if (p_known[r] > 0) printf "%.9g %.9g\n", p_at[r] * PER, p_known[r] * PER
    print "-1 -1\nEOD"
    y = max(y, 1e-6)
    printf "x_unit = '%s'; x_lo = %.9g; x_hi = %.9g; y_hi = %.9g\n", X, -0.6 * least * PER, (poll + 0.1 * least) * PER, 1.16 * y * PER
    print "x_name = " quote("instant of " act_name() " within a poll of " say_time(poll)) "; y_name = " quote("time since then")
    runs_heading("What the phase of the poll costs", n_runs " runs in " common "   ·   the longest gap of each, from the fault to the recovery")
    if (worst)
        label("longest gap " say_time(ph_long[worst]) ", shortest " (ph_long[best] > 0 ? say_time(ph_long[best]) : "none"), "graph 0.99", "graph 0.965", "right tc rgb '#000000'")
    else label("no gap in any of these runs", "graph 0.99", "graph 0.965", "right tc rgb '#009E73'")
    x = 0.068 * WIDTH
    for (i = 1; i <= n_classes; i++) if (class[i] in class_used) x = swatch(class_word[class[i]], class_tint[class[i]], x, 0.03)
    label("◆ the controller's first decision", sprintf("screen %.5f", (x + 10) / WIDTH), "screen 0.03", "font ','.small")
}

function act_name(   s) { s = noted_name[moment]; sub(/ at$/, "", s); return cut(s, 40) }

function phase_run(r, at, poll,   g, i, k, file, line, cell, column, n) {
    open_run(r)
    read_spans()
    p_at[r] = at - poll * int(at / poll + 1e-9)
    g = longest_of(1)
    if (!g) g = longest
    if (g) {
        ph_long[r] = g_long[g]
        for (k = 1; k <= n_spans[g]; k++) {
            i = ++ph_n[r]
            ph_from[r, i] = max(0, x_from[g, k] + g_start[g] - at); ph_to[r, i] = x_to[g, k] + g_start[g] - at
            ph_class[r, i] = x_class[g, k]
            ph_end[r] = max(ph_end[r], ph_to[r, i])
        }
    }
    file = run_dir[r] "/events.csv"
    getline line < file
    n = csv(line, cell)
    for (i = 1; i <= n; i++) column[cell[i]] = i
    while ((getline line < file) > 0) {
        csv(line, cell)
        if (cell[column["event"]] == "decide" && cell[column["t_ns"]] * 1e-9 > at) {
            p_known[r] = cell[column["t_ns"]] * 1e-9 - at
            break
        }
    }
    close(file)
}
