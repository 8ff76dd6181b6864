# scenarios/README.md of a suite.csv.

function measured(name, value)
{
    return name == "" ? "" : with_unit(value, "s") ", " name
}

NR == 1 {
    n = cells($0)
    for (i = 1; i <= n; i++) column[cell[i]] = i
    print "# The scenarios"
    print ""
    print "Each file is one failure and what must hold then: a folder for each hazard, `racks/` and `profiles/`"
    print "for what they share. `make baseline` plays them and writes this page."
    print ""
    print "* longest gap: that a bar or a server was below its threshold, and what it goes back to"
    print "* detection: the longest time from something done to the rack to the controller's first decision"
    print "* nearest limit: the expectation with the least margin in parts of its limit"
    next
}

{
    cells($0)
    path = cell[column["folder"]]
    sub(/^scenarios\//, "", path)
    hazard = path
    sub(/\/.*/, "", hazard)
    if (hazard != last) {
        printf "\n## %s\n\n| scenario | what it shows | longest gap | detection | nearest limit |\n|---|---|---|---|---|\n", hazard
        last = hazard
    }
    name = path
    sub(/.*\//, "", name)
    gap = measured(cell[column["gap"]], cell[column["gap_s"]])
    detection = measured(cell[column["detection"]], cell[column["detection_s"]])
    margin = cell[column["margin"]] == "" ? cell[column["expectation"]] : \
        with_unit(cell[column["margin"]], cell[column["unit"]]) " left: " cell[column["expectation"]]
    printf "| [%s](%s.yaml) | %s | %s | %s | %s |\n", name, path, cell[column["title"]], \
        gap == "" ? "none" : gap, detection, margin
}
