#!/bin/sh
# deb_check.sh PACKAGE - a fresh Debian without anything of ours: the package brings what it needs, its
# program plays an installed scenario and draws it, and goes again without a trace. Root only.
set -eu

package=$1
[ "$(id -u)" -eq 0 ] || { echo "deb-check makes a Debian of its own: that takes root" >&2; exit 2; }
root=$(mktemp -d)
trap 'umount "$root/proc" 2>/dev/null; rm -rf --one-file-system "$root"' EXIT INT TERM

lintian --fail-on error "$package"
debootstrap --variant=minbase bookworm "$root" >"$root.log" 2>&1 || { tail "$root.log"; exit 3; }
rm -f "$root.log"
mount -t proc proc "$root/proc"
cp "$package" "$root/powergap.deb"
inside() { chroot "$root" env LC_ALL=C.UTF-8 DEBIAN_FRONTEND=noninteractive HOME=/root PATH=/usr/sbin:/usr/bin:/sbin:/bin "$@"; }
inside apt-get install --yes --quiet=2 --no-install-recommends /powergap.deb >/dev/null
cd /
inside powergap --version
inside powergap run --out /tmp/fet /usr/share/powergap/scenarios/psu-failure/fet.yaml
inside powergap parts crps-2000w-12v >/dev/null
inside powergap log --why sw2.conducts /tmp/fet
inside powergapd --help >/dev/null
inside test -s /usr/share/man/man1/powergap-run.1.gz
inside test -s /usr/share/man/man8/powergapd.8.gz
inside test -s /usr/share/bash-completion/completions/powergap
if inside powergap plot /tmp/fet 2>"$root/said"; then
    echo "plots are drawn without gnuplot?" >&2
    exit 1
fi
grep -q 'apt install gnuplot-nox' "$root/said"
inside apt-get remove --yes --quiet=2 powergap >/dev/null
left=$(cd "$root" && find usr -name '*powergap*')
[ -z "$left" ] || { echo "left behind: $left" >&2; exit 1; }
echo "1 passed, 0 failed"
