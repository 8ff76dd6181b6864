#!/bin/sh
# deps.sh SET... - install the Debian packages that are missing; say which and why.
#
# Touches nothing, and needs no network, when everything is there. A thing counts as there when it
# can be used, whoever installed it: `cmd` a command, `inc` a header, `file` a path. Sets: run (build
# and run), test, daemon (powergapd), check (what CI needs besides), deb, deb-check, firmware, bench, peers (what the bench compares with),
# crosscheck.
set -eu

table='
run    gcc                 cmd   gcc                    compiles powergap
run    libc6-dev           inc   stdio.h                the C library to compile against
run    pkg-config          cmd   pkg-config             finds the libraries
run    libgsl-dev          inc   gsl/gsl_odeiv2.h       distributions, statistics, reference integrator
run    libfyaml-dev        inc   libfyaml.h             reads scenarios, keeps line and column
run    libcsv-dev          inc   csv.h                  reads and writes CSV
run    libmd-dev            inc   sha2.h                 digests of the files that a run was made of
run    libsleef-dev        inc   sleef.h                elementary functions that round alike on every processor
run    librandom123-dev    inc   Random123/threefry.h   random streams that repeat
run    gnuplot-nox         cmd   gnuplot                draws the plots
test   libcriterion-dev    inc   criterion/criterion.h  runs the tests
test   libxml2-utils       cmd   xmllint                checks the JUnit file against its schema
test   zsh                 cmd   zsh                    completes command lines
test   gtkwave             cmd   vcd2fst                reads the waveforms
test   dpkg-dev            cmd   dpkg-shlibdeps         finds what the package depends on
test   umockdev            cmd   umockdev-wrapper       plays I2C adapters of the kernel
test   libumockdev-dev     inc   umockdev-1.0/umockdev.h  the same from a test
test   libgpiod-dev        inc   gpiod.h                the pins of powergapd
test   libsystemd-dev      inc   systemd/sd-daemon.h    tells systemd that powergapd lives
daemon libgpiod-dev        inc   gpiod.h                the pins of powergapd
daemon libsystemd-dev      inc   systemd/sd-daemon.h    tells systemd that powergapd lives
deb    dpkg-dev            cmd   dpkg-shlibdeps         finds what the package depends on
deb    libgpiod-dev        inc   gpiod.h                the pins of powergapd
deb    libsystemd-dev      inc   systemd/sd-daemon.h    tells systemd that powergapd lives
deb    binutils            cmd   strip                  takes the symbols out
deb-check debootstrap      cmd   debootstrap            makes a fresh Debian
deb-check lintian          cmd   lintian                checks the package
check  git                 cmd   git                    clones the tree that is checked
check  clang               cmd   clang                  the second compiler
check  libclang-rt-14-dev  file  /usr/lib/llvm-*/lib/clang/*/lib/linux/libclang_rt.fuzzer-*.a  fuzzing
check  clang-format        cmd   clang-format           the house format
check  clang-tidy          cmd   clang-tidy             finds mistakes
check  cppcheck            cmd   cppcheck               finds mistakes, MISRA rules
check  mandoc              cmd   mandoc                 checks the manual pages
check  shellcheck          cmd   shellcheck             checks the scripts
check  chromium            cmd   chromium               shows reports and prints them
check  libxml2-utils       cmd   xmllint                checks their markup
firmware gcc-arm-none-eabi cmd arm-none-eabi-gcc       compiles for the boards
firmware qemu-system-arm   cmd  qemu-system-arm        plays the boards
bench  valgrind            cmd   valgrind               counts instructions
peers  libsundials-dev     inc   cvode/cvode.h          an integrator to compare with
peers  libsuitesparse-dev  inc   suitesparse/klu.h      its sparse matrices
peers  ngspice             cmd   ngspice                a circuit simulator to compare with
crosscheck ngspice         cmd   ngspice                plays our circuits, too
'

# True if one of the paths exists; patterns in them are the shell's.
any_of()
{
    for path in "$@"; do
        [ -e "$path" ] && return 0
    done
    return 1
}

# shellcheck disable=SC2086 # the pattern in $2 is meant to expand
is_there()
{
    case $1 in
    cmd) command -v "$2" >/dev/null ;;
    inc) any_of /usr/include/$2 /usr/local/include/$2 /usr/include/*-linux-gnu/$2 ;;
    file) any_of $2 ;;
    esac
}

packages=
while read -r set package kind proof why; do
    case " $* " in *" $set "*) ;; *) continue ;; esac
    if ! is_there "$kind" "$proof"; then
        packages="$packages $package"
        printf 'missing: %-18s %s\n' "$package" "$why"
    fi
done <<END
$(echo "$table" | sed '/^$/d')
END
[ -n "$packages" ] || exit 0

if ! command -v apt-get >/dev/null; then
    echo "This is no Debian: please install the equivalents of$packages, then try again." >&2
    exit 2
fi
as_root=
if [ "$(id -u)" -ne 0 ]; then
    as_root=sudo
    command -v sudo >/dev/null || {
        echo "Please run as root, then try again: apt-get install$packages" >&2
        exit 2
    }
fi

# Ask for fresh package lists only where the ones at hand don't know a package or name a version
# that the mirror has already replaced.
install()
{
    # shellcheck disable=SC2086 # a list of words
    $as_root env DEBIAN_FRONTEND=noninteractive \
        apt-get install --yes --quiet=2 --no-install-recommends $packages >/dev/null
}
echo "installing with apt-get, which can take a minute:$packages"
# shellcheck disable=SC2086
if ! apt-get install --simulate --quiet=2 $packages >/dev/null 2>&1 || ! install; then
    $as_root apt-get update --quiet=2
    install
fi
