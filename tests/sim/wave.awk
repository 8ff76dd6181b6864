# wave.awk - a reader of VCD files of its own: one line a change, "ns<TAB>scope.name<TAB>value", strings
# with their blanks. It knows nothing of how powergap writes them.
/^\$scope/ { scope[++depth] = $3; next }
/^\$upscope/ { depth--; next }
/^\$var/ {
    name = ""
    for (i = 1; i <= depth; i++) name = name scope[i] "."
    names[$4] = name $5
    type[name $5] = $2
    next
}
/^#/ { if (substr($1, 2) + 0 < now) { print "time falls at " $1 > "/dev/stderr"; exit 1 } now = substr($1, 2) + 0; next }
/^[01]/ { print now "\t" names[substr($0, 2)] "\t" substr($0, 1, 1); next }
/^r/ { print now "\t" names[$2] "\t" substr($1, 2); next }
/^s/ {
    space = index($0, " ")
    text = substr($0, 2, space - 2)
    gsub(/\\040/, " ", text)
    gsub(/\\054/, ",", text)
    print now "\t" names[substr($0, space + 1)] "\t" text
}
