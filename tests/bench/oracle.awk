# oracle.awk - what test_oracle prints, as a table: of each circuit and quantity the worst error, beside
# what is allowed where it is.
/ error .* tolerance / {
    match($0, / +-?[0-9.]+ +[sV] +error/)
    what = substr($0, 5, RSTART - 5)
    sub(/ +$/, "", what)
    for (i = 1; i <= NF; i++) {
        if ($i == "error") { error = $(i + 1); unit = $(i - 1) }
        if ($i == "tolerance") allowed = $(i + 1)
    }
    what = what ~ /down|up/ ? "edges" : what ~ /^load/ ? "load times" : what ~ /^lowest/ ? "lowest voltage" \
         : what ~ /^gap/ ? "gaps" : ""
    if (what == "") next
    key = $1 SUBSEP what
    if (!(key in part)) order[++n] = key
    count[key]++
    if (!(key in part) || error / allowed >= part[key]) {
        part[key] = error / allowed
        line[key] = sprintf("%.2e %s | %.2e %s | %.2f %%", error, unit, allowed, unit, 100 * part[key])
    }
}
END {
    print "| circuit | quantity | n | worst error | allowed | part of it |"
    print "|---|---|--:|--:|--:|--:|"
    for (i = 1; i <= n; i++) {
        split(order[i], k, SUBSEP)
        printf "| %s | %s | %d | %s |\n", k[1], k[2], count[order[i]], line[order[i]]
    }
}
