# trace.awk - reads a trace folder once and chooses the stretch of time that matters.
#
#   cat plots/*.awk >all.awk
#   awk -f all.awk voltages|sharing|timeline|anatomy TRACE-FOLDER
#   awk -f all.awk overlay|cdf|heatmap|phase FOLDER...
#
# The output is gnuplot commands for one plot. Everything that depends on what is in a trace happens
# here: which columns there are, and where each label goes. Texts leave in single quotes, in which
# gnuplot takes nothing for a command. Kept within what mawk knows.

BEGIN {
    constants()
    want = ARGV[1]; dir = ARGV[2]
    if (want ~ /^(overlay|cdf|heatmap|phase)$/) { runs(); exit }
    if (ARGC != 3) fail("one trace folder is wanted, not " ARGC - 2)
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
