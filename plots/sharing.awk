# sharing.awk - which supply carried how much of the current.

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
