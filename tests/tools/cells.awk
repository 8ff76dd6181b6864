# For scripts that read CSV: cells of a row, and values as an engineer reads them.

# Split a row of CSV into cell[1..]; how many they are.
function cells(row,    n, c) {
    n = 0
    while (row != "") {
        if (substr(row, 1, 1) == "\"") {
            match(row, /^"([^"]|"")*"/)
            c = substr(row, 2, RLENGTH - 2)
            gsub(/""/, "\"", c)
        } else {
            match(row, /^[^,]*/)
            c = substr(row, 1, RLENGTH)
        }
        cell[++n] = c
        row = substr(row, RLENGTH + 2)
    }
    return n
}

function with_unit(x, unit) {
    x += 0
    if (unit == "s") {
        if (x == 0) return "0"
        if (x < 1e-3) return sprintf("%.3g us", x * 1e6)
        if (x < 1) return sprintf("%.4g ms", x * 1e3)
        return sprintf("%.4g s", x)
    }
    return sprintf("%.4g%s", x, unit == "" ? "" : " " unit)
}
