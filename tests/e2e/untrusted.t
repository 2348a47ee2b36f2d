#!/bin/bash
# What an output folder holds may be anybody's: a forged journal, planted links, files of other kinds. No file outside
# is removed or written, and a folder on another disk, which the user has linked, works.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"

mkdir batch batch/sub
vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v batch/a.jpg || exit 1
for name in b sub/c; do cp batch/a.jpg "batch/$name.jpg"; done
"$KNEE" run --quiet batch plain
is $? 0 "a run into a plain folder"

# sealed LINE...: the lines with their checksums, as a journal has them.
sealed() {
    python3 - "$@" <<'P'
import sys
for text in sys.argv[1:]:
    data, crc = text.encode(), 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ (0x82F63B78 if crc & 1 else 0)
    sys.stdout.write("%08x %s\n" % (crc ^ 0xFFFFFFFF, text))
P
}
done_line() { printf 'done\t%s\t1\t1\t1\t1\t1\t1\t1\t1' "$1"; }

# --restart removes what the journal names, and nothing that a journal may not name.
mkdir -p victim/sub out/.knee out/large
for name in keep.jpg sub/keep.jpg keep.txt; do echo precious >"victim/$name"; done
ln -s ../victim out/away
ln -s ../../victim out/large/link
echo mine >out/large/old.jpg.jpg
echo mine >out/note.txt
owner=$'run\t1\tx\tx\tx\t..\tjpg\taway\tjpg\tlarge\tjpg\tlarge/link\tjpg\tlarge\ttxt\t.\ttxt\t\tjpg\t'"$work"$'\tjpg'
sealed "$owner" \
    "$(done_line ../victim/keep)" "$(done_line victim/keep)" "$(done_line keep)" "$(done_line sub/keep)" \
    "$(done_line link/keep)" "$(done_line ../../victim/keep)" "$(done_line ../note)" "$(done_line note)" \
    "$(done_line /etc/hostname)" "$(done_line old.jpg)" "$(done_line "$work/victim/keep")" >out/.knee/journal
find victim out -type f | sort >before
"$KNEE" run --quiet --restart batch out
is $? 0 "--restart over a forged journal"
is "$(find victim out -type f | sort | comm -13 - before)" "out/large/old.jpg.jpg" "removes the outputs of the earlier run, and nothing else"
is "$(cat victim/keep.jpg victim/sub/keep.jpg victim/keep.txt)" $'precious\nprecious\nprecious' "... nor changes files outside"
cmp plain/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "... and the run is complete"

# Links on the way: the item fails, alike in every way to run; nothing is written through them.
rm -rf out
mkdir -p out/large/ && ln -s ../../victim out/large/sub
find victim -type f -exec sha256sum {} + | sort >before
for how in --serial "--workers 2" "--workers 2 --sandbox=off"; do
    # shellcheck disable=SC2086
    "$KNEE" run --quiet --retry-failed $how batch out 2>/dev/null
    is "$? $(cut -f 1 out/FAILED.tsv | tail -n +2)" "1 sub/c.jpg" "a link on the way to an output ($how): its item fails"
    like "$(cat out/FAILED.tsv)" 'in the place of a folder: remove it' "... with the reason"
    is "$(find victim -type f -exec sha256sum {} + | sort)" "$(cat before)" "... and nothing goes through it"
done

# The user's own link to another disk; one that leads nowhere; a file.
for how in --serial "--workers 2"; do
    rm -rf out disk
    mkdir out disk
    ln -s ../disk out/large
    # shellcheck disable=SC2086
    "$KNEE" run --quiet $how batch out
    is $? 0 "a rendition's folder that is a link ($how)"
    cmp plain/MANIFEST.sha256 out/MANIFEST.sha256 && (cd out && sha256sum --quiet -c MANIFEST.sha256)
    ok $? "... gets the same outputs"
    is "$(find disk -type f | wc -l) $(find disk out -name '.knee-tmp*')" "3 " "... on that disk, and nothing half-written stays"
    rm -rf disk
    # shellcheck disable=SC2086
    "$KNEE" run --quiet $how batch out 2>said
    is "$? $(grep -c '' said)" "1 1" "a link that leads nowhere ($how): one error"
    like "$(cat said)" 'out/large: it is a link to ../disk, which is not there' "... that names it"
    rm out/large
    echo x >out/large
    # shellcheck disable=SC2086
    "$KNEE" run --quiet $how batch out 2>said
    like "$? $(cat said)" '^1 .*out/large: there is a file in the place of a folder' "a file in the place of a folder ($how)"
done

# Temporary files: removed by the next run wherever a kill has left them, with another recipe too.
rm -rf out
{ KNEE_FAILPOINT=publish:1 "$KNEE" run --quiet batch out; } 2>/dev/null
like "$(find out -name '.knee-tmp*' | wc -l)" '^[1-9]' "killed while the manifest is written: a temporary file is left"
"$KNEE" run --quiet batch out
is "$? $(find out -name '.knee-tmp*')" "0 " "... and the same command removes it"
cmp plain/MANIFEST.sha256 out/MANIFEST.sha256
ok $? "... and completes the run"
printf '[rendition other]\nwidth=20\nheight=20\n' >other.recipe
touch out/large/.knee-tmp-0 out/.knee-tmp-0
"$KNEE" run --quiet --restart --recipe other.recipe batch out
is "$? $(find out -name '.knee-tmp*') $(find out -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | tr '\n' ' ')" \
    "0  .knee other " "--restart with another recipe removes files and folders of the earlier one"

# Sizes of outputs: two that have changed, whose sum has not.
rm -rf out
"$KNEE" run --quiet batch out
printf x >>out/large/a.jpg.jpg && truncate -s -1 out/thumb/a.jpg.webp
find out -name 'b.jpg*' -printf '%p %i\n' | sort >before
"$KNEE" run --quiet batch out
(cd out && sha256sum --quiet -c MANIFEST.sha256)
is "$? $(find out -name 'b.jpg*' -printf '%p %i\n' | sort | cmp - before)" "0 " "outputs of other sizes are made again, and only those of their item"

# Other kinds of files as the journal.
for kind in fifo link 'second name'; do
    rm -rf out
    mkdir -p out/.knee
    case $kind in
    fifo) mkfifo out/.knee/journal ;;
    link) ln -s ../../victim/keep.txt out/.knee/journal ;;
    *) ln victim/keep.txt out/.knee/journal ;;
    esac
    timeout 60 "$KNEE" run --quiet batch out 2>said
    is "$? $(grep -c 'out/.knee/journal: ' said)" "1 1" "a $kind as the journal is refused at once"
done
rm -rf out
mkdir out && ln -s ../victim out/.knee
"$KNEE" run --quiet batch out 2>said
like "$? $(cat said)" '^1 .*out/.knee: it is not a folder' "... and a link as its folder"
is "$(ls victim)" $'keep.jpg\nkeep.txt\nsub' "... with nothing written there"
is "$(cat victim/keep.txt)" precious "... nor into the file behind the journal"
done_testing
