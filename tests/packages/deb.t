#!/bin/bash
# The Debian packages that `make deb` has made: what they hold and need, and that they run where they are unpacked; knee
# alone, and with knee-images.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v dpkg-deb >/dev/null || skip_all "dpkg-deb is missing: make deps-deb"
packages=$(dirname "$KNEE")/deb
harness=$(find "$packages" -name 'knee_*.deb')
images=$(find "$packages" -name 'knee-images_*.deb')
[ -n "$harness$images" ] || skip_all "no packages: make deb"
[ "$harness" -nt "$KNEE" ] || skip_all "the packages are older than the program: make deb"
cd "$work" || exit 1

is "$(dpkg-deb -f "$harness" Depends | grep -oE 'lib(vips|av|sw|jpeg|webp|jxl|openjp2|isal|zimg|lcms2)[^ ]*')" "" "knee needs no library of images"
for library in libgsl libhwloc libpapi libsqlite3 libjansson; do
    like "$(dpkg-deb -f "$harness" Depends)" "(^| )$library" "... but $library"
done
like "$(dpkg-deb -f "$images" Depends)" 'libvips42.* knee \(= ' "knee-images needs libvips, and knee of the same version"
is "$(comm -12 <(dpkg-deb -c "$harness" | grep -v '/$' | awk '{print $6}' | sort) \
    <(dpkg-deb -c "$images" | grep -v '/$' | awk '{print $6}' | sort))" "" "no file is in both"

dpkg-deb -x "$harness" root
knee=$work/root/usr/bin/knee
is "$(env -i "$knee" --version | head -n 1)" "$("$KNEE" --version | head -n 1)" "knee alone: it starts"
"$knee" sweep --study s --workers 1,2 --blocks 2 --noise 100% -- sh -c 'sleep 0.{workers}' >stdout 2>stderr
is $? 0 "... measures a command"
"$knee" fit s >stdout 2>stderr
is "$? $(cat stderr)" "0 " "... fits it"
like "$("$knee" doctor)" 'counters: software ' "... finds its counter groups"
"$knee" run a b >stdout 2>stderr
is "$? $(grep -c 'install the package knee-images' stderr)" "1 1" "... and names the other package"
is "$(find root/usr/share/man/man1 -name 'knee-*.1.gz' -printf '%f\n' | sed 's/^knee-//; s/\.1\.gz$//' | sort)" \
    "$("$knee" help | sed -n '/^commands:/,/^$/s/^  [^ ]/&/p' | grep -v 'in the package knee-images$' | awk '{ print $1 }' | sort)" \
    "manual pages of its commands, and of no others"

dpkg-deb -x "$images" root
is "$(env -i "$knee" recipe list | grep -c "$work/root/usr/share/knee/pipeline/recipes/.*.recipe")" \
    "$("$KNEE" recipe list | grep -c '.recipe$')" "with knee-images: the recipes that it brings"
is "$(find root/usr/share/man/man1 -name 'knee*.1.gz' | wc -l)" "$(($("$KNEE" help | sed -n '/^commands:/,/^$/s/^  [^ ]/&/p' | wc -l) + 2))" \
    "a manual page for every command, knee and knee-images"
mkdir batch
vips gaussnoise n.v 300 200 --mean 128 --sigma 30 && vips copy n.v batch/a.jpg
"$knee" run batch out >stdout 2>stderr
is "$? $(cut -f 1 out/FAILED.tsv 2>/dev/null)" "0 " "... a batch is done"
(cd out && sha256sum --quiet -c MANIFEST.sha256)
is $? 0 "... with the bytes of its manifest"
done_testing
