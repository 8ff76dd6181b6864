# stack.awk ROOT FILE.ci... - the deepest stack below the function ROOT, by gcc's call graphs
# (-fcallgraph-info=su). Prints "BYTES CHAIN". A cycle, a call through a pointer, a frame of variable
# size or a function that no graph holds is an error: then there would be no bound.

function fail(why) { print "stack.awk: " why >"/dev/stderr"; failed = 1; exit 1 }

# Of a function: its frame and the deepest of what it calls.
function depth(f,    n, i, callee, list, d, most, via) {
    if (f in known) return known[f]
    if (f in open) fail("recursion through " f)
    if (!(f in frame)) fail("no call graph has " f)
    open[f] = 1
    n = split(calls[f], list, " ")
    most = 0
    for (i = 1; i <= n; i++) {
        d = depth(list[i])
        if (d > most) { most = d; via = list[i] }
    }
    delete open[f]
    deeper[f] = via
    return known[f] = frame[f] + most
}

function chain(f) { return short(f) (deeper[f] == "" ? "" : " > " chain(deeper[f])) }
function short(f) { sub(/.*:/, "", f); return f }

BEGIN { root = ARGV[1]; ARGV[1] = ""; FS = "\"" }

# node: { title: "f" label: "f\nfile:line:column\nN bytes (static)\n..." }
# A function of another file has no size here; the file that has it comes, too.
/^node:/ && match($4, /[0-9]+ bytes \([a-z,]+\)/) {
    size = substr($4, RSTART, RLENGTH)
    if (size !~ /\(static\)/) fail($2 " has a frame of " size)
    frame[$2] = size + 0
}
/^edge:/ {
    if ($4 == "__indirect_call") fail($2 " calls through a pointer")
    calls[$2] = calls[$2] " " $4
}
END {
    if (failed) exit 1
    bytes = depth(root)
    print bytes, chain(root)
}
