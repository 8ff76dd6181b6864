# One row of the table of claims: the instance with the least margin of the expectation that begins with
# EXPECTATION. Read behind cells.awk. Cells of verdict.csv: expectation, instance, line, verdict, measured,
# limit, margin, unit.

BEGIN { wanted = ENVIRON["EXPECTATION"] }

{
    for (i in cell) delete cell[i]
    cells($0)
    if (index(cell[1], wanted) != 1 || (found && cell[7] + 0 >= margin + 0)) next
    found = 1
    margin = cell[7]
    verdict = cell[4]
    measured = with_unit(cell[5], cell[8])
    allowed = with_unit(cell[6], cell[8])
    if (cell[1] ~ /^gap:.*at_most: 0 /) {
        measured = "none, " measured
        allowed = "none below " allowed
    }
}

END {
    if (!found) {
        print "claims.txt: " scenario ".yaml has no expectation \"" wanted "\"" >"/dev/stderr"
        exit 1
    }
    if (verdict != "PASS") {
        print "claims.txt: " scenario ".yaml: \"" wanted "\" is " verdict >"/dev/stderr"
        exit 1
    }
    gsub(/^ +| +$/, "", claim)
    gsub(/^ +| +$/, "", what)
    printf "| %s | %s | %s | %s | [%s](scenarios/%s.yaml) |\n", claim, measured, allowed, what, scenario, scenario
}
