#!/bin/bash
# A tar of knee with everything that it needs: it runs from any folder of any x86-64 Linux, without packages.
#   bin/knee      a small static program that starts libexec/knee by the loader in lib/ (launcher.c)
#   lib/          the loader, libc, all libraries, libvips' modules
#   share/knee/   recipes, counter groups, fonts, the programs of the report
# Called by `make bundle`. Usage: packaging/bundle.sh BUILD VERSION [FOLDER]; with FOLDER that is made, and no tar.
set -euo pipefail
build=$(realpath "$1")
version=$2
root=$(cd "$(dirname "$0")/.." && pwd)
read -ra compiler <<<"${CC:-gcc}"
name=knee-$version-linux-x86_64
out=$(realpath -m "${3:-$build/$name}")
[ "$(uname -m)" = x86_64 ] || {
    echo "bundle: this is $(uname -m): the bundle is for x86-64" >&2
    exit 1
}

rm -rf "$out"
mkdir -p "$out/bin" "$out/lib" "$out/libexec"
make -s -o all -C "$root" BUILD="$build" DESTDIR="$out" PREFIX=/ install
mv "$out/bin/knee" "$out/libexec/knee"
"${compiler[@]}" -std=c17 -D_GNU_SOURCE -Wall -Wextra -O2 -static -s -o "$out/bin/knee" "$root/packaging/launcher.c"

modules=$(find "$(pkg-config --variable=libdir vips)" -maxdepth 1 -type d -name 'vips-modules-*')
mkdir -p "$out/lib/$(basename "$modules")"
cp "$modules/vips-heif.so" "$out/lib/$(basename "$modules")/" # the one that is loaded: vips_start.h

# What the programs and modules are linked with, by the names that they ask for; the loader is one of them.
ldd "$out/libexec/knee" "$out/lib/vips-modules-"*/*.so | sed -n 's/.*=> \(\/[^ ]*\) .*/\1/p; s/^\t\(\/[^ ]*ld-linux[^ ]*\) .*/\1/p' |
    sort -u | while read -r library; do
    cp -L "$library" "$out/lib/"
done
strip --strip-unneeded "$out/libexec/knee"

# The font of the shipped recipes, with its licence.
mkdir -p "$out/share/knee/fonts" "$out/share/doc/knee"
cp /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf "$out/share/knee/fonts/"
cp /usr/share/doc/fonts-dejavu-core/copyright "$out/share/doc/knee/DejaVuSans.copyright"
# The licences of the libraries, by Debian package.
mkdir -p "$out/share/doc/knee/licences"
find "$out/lib" -name '*.so*' -printf '/%f\n' >"$out/names" # as in the lists of files of dpkg
grep -l -F -f "$out/names" /var/lib/dpkg/info/*.list | sed 's|.*/||; s/:.*//; s/\.list$//' | sort -u | while read -r package; do
    [ ! -e "/usr/share/doc/$package/copyright" ] ||
        cp -L "/usr/share/doc/$package/copyright" "$out/share/doc/knee/licences/$package"
done
rm "$out/names"

[ "$#" -lt 3 ] || exit 0
tar --sort=name --owner=0 --group=0 --numeric-owner --mtime="@${SOURCE_DATE_EPOCH:-0}" -C "$build" -c "$name" |
    gzip -n9 >"$build/$name.tar.gz.new"
mv "$build/$name.tar.gz.new" "$build/$name.tar.gz"
printf '%s.tar.gz: %s bytes, %s files, %s bytes unpacked\n' "$build/$name" "$(stat -c %s "$build/$name.tar.gz")" \
    "$(find "$out" -type f | wc -l)" "$(du -sb "$out" | cut -f1)"
rm -rf "$out"
