#!/bin/sh
# determinism.sh MAKE VARIANT... - run every scenario on every variant (gcc-O2 is CC=gcc OPT=O2, and
# nofma-gcc-O2 the same as on a processor without fused multiply-add, for which the C library has code
# that rounds otherwise); all must leave the same event hash. Prints which scenario differs between which
# two.
set -u
make=$1
shift

# What glibc is told of the processor.
processor()
{
    case $1 in
    nofma-*) echo glibc.cpu.hwcaps=-FMA,-FMA4,-AVX2,-AVX512F ;;
    *) echo ;;
    esac
}

for variant in "$@"; do
    echo "== $variant"
    build=${variant#nofma-}
    GLIBC_TUNABLES=$(processor "$variant") \
        $make --no-print-directory suite CC="${build%-*}" OPT="${build##*-}" || exit
    if [ "$build" != "$variant" ]; then # the same program: its traces, and the program, by another name
        mkdir -p "build/$variant"
        rm -rf "build/$variant/suite"
        mv "build/$build/suite" "build/$variant/suite"
        cp "build/$build/powergap" "build/$variant/powergap"
    fi
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
