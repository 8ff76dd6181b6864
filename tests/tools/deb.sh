#!/bin/sh
# deb.sh VERSION FOLDER - pack what `make install` installs as a Debian package in FOLDER; prints
# its name. What it depends on is read from the program itself.
set -eu

version=$1
folder=$2
arch=$(dpkg --print-architecture)
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT INT TERM
package=$root/package
doc=$package/usr/share/doc/powergap
chmod 755 "$root"

make --no-print-directory install DESTDIR="$package" PREFIX=/usr ZSH_FOLDER=share/zsh/vendor-completions >/dev/null
# Images for boards are built on the machine that uses them.
rm -rf "$package/usr/share/powergap/firmware"
strip --strip-unneeded --remove-section=.comment --remove-section=.note "$package/usr/bin/powergap" \
    "$package/usr/sbin/powergapd"
find "$package/usr/share/man" -type f -exec gzip -9n {} +

mkdir -p "$doc" "$package/DEBIAN" "$root/debian"
cp README.md "$doc"
cat >"$doc/copyright" <<END
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: powergap

Files: *
Copyright: 2026 the authors of powergap
License: none
 The source states no licence: the package is for those who may use the source.
END
changed=$(LC_ALL=C date -R ${SOURCE_DATE_EPOCH:+-d "@$SOURCE_DATE_EPOCH"})
gzip -9n >"$doc/changelog.gz" <<END
powergap ($version) unstable; urgency=low

  * Packed by make deb.

 -- ${DEBFULLNAME:-powergap} <${DEBEMAIL:-powergap@powergap.invalid}>  $changed
END

# dpkg-shlibdeps wants a source package around it.
printf 'Source: powergap\n\nPackage: powergap\nArchitecture: any\n' >"$root/debian/control"
depends=$(cd "$root" && dpkg-shlibdeps -O -e"$package/usr/bin/powergap" -e"$package/usr/sbin/powergapd" | sed 's/^shlibs:Depends=//')
cat >"$package/DEBIAN/control" <<END
Package: powergap
Version: $version
Architecture: $arch
Maintainer: ${DEBFULLNAME:-powergap} <${DEBEMAIL:-powergap@powergap.invalid}>
Installed-Size: $(du -sk "$package/usr" | cut -f 1)
Depends: $depends
Recommends: gnuplot-nox
Suggests: gtkwave, ngspice
Section: electronics
Priority: optional
Description: simulator of power failures in server racks
 When something in a rack's power fails, for how long is which server without
 power, and why? powergap plays a scenario on a simulated rack of supplies,
 switches, bus bars and servers, run by the production firmware of its power
 supply controller, measures each power gap to the nanosecond, and explains it.
 powergapd runs that firmware on a Linux machine that is wired to a real rack.
END
(cd "$package" && find usr -type f -exec md5sum {} + | LC_ALL=C sort -k 2 >DEBIAN/md5sums)
find "$package" -type d -exec chmod 755 {} +
mkdir -p "$folder"
dpkg-deb --root-owner-group --build "$package" "$folder/powergap_${version}_$arch.deb" >/dev/null
echo "$folder/powergap_${version}_$arch.deb"
