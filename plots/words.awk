# words.awk - texts and numbers, and what they measure on the canvas: what all plots share.

# Called before all else.
function constants() {
    FS = "\001"
    WIDTH = 1600; HEIGHT = 900
    CHAR = 9.9                          # width of a letter in pixels, on the safe side
    SMALL = 0.82                        # of the size of other text: labels inside the plots
    BUS = "|bus|node|"; SERVER = "|server|load|"; SUPPLY = "|psu|source|"
    SWITCH = "|fet|relay|breaker|switch|diode|"
}

function quote(s) { gsub(/[\001-\037]/, " ", s); gsub(/'/, "''", s); return "'" s "'" }
function min(a, b) { return a < b ? a : b }
function max(a, b) { return a > b ? a : b }
function is_of(kind, set) { return kind != "" && index(set, "|" kind "|") > 0 }
function hex(s,   i, v) {
    for (i = 1; i <= length(s); i++) v = v * 16 + index("0123456789ABCDEF", toupper(substr(s, i, 1))) - 1
    return v
}

# Letters of a UTF-8 text.
function letters(s) { gsub(/[\200-\277]/, "", s); return length(s) }

# Shortened to n letters; not cut inside one.
function cut(s, n) {
    if (letters(s) <= n) return s
    while (letters(s) >= n) s = substr(s, 1, length(s) - 1)
    sub(/[\300-\377][\200-\277]*$/, "", s)
    return s "…"
}

# The last n letters, where the end says more than the beginning.
function ending(s, n) {
    if (letters(s) <= n) return s
    while (letters(s) >= n) { s = substr(s, 2); sub(/^[\200-\277]+/, "", s) }
    return "…" s
}

function plain(v) { return sprintf("%.4g", v) ~ /e/ ? sprintf("%.0f", v) : sprintf("%.4g", v) }

# A time as one says it: 22.88 ms.
function say_time(s,   a) {
    a = s < 0 ? -s : s
    if (a >= 1) return plain(s) " s"
    if (a >= 1e-3) return plain(s * 1e3) " ms"
    if (a >= 1e-6) return plain(s * 1e6) " µs"
    return plain(s * 1e9) " ns"
}

# A moment within a window of this width: enough digits to tell it from its neighbours.
function say_moment(t, unit, per, width,   d) {
    d = 3 - int(log(max(width * per, 1e-9)) / log(10) + 1e-9)
    return sprintf("%." max(0, min(6, d)) "f %s", t * per, unit)
}

# Unit of a time axis that reaches to `last` and shows `width` seconds.
function unit_of(last, width) {
    if (width >= 2) return "s"
    if (last < 2e-3) return "µs"
    return "ms"
}
function per_second(unit) { return unit == "s" ? 1 : unit == "ms" ? 1e3 : 1e6 }

# One line of CSV into out[1..n].
function csv(line, out,   n, i, c, cell, in_quotes) {
    sub(/\r$/, "", line)
    if (index(line, "\"") == 0) return split(line, out, ",")
    split("", out)
    for (i = 1; i <= length(line); i++) {
        c = substr(line, i, 1)
        if (c == "\"" && in_quotes && substr(line, i + 1, 1) == "\"") { cell = cell c; i++ }
        else if (c == "\"") in_quotes = !in_quotes
        else if (c == "," && !in_quotes) { out[++n] = cell; cell = "" }
        else cell = cell c
    }
    out[++n] = cell
    return n
}

# The value of a key in a line of run.yaml: {name: psu1, kind: psu, part: "a \"b\""}.
function yaml_value(line, key,   at, s, i, c, v) {
    at = index(line, key ": ")
    if (at == 0) return ""
    s = substr(line, at + length(key) + 2)
    if (substr(s, 1, 1) != "\"") { sub(/[,}].*$/, "", s); return s }
    for (i = 2; i <= length(s); i++) {
        c = substr(s, i, 1)
        if (c == "\"") break
        if (c == "\\") { c = substr(s, ++i, 1); if (c == "x") { c = " "; i += 2 } }
        v = v c
    }
    return v
}

# A step for tics: 1, 2 or 5 times a power of ten.
function nice_step(x,   p) {
    p = 10 ^ int(log(x) / log(10) - (x < 1 ? 1 : 0))
    return x / p >= 5 ? 5 * p : x / p >= 2 ? 2 * p : p
}
