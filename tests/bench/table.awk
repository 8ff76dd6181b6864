# table.awk - bench.csv as a table for people; with -v markdown=1 as one of Markdown.
BEGIN {
    FS = ","
    split("row,who,events,steps,refused,factorised,sim s/s best,median,n,Minstr,peak MiB,load ms," \
          "gaps,gap error,worst edge,time x,instr x,note", head, ",")
    columns = 18
    for (c = 1; c <= columns; c++) cell[0, c] = head[c]
}

function scaled(x, factor, format) { return x == "-" ? "-" : sprintf(format, x * factor) }
function rate(s, wall) { return s == "-" || wall == "-" ? "-" : short(s / wall) }
function ratio(x, to) { return x && to ? short(x / to) : "-" }
function short(x) { return sprintf(x < 10 ? "%.2f" : x < 100 ? "%.1f" : "%.0f", x) }
function error(x) { return x !~ /^[0-9]+[0-9.e+-]*$/ ? x : x == 0 ? "< 1 ns" : sprintf("%.0f ns", x * 1e9) }

NR > 1 {
    n++
    for (c = 1; c <= 6; c++) cell[n, c] = $c
    # Without simulated seconds the unit of work is an event.
    work = $7 == "-" ? $3 * 1e-6 : $7
    cost[$1 "/" $2] = $8 / work
    cell[n, 7] = rate(work, $8) ($7 == "-" ? " Mev/s" : "")
    cell[n, 8] = rate(work, $9)
    cell[n, 9] = $10
    cell[n, 10] = scaled($15, 1e-6, "%.0f")
    cell[n, 11] = scaled($12, 1 / 1024, "%.1f")
    cell[n, 12] = scaled($11, 1e3, "%.1f")
    cell[n, 13] = $13
    cell[n, 14] = error($16)
    cell[n, 15] = error($17)
    cell[n, 16] = ratio(cost[$1 "/" $2], cost[$18])
    instructions[$1 "/" $2] = $15 == "-" ? 0 : $15 / work
    cell[n, 17] = ratio(instructions[$1 "/" $2], instructions[$18])
    cell[n, 18] = $19
}

END {
    for (i = 0; i <= n; i++)
        for (c = 1; c <= columns; c++)
            if (length(cell[i, c]) > width[c]) width[c] = length(cell[i, c])
    for (i = 0; i <= n; i++) {
        line = ""
        for (c = 1; c <= columns; c++) {
            left = c <= 2 || c == columns
            text = sprintf("%" (left ? "-" : "") width[c] "s", cell[i, c])
            line = line (markdown ? "| " text " " : text "  ")
        }
        sub(/ +$/, "", line)
        print line (markdown ? " |" : "")
        if (markdown && i == 0) {
            line = ""
            for (c = 1; c <= columns; c++) line = line "|" (c <= 2 || c == columns ? "---" : "--:")
            print line "|"
        }
    }
}
