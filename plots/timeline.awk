# timeline.awk - who was in which state when.

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
    height = n_rows < 6 ? 0.05 * n_rows : n_rows < 12 ? 0.30 : 0.38   # few rows: no fat bars
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
