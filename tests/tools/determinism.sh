#!/bin/sh
# determinism.sh MAKE VARIANT... - run every scenario on every variant (gcc-O2 is CC=gcc OPT=O2);
# all must leave the same event hash. Prints which scenario differs between which two.
set -u
make=$1
shift

for variant in "$@"; do
    echo "== $variant"
    $make --no-print-directory suite CC="${variant%-*}" OPT="${variant##*-}" || exit
    (cd "build/$variant/suite" && find . -name run.yaml | sort | xargs grep -H '^event_hash:') |
        sed 's,^\./,,; s,/run\.yaml:event_hash:,,' >"build/$variant/hashes"
done

equal=0 differ=0
while read -r scenario hash; do
    for variant in "$@"; do
        other=$(sed -n "s,^$scenario ,,p" "build/$variant/hashes")
        if [ "$other" = "$hash" ]; then
            equal=$((equal + 1))
        else
            differ=$((differ + 1))
            echo "$scenario: $1 has event hash $hash, $variant has ${other:-none}; first difference:"
            echo "    build/$1/powergap run --why-diverged build/$1/suite/$scenario build/$variant/suite/$scenario"
        fi
    done
done <"build/$1/hashes"
echo "$equal passed, $differ failed"
[ "$differ" -eq 0 ] && [ "$equal" -gt 0 ]
