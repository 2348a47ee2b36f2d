#!/bin/bash
# Files that are not what they should be: FIFOs and endless devices in the place of every file that the user names, closed
# standard descriptors, a limit of file sizes, manifests without lines, a study with a view. One error each, at once.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir batch
vips gaussnoise n.v 160 120 --mean 128 --sigma 40 && vips copy n.v batch/a.jpg && cp batch/a.jpg batch/b.jpg || exit 1
"$KNEE" run --quiet batch plain
is $? 0 "a plain run"
mkfifo fifo
mkdir fifo-study fifo-manifest
mkfifo fifo-study/study.db fifo-manifest/MANIFEST.sha256
printf '[rendition one]\nwidth=40\nheight=40\nwatermark=true\n[watermark]\nfile=%s\n' "$work/fifo" >watermark.recipe
printf '[rendition one]\nwidth=40\nheight=40\ncaption=true\n[caption]\nfont=/dev/zero\n' >font.recipe

# refused NAME ARGUMENT...: within ten seconds and 512 MiB, one line.
refused() {
    local name=$1
    shift
    (ulimit -v 4000000; exec timeout 10 "$KNEE" "$@") >/dev/null 2>said
    like "$? $(grep -c '' said) $(cat said)" '^[12] 1 .*(regular file|a directory|does not exist)' "$name: refused at once, in one line"
}
for odd in fifo /dev/zero; do
    refused "$odd as a recipe" run --recipe $odd batch out
    refused "$odd as a list" run --list $odd batch out
    refused "$odd as a table" fit --csv $odd
    refused "$odd as a manifest" verify $odd
    refused "$odd as a baseline" gate --baseline $odd "$root/tests/fuzz/corpus/study/small"
    refused "$odd as a study" fit $odd
done
refused "a FIFO as the database of a study" fit fifo-study
refused "a FIFO as the manifest in a folder" verify fifo-manifest
refused "a FIFO as a watermark" run --recipe watermark.recipe batch out
refused "a device as a font" run --recipe font.recipe batch out
[ ! -e out ]
ok $? "nothing was written for any of them"

# A standard descriptor that is closed is not taken by the journal.
for closed in "0<&-" "1>&-" "2>&-" "0<&- 1>&- 2>&-"; do
    rm -rf out
    eval "\"\$KNEE\" run --quiet --workers 2 batch out $closed"
    code=$?
    is "$code $(grep -c 'done' out/.knee/journal)" "0 2" "with $closed the journal is whole"
    cmp plain/MANIFEST.sha256 out/MANIFEST.sha256
    ok $? "... and the run complete"
    eval "\"\$KNEE\" run --quiet --workers 2 batch out $closed"
    is "$? $(grep -c 'done' out/.knee/journal)" "0 2" "... and the next one finds all done"
done

# A limit of file sizes.
rm -rf out
mkdir large && vips gaussnoise l.v 900 700 --mean 128 --sigma 60 && vips copy l.v large/a.jpg || exit 1
(ulimit -f 16 && exec "$KNEE" run --quiet --workers 2 large out) 2>said
is "$? $(grep -c '' said)" "1 1" "a limit of file sizes: one error"
like "$(cat said)" "File too large: raise 'ulimit -f'" "... with the remedy"
"$KNEE" run --quiet large out && (cd out && sha256sum --quiet -c MANIFEST.sha256)
ok $? "... and the same command continues"

# What cannot be checked is not whole.
: >empty
"$KNEE" verify empty >said 2>&1
like "$? $(cat said)" '^1 .*it is empty' "verify: an empty file is no manifest"
echo '# made with nothing' >empty
"$KNEE" verify empty >said 2>&1
is "$? $(cat said)" "1 nothing to check: the manifest names no file" "verify: nor is one without a file whole"

# A view in the place of a table would be computed: it is refused.
for how in fit "gate --require 'E(2)>=0.1'"; do
    eval "timeout 20 \"\$KNEE\" $how \"\$root/tests/fuzz/corpus/study/slow-view\"" >/dev/null 2>said
    like "$? $(cat said)" '^[12] .*no such table' "a study with a slow view ($how): the view is not computed"
done
done_testing
