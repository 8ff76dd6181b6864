#!/bin/sh
# layers.sh            - do includes point only where the design allows? Offenders as file:line.
# layers.sh --bare OBJ - do these controller objects, compiled without floating-point registers, get
#                        by with the four functions that a compiler may call even on a bare board?
set -u

if [ "${1:-}" = --bare ]; then
    shift
    own=$("${NM:-nm}" --defined-only --format=posix "$@" | awk '$2 ~ /[TDBRC]/ { print $1 }')
    "${NM:-nm}" --undefined-only --format=posix -A "$@" | awk -v own="$own" '
        BEGIN {
            split(own " memcpy memmove memset memcmp", known, /[ \n]/)
            for (i in known) ok[known[i]] = 1
        }
        !($2 in ok) { print $1 " needs " $2 ", which a bare board does not have"; bad = 1 }
        END { exit bad }'
    exit
fi

# A folder of its own rules is not bound by those of the folder that it is in.
# Folder, then what its files may include: `x/` a folder of ours, `<x>` system headers.
# A pattern is matched against the path from the top of the tree, or against <header.h>.
libc='<(assert|complex|ctype|errno|fenv|float|inttypes|limits|locale|math|setjmp|signal|stdalign|stdarg|stdbool|stddef|stdint|stdio|stdlib|stdnoreturn|string|strings|time|wchar)\.h>'
posix='<(dirent|fcntl|fnmatch|getopt|glob|libgen|poll|pthread|regex|spawn|termios|unistd|sys/(ioctl|mman|resource|stat|time|types|wait))\.h>'
rules="
controller  ^controller/ ^<(stdint|stdbool|stddef|string)\.h>
models      ^models/ ^$libc
sim         ^sim/ ^models/ ^controller/(ctl_[a-z0-9_]*|controller)\.h ^$libc ^$posix ^<sys/prctl\.h>
hil         ^hil/ ^sim/(bench|trace)\.h ^models/ns\.h ^controller/ ^$libc ^$posix ^<(netdb|netinet/(in|tcp)|sys/(file|prctl|socket|un))\.h>
hil/linux   ^hil/ ^sim/(cli|journal_text|rack_table)\.h ^models/ns\.h ^controller/ ^$libc ^$posix ^<(sched|sys/(file|socket|sysmacros))\.h>
tests       .
"
# Each library has one door, and so has the hardware bench into the simulator. Header, then the files
# that may include it.
doors='
hil/remote.h    ^hil/ ^tests/ ^sim/cli_run\.c
hil/pace.h      ^hil/ ^tests/ ^sim/cli_run\.c
<libfyaml.h>    ^sim/yaml\.c
<linux/i2c      ^hil/linux/i2c\.c ^tests/linux/
<gpiod.h>       ^hil/linux/lines\.c ^tests/linux/
<systemd/       ^hil/linux/supervisor\.c
<csv.h>         ^sim/csv\.c
<gsl/           ^tests/oracle/referee\.c ^sim/gsl_integrator\.c ^sim/distribution\.c ^sim/fit\.c
<sha2.h>        ^sim/digest\.c
<sleef.h>       ^models/elementary\.c
<Random123/     ^sim/random\.c ^tests/sim/test_random\.c
<criterion/     ^tests/
'

find controller models sim hil tests -name '*.[ch]' 2>/dev/null | sort |
    xargs -r grep -nHE '^[[:space:]]*#[[:space:]]*include' |
    awk -v rules="$rules" -v doors="$doors" '
    # The path from the top of the tree of "x.h" included in file: beside it, else from the top.
    function resolved(file, name,    beside, line, found) {
        beside = file
        sub(/[^\/]*$/, "", beside)
        beside = beside name
        found = (getline line < beside) >= 0
        close(beside)
        return found ? beside : name
    }
    BEGIN {
        n = split(rules, line, "\n")
        for (i = 1; i <= n; i++) {
            m = split(line[i], word, " ")
            for (j = 2; j <= m; j++) may[word[1], ++count[word[1]]] = word[j]
        }
        nd = split(doors, line, "\n")
        for (i = 1; i <= nd; i++) {
            m = split(line[i], word, " ")
            for (j = 2; j <= m; j++) door[word[1], j - 1] = word[j]
            doors_of[word[1]] = m - 1
        }
    }
    {
        split($0, part, ":")
        file = part[1]
        where = part[1] ":" part[2]
        folder = file
        sub(/\/[^\/]*$/, "", folder)
        while (!(folder in count) && sub(/\/[^\/]*$/, "", folder)) {
        }
        if (match($0, /"[^"]+"/)) {
            target = resolved(file, substr($0, RSTART + 1, RLENGTH - 2))
        } else if (match($0, /<[^>]+>/)) {
            target = substr($0, RSTART, RLENGTH)
        } else {
            print where ": an include that is neither \"...\" nor <...>"
            bad = 1
            next
        }
        ok = is_door = 0
        for (d in doors_of) {
            if (d == "" || index(target, d) != 1) continue
            is_door = 1
            for (i = 1; i <= doors_of[d]; i++) if (file ~ door[d, i]) ok = 1
        }
        for (i = 1; !is_door && i <= count[folder]; i++) if (target ~ may[folder, i]) ok = 1
        if (!ok) {
            print where ": " folder "/ may not include " target (is_door ? " here: it has one door" : "")
            bad = 1
        }
    }
    END { exit bad }' || exit 1

# Comments may speak of floating point, code in controller/ may not.
# shellcheck disable=SC2016 # the dollars are awk's
find controller -name '*.[ch]' -exec awk '
    FNR == 1 { inside = 0 }
    {
        code = ""
        for (rest = $0; rest != "";) {
            if (inside) {
                if (!(at = index(rest, "*/"))) break
                rest = substr(rest, at + 2); inside = 0
            } else if (at = index(rest, "/*")) {
                code = code substr(rest, 1, at - 1); rest = substr(rest, at + 2); inside = 1
            } else { code = code rest; rest = "" }
        }
        if (code ~ /(^|[^A-Za-z0-9_])(float|double)([^A-Za-z0-9_]|$)/) {
            print FILENAME ":" FNR ": no floating point in controller/"; bad = 1
        }
    }
    END { exit bad }' {} +
