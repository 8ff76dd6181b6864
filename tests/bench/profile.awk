# profile.awk - from callgrind_annotate's list of functions two Markdown tables: which folder's source
# lines the instructions belong to, wherever these were inlined to, and the ten costliest functions.

function part(n) { return sprintf("| %.1f%% ", 100 * n / sum) }

# "5,582,033 ( 3.51%)  controller/demand.c:tick.lto_priv.0 [/path/of/program]"
$1 ~ /^[0-9,]+$/ && $2 == "(" && /:/ || $2 ~ /^\([0-9.]+%\)$/ && /:/ {
    count = $1
    gsub(/,/, "", count)
    name = $0
    sub(/^[^)]*\) */, "", name)
    sub(/ \[.*/, "", name)
    folder = "libraries"
    if (match(name, /(controller|models|sim)\/[a-z0-9_]+\.[ch]:/)) {
        folder = substr(name, RSTART, RLENGTH)
        sub(/\/.*/, "", folder)
    }
    sub(/^.*:/, "", name)
    of[folder] += count
    sum += count
    if (n < 10) {
        costly[++n] = count
        name_of[n] = name
    }
}

END {
    print "\n| part | folder |\n|--:|---|"
    split("sim models controller libraries", folders)
    for (i = 1; i <= 4; i++) {
        print part(of[folders[i]]) "| " folders[i] " |"
    }
    print "\n| part | function |\n|--:|---|"
    for (i = 1; i <= n; i++) {
        print part(costly[i]) "| `" name_of[i] "` |"
    }
}
