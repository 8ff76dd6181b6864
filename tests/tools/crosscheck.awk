# crosscheck.awk - one circuit, played by powergap and by ngspice: one row of played.csv.
#
#   awk -F, -v name=a1 -v ms=OURS,NGSPICE -f crosscheck.awk \
#       run.yaml gaps.csv events.csv NGSPICE_DATA signals.csv
#
# Good: as many edges, each within SLACK_S, and each voltage within SLACK_V of what ngspice has not
# more than SLACK_S earlier or later. Why they differ at all: ngspice's steps, 1 ns for a jump,
# comparators and clocks only as fast as ngspice bears (sim/spice_script.c).

BEGIN { SLACK_S = 1e-6; SLACK_V = 0.2e-3 }

function abs(x) { return x < 0 ? -x : x }
function least(a, b) { return a < b ? a : b }
function most(a, b) { return a > b ? a : b }

# The text after `key` in {key: value, ...}, without quotes.
function value(line, key)
{
    match(line, key ": [^,}]*")
    line = substr(line, RSTART + length(key) + 2, RLENGTH - length(key) - 2)
    gsub(/"/, "", line)
    return line
}

# Edges of a quantity, a node below its threshold or a part that runs, in order of time.
function our_edge(what, s) { ours[what, ++n_ours[what]] = s; edges_of[what] = 1 }
function their_edge(what, s) { theirs[what, ++n_theirs[what]] = s; edges_of[what] = 1 }

# Between the last row of ngspice's data and this one: does the column cross the level?
function cross(what, c, level,    a, b)
{
    a = data[m - 1, c]
    b = data[m, c]
    if ((a < level) != (b < level)) {
        their_edge(what, data[m - 1, 1] + (data[m, 1] - data[m - 1, 1]) * (level - a) / (b - a))
    }
}

FNR == 1 { file++ }

# run.yaml: the thresholds of nodes.
file == 1 && /observer: .*\.v"/ {
    node = tolower(value($0, "observer"))
    level = value($0, "value") + 0
    what = node "<" level
    sub(/\.v$/, "", node)
    node_of[what] = node
    level_of[what] = level
}

# The column of that name in a CSV file with a header.
function cell(key) { return $place[key] }
(file == 2 || file == 3) && FNR == 1 { for (i = 1; i <= NF; i++) place[$i] = i }

# gaps.csv: a gap begins and ends with an edge, unless the run does.
file == 2 && FNR > 1 {
    what = tolower(cell("observer")) "<" (cell("threshold_V") + 0)
    if (cell("start_ns") > 0) our_edge(what, cell("start_ns") * 1e-9)
    if (cell("open") == 0) our_edge(what, cell("end_ns") * 1e-9)
}

# events.csv: parts stop and start again.
file == 3 && FNR > 1 {
    event = cell("event")
    part = tolower(cell("part"))
    if (event == "uvlo" || event == "load_on" || event == "overload_trip" ||
        (event == "output_on" && tripped[part])) our_edge(part ".run", cell("t_ns") * 1e-9)
    if (event == "overload_trip" || event == "output_on") tripped[part] = event == "overload_trip"
}

# ngspice's data: a line of names, then rows; the time comes first.
file == 4 && FNR == 1 {
    wide = split($0, names, " ")
    for (i = 2; i <= wide; i++) {
        gsub(/^v\(|\)$/, "", names[i])
        column[names[i]] = i
    }
}
file == 4 && FNR > 1 {
    m++
    split($0, number, " ")
    for (i = 1; i <= wide; i++) data[m, i] = number[i] + 0
    if (m == 1) next
    for (what in node_of) cross(what, column[node_of[what]], level_of[what])
    for (i = 2; i <= wide; i++) {
        if (names[i] ~ /\.run$/) cross(names[i], i, 0.5)
    }
}

# A column of ngspice's data at a time, straight between two rows.
function theirs_at(c, s,    low, high, middle)
{
    low = 1
    high = m
    while (high - low > 1) {
        middle = int((low + high) / 2)
        if (data[middle, 1] <= s) low = middle
        else high = middle
    }
    return data[low, c] + (data[high, c] - data[low, c]) * (s - data[low, 1]) / (data[high, 1] - data[low, 1])
}

# signals.csv: our voltages.
file == 5 && FNR == 1 {
    for (i = 1; i <= NF; i++) {
        node = tolower($i)
        if (sub(/\.v_v$/, "", node)) { column_of[i] = column[node]; nodes++ }
    }
}
file == 5 && FNR > 1 {
    for (i in column_of) {
        now = theirs_at(column_of[i], $1)
        before = theirs_at(column_of[i], most($1 - SLACK_S, 0))
        after = theirs_at(column_of[i], least($1 + SLACK_S, data[m, 1]))
        if (abs($i - now) > worst_dv) { worst_dv = abs($i - now); worst_at = $1 }
        below = least(least(before, after), now) - $i
        above = $i - most(most(before, after), now)
        outside = most(outside, most(below, above))
    }
}

END {
    good = outside <= SLACK_V
    for (what in edges_of) {
        edges += n_ours[what]
        if (n_ours[what] + 0 != n_theirs[what] + 0) {
            printf "%s: %s has %d edges, ngspice %d\n", name, what, n_ours[what], n_theirs[what] \
                >"/dev/stderr"
            good = 0
            continue
        }
        for (i = 1; i <= n_ours[what]; i++) {
            dt = abs(ours[what, i] - theirs[what, i])
            if (dt > worst_dt) worst_dt = dt
        }
    }
    printf "%s,%d,%.3e,%.9f,%d,%.3e,%s,%d\n", name, nodes, worst_dv, worst_at, edges, worst_dt, ms,
        good && worst_dt <= SLACK_S
}
