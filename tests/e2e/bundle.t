#!/bin/bash
# The bundle (make bundle): knee with its loader, libraries, modules, font and recipes, from another folder, and from a
# root that holds nothing else.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
[ "$(uname -m)" = x86_64 ] || skip_all "the bundle is for x86-64"
for tool in vips ffmpeg; do
    command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"
done
cd "$work" || exit 1

BUILD=$(dirname "$KNEE")
"$root/packaging/bundle.sh" "$BUILD" test root/opt/knee >stdout 2>stderr
is "$? $(cat stderr)" "0 " "the bundle is made"
bundle=$work/root/opt/knee

# --- from its folder, whatever the environment says
is "$(env -i "$bundle/bin/knee" --version)" "$("$KNEE" --version)" "its program starts, without any environment"
is "$(env -i "$bundle/bin/knee" recipe list | grep -c "$bundle/share/knee/pipeline/recipes/.*.recipe")" \
    "$("$KNEE" recipe list | grep -c '.recipe$')" "... and finds its recipes"
ln -s "$bundle/bin/knee" knee
is "$(env -i ./knee --version)" "$("$KNEE" --version)" "... through a link, too"
(
    cd root/opt && mv knee moved && env -i moved/bin/knee recipe check web >"$work/stdout" 2>&1
    status=$?
    mv moved knee
    exit "$status"
)
is $? 0 "... from a folder of another name, with the caption's font"
# shellcheck disable=SC2016 # for the command's shell
env -i "$bundle/bin/knee" sweep --study s2 --workers 1 --blocks 1 --noise 100% -- sh -c 'env >"$1"; exit {workers}0' sh "$work/env" >/dev/null 2>&1
is "$(grep -cE '^(VIPSHOME|LD_|PYTHON)' env) $(grep -c '^KNEE_WORKERS=1' env)" "0 1" "a command that it measures sees no variable of the bundle"

# --- in a root that holds nothing but the bundle and a batch
mkdir -p root/in root/proc root/dev root/tmp
vips gaussnoise noise.v 400 300 --mean 128 --sigma 30
vips copy noise.v "root/in/a.jpg[Q=90]"
vips copy noise.v "root/in/b.avif[effort=0]" 2>/dev/null || vips copy noise.v root/in/b.png
ffmpeg -v error -f lavfi -i testsrc=size=320x240:rate=5:duration=1 -pix_fmt yuv420p root/in/c.mp4
empty() { # empty COMMAND...: in that root, with /proc and /dev
    # shellcheck disable=SC2016 # for the shell in the new namespace
    unshare --mount sh -c 'mount -t proc proc root/proc && mount --bind /dev root/dev && exec chroot root "$@"' sh "$@"
}
if ! empty /opt/knee/bin/knee --version >/dev/null 2>stderr; then
    skip "no new root here: $(head -c 200 stderr)" "the bundle in an empty root"
else
    "$KNEE" run -q root/in here
    empty /opt/knee/bin/knee run --quiet --workers 2 --sandbox require /in /tmp/out 2>stderr
    is "$? $(cat root/tmp/out/FAILED.tsv 2>/dev/null)" "0 " "an empty root: every item is done, in confined workers"
    "$KNEE" verify here root/tmp/out >stdout
    is $? 0 "... with the bytes of the program that was built here: $(tail -n 1 stdout)"
    empty /opt/knee/bin/knee sweep --study /tmp/s --workers 1,2 --blocks 1 --noise 100% \
        --synthetic 'items=8 cost=2ms' >stdout 2>stderr
    is "$? $(grep -c ' 0 failed' stdout)" "0 1" "... and a study, for which it starts itself"
    empty /opt/knee/bin/knee fit /tmp/s >stdout 2>stderr
    is $? 0 "... with its fit"
fi
done_testing
