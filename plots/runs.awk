# runs.awk - what the plots of several runs have in common: which runs there are, what they are called,
# what is different between them, and where the longest gap of each comes from.

# Runs as run_dir[1..n_runs], each of the group of its argument: a folder of runs is a group of its own,
# single runs are one together.
function runs(   i, k, line, command, first, path) {
    for (i = 2; i < ARGC; i++) {
        path = ARGV[i]
        sub(/\/+$/, "", path)
        if ((getline line < (path "/run.yaml")) > 0) {
            close(path "/run.yaml")
            if (!first) { first = ++n_groups; group_name[first] = "" }
            add_run(path, first)
            continue
        }
        command = "find " shell(path) " -name run.yaml | LC_ALL=C sort"
        n_groups++
        group_name[n_groups] = path
        k = n_runs
        while ((command | getline line) > 0) { sub(/\/run\.yaml$/, "", line); add_run(line, n_groups) }
        close(command)
        if (n_runs == k) fail("'" path "' is no trace, and there is none in it")
    }
    name_runs()
    if (want == "overlay") overlay()
    else if (want == "cdf") cdf()
    else if (want == "heatmap") heatmap()
    else phase()
}

function shell(s) { gsub(/'/, "'\\''", s); return "'" s "'" }

function add_run(path, group) { run_dir[++n_runs] = path; run_group[n_runs] = group; group_runs[group]++ }

# A run is called by what is left of its path without what begins and ends the paths of all.
function name_runs(   i, k, n, cell, word, front, back) {
    for (i = 1; i <= n_runs; i++) {
        n = split(run_dir[i], cell, "/")
        for (k = 1; k <= n; k++) word[i, k] = cell[k]
        word[i, 0] = n
        if (i == 1 || n - 1 < front) front = n - 1
    }
    for (k = 1; k <= front; k++)
        for (i = 2; i <= n_runs; i++) if (word[i, k] != word[1, k]) { front = k - 1; break }
    for (i = 1; i <= n_runs; i++) {
        run_name[i] = word[i, front + 1]
        for (k = front + 2; k <= word[i, 0]; k++) run_name[i] = run_name[i] "/" word[i, k]
    }
    common = word[1, 1]
    for (k = 2; k <= front; k++) common = common "/" word[1, k]
}

# Read what is said of one run into the variables that trace.awk fills.
function open_run(r) {
    dir = run_dir[r]
    title = scenario = verdict = seed = section = ""
    n_limits = n_parts = n_gaps = n_acts = n_traffic = n_serial = longest = last_event = 0
    split("", kind_of); split("", bus_row); split("", n_spans); split("", n_ev)
    read_run(); read_gaps()
    run_verdict[r] = verdict
}

function close_run() { close(dir "/events.csv"); close(dir "/signals.csv") }

# The plot has nothing to say about these runs.
function nothing_to_show(text) {
    print "powergap: " want ": " text > "/dev/stderr"
    print "exit status 4"
    exit 4
}

function runs_heading(what, more) {
    printf "set label 1 %s at screen 0.015, screen 0.963 font sprintf(',%%g', 20 * point) tc rgb '#000000'\n", quote(cut(what, 100))
    printf "set label 2 %s at screen 0.015, screen 0.922 font sprintf(',%%g', 15 * point) tc rgb '#666666'\n", quote(cut(more, 130))
    n_label = 10
}

# ---- what is different -------------------------------------------------------------------------------

# One value of run r. `number` is "" for a word.
function note(r, name, number, text, unit) {
    if (!(name in noted)) { noted[name] = ++n_noted; noted_name[n_noted] = name; noted_unit[n_noted] = unit }
    value_of[r, noted[name]] = number
    text_of[r, noted[name]] = text
}

function read_differences(   r, file, line, cell, column, n, i, seen, name) {
    for (r = 1; r <= n_runs; r++) {
        open_run(r)
        read_events()
        close_run()
        note(r, "seed", seed, seed, "")
        split("", seen)
        for (i = 1; i <= n_acts; i++) {
            name = act_text[i] (seen[act_text[i]]++ ? " (" seen[act_text[i]] ")" : "")
            note(r, name " at", act_at[i], say_time(act_at[i]), "s")
        }
        file = run_dir[r] "/rack.csv"
        if ((getline line < file) <= 0) fail("can't read '" file "'")
        n = csv(line, cell)
        for (i = 1; i <= n; i++) column[cell[i]] = i
        while ((getline line < file) > 0) {
            csv(line, cell)
            note(r, cell[column["part"]] "." cell[column["key"]], cell[column["value"]], cell[column["text"]], cell[column["unit"]])
            if (cell[column["kind"]] == "controller" && cell[column["key"]] == "poll") run_poll[r] = cell[column["value"]] + 0
        }
        close(file)
    }
}

# What differs, as axis 1..n_axes: names that always differ together are one. The seed is none where
# two others are.
function find_axes(   i, r, k, key, kinds, mark, first) {
    for (i = 1; i <= n_noted; i++) {
        key = ""; kinds = 0
        split("", mark)
        for (r = 1; r <= n_runs; r++) {
            if (!(text_of[r, i] in mark)) mark[text_of[r, i]] = ++kinds
            key = key "," mark[text_of[r, i]]
        }
        if (kinds < 2) continue
        if (key in first) { axis_more[first[key]]++; continue }
        first[key] = ++n_axes
        axis_of[n_axes] = i
        axis_kinds[n_axes] = kinds
    }
    if (n_axes > 2 && noted_name[axis_of[1]] == "seed") {        # runs repeated for chance's sake
        for (k = 1; k < n_axes; k++) { axis_of[k] = axis_of[k + 1]; axis_kinds[k] = axis_kinds[k + 1]; axis_more[k] = axis_more[k + 1] }
        n_axes--
    }
}

function axis_name(k) { return noted_name[axis_of[k]] (axis_more[k] > 0 ? " (and " axis_more[k] " more)" : "") }

function axes_words(   k, s) {
    for (k = 1; k <= n_axes && k <= 6; k++) s = s (k > 1 ? ", " : "") axis_name(k)
    return n_axes == 0 ? "nothing" : s (n_axes > 6 ? ", ..." : "")
}

# The values of an axis in rising order: axis_text[k, 1..], and where each run stands: place_of[k, r].
function sort_axis(k,   i, r, n, t, v, order, number, at) {
    for (r = 1; r <= n_runs; r++) {
        t = text_of[r, axis_of[k]]
        if (t in at) continue
        order[++n] = t; at[t] = n
        number[t] = value_of[r, axis_of[k]]
    }
    for (i = 2; i <= n; i++) {
        t = order[i]
        for (r = i - 1; r >= 1 && comes_after(order[r], t, number); r--) order[r + 1] = order[r]
        order[r + 1] = t
    }
    for (i = 1; i <= n; i++) { at[order[i]] = i; axis_text[k, i] = order[i] == "" ? "-" : order[i] }
    for (r = 1; r <= n_runs; r++) place_of[k, r] = at[text_of[r, axis_of[k]]]
}

function comes_after(a, b, number) {
    return number[a] != "" && number[b] != "" ? number[a] + 0 > number[b] + 0 : a > b
}
