#!/bin/bash
# knee verify --recompute: a share of a run's items is done again, each in a process of its own. What a taken-over
# worker could have left (other bytes with a manifest that agrees, items declared failed or done, more files) is found
# and named; a sound run is the same however it was made, with its failed items.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
export TMPDIR=$work/tmp
mkdir -p tmp batch/sub

vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v batch/a.jpg || exit 1
for i in {1..8}; do cp batch/a.jpg "batch/sub/p $i.jpg"; done
head -c 2000 batch/a.jpg >batch/cut.jpg
cp batch/a.jpg $'batch/esc\e[31m.jpg'

# again ARGUMENT...: exit code and last line, without the seed.
again() {
    "$KNEE" verify --recompute "$@" >found 2>said
    echo "$? $(tail -n 1 found | sed 's/(seed [0-9]*)/(seed)/') $(grep -v '^knee verify: items' said)"
}
all_same="0 same: 11 of 11 items done again (seed), each with the same bytes or failed as before "

"$KNEE" run --quiet batch out 2>/dev/null
is "$(again 100% batch out)" "$all_same" "a run is the same when all of it is done again, its failed item too"
is "$(again 1.0 --workers 1 --sandbox off batch out)" "$all_same" "... by one process at a time, without a sandbox"
is "$(again 11 batch out)" "$all_same" "... or as a number of items"
is "$(again 0.3 batch out)" "0 same: 4 of 11 items done again (seed), each with the same bytes or failed as before " "a share is rounded up"
"$KNEE" verify --recompute 3 batch out >found
seed=$(sed 's/.*seed \([0-9]*\).*/\1/' found)
"$KNEE" verify --recompute 3 --seed "$seed" batch out >twice
cmp found twice
ok $? "--seed draws the same items"

# However the run was made.
KNEE_FAILPOINT=final:4 setsid "$KNEE" run --quiet --workers 1 batch resumed 2>/dev/null
{ KNEE_FAILPOINT=reap:1,record:3 setsid "$KNEE" run --quiet --workers 2 batch resumed; } 2>/dev/null
"$KNEE" run --quiet batch resumed 2>/dev/null
is "$(again 1.0 batch resumed)" "$all_same" "a run that was killed and continued"
printf 'sub/p 3.jpg\na.jpg\nsub/p 8.jpg\n' >list
"$KNEE" run --quiet --recipe archive --list list batch listed
is "$(again 3 --recipe archive --list list batch listed)" \
    "0 same: 3 of 3 items done again (seed), each with the same bytes or failed as before " "a list, whose captions have their places in the whole batch"
like "$(again 3 --recipe archive batch listed)" '^1 .*listed was made with another batch: give the one of that run' "... and without the list another batch"
like "$(again 3 --list list batch listed)" '^1 .*made with another recipe: give the one of that run' "... and with another recipe none is compared"

# An item that ends its process, or takes too long, has to do so again.
mkdir one && cp batch/a.jpg one/
for how in segv hang; do
    rm -rf bad
    KNEE_FAILPOINT=item@0:$how "$KNEE" run --quiet --item-timeout 3 one bad 2>/dev/null
    is "$(KNEE_FAILPOINT=item@0:$how again 1 --item-timeout 3 one bad)" \
        "0 same: 1 of 1 items done again (seed), each with the same bytes or failed as before " "an item that fails by $how fails so again"
    is "$(again 1 one bad) $(head -n 1 found)" \
        "1 not the same: 1 of 1 items done again (seed), 1 is not what the output folder says  differs    a.jpg: it is listed as failed, and does not fail now" \
        "... and is named when it does not"
done

# forged NAME WANTED: what is found in the folder `forged`, with all items done again.
forged() {
    is "$(again 1.0 batch forged | cut -c 1) $(grep -v '^not the same' found)" "1 $2" "$1"
    rm -rf forged
    cp -r out forged
}
# seal PATH: the manifest agrees with the file.
seal() { sed -i "s|^[0-9a-f]*  $1\$|$(sha256sum "forged/$1" | cut -c 1-64)  $1|" forged/MANIFEST.sha256; }
cp -r out forged
cp "forged/thumb/a.jpg.webp" kept && printf 'x' >>"forged/thumb/sub/p 2.jpg.webp" && seal "thumb/sub/p 2.jpg.webp"
is "$("$KNEE" verify forged)" "whole: 30 files are as the manifest says" "an output with other bytes, and a manifest that agrees, is whole"
forged "... and found by doing it again" "differs    sub/p 2.jpg: thumb: other bytes"
printf 'x' | dd of="forged/large/a.jpg.jpg" bs=1 seek=100 conv=notrunc status=none && seal large/a.jpg.jpg
forged "one byte of another value" "differs    a.jpg: large: other bytes"
truncate -s -1 forged/large/a.jpg.jpg && seal large/a.jpg.jpg
forged "one byte less" "differs    a.jpg: large: other bytes"
sed -i '/large\/a.jpg.jpg/s/^..../0000/' forged/MANIFEST.sha256
forged "another digest in the manifest" "differs    a.jpg: large: the bytes are the same, the manifest has another digest"
sed -i '/large\/a.jpg.jpg/d' forged/MANIFEST.sha256
forged "an output that the manifest lacks is of no item" $'differs    a.jpg: large: the bytes are the same, the manifest does not have it\nextra      large/a.jpg.jpg'
sed -i '/\/a.jpg.jpg/d;/\/a.jpg.webp/d' forged/MANIFEST.sha256 && rm forged/*/a.jpg.* && printf 'a.jpg\tdecode\t1\tdamaged\n' >>forged/FAILED.tsv
forged "an item declared failed" "differs    a.jpg: it is listed as failed, and does not fail now"
sed -i '/\/a.jpg.jpg/d;/\/a.jpg.webp/d' forged/MANIFEST.sha256 && rm forged/*/a.jpg.*
forged "an item that is in neither list" "differs    a.jpg: it has neither outputs in the manifest nor a line in FAILED.tsv"
rm forged/FAILED.tsv
for r in large medium thumb; do
    cp kept "forged/$r/cut.jpg.webp" && printf '%s  %s\n' "$(sha256sum kept | cut -c 1-64)" "$r/cut.jpg.webp" >>forged/MANIFEST.sha256
done
"$KNEE" verify --recompute 1.0 batch forged >found
like "$(cat found)" '^differs    cut.jpg: it was done, and fails now: .*' "an item declared done that fails"
rm -rf forged && cp -r out forged
rm forged/large/a.jpg.jpg && mkfifo forged/large/a.jpg.jpg
forged "a FIFO in the place of an output" "differs    a.jpg: large: it cannot be read: it is not a regular file"
rm forged/large/a.jpg.jpg && mkfifo forged/large/a.jpg.jpg
like "$(timeout 60 "$KNEE" verify forged; echo $?)" $'^1$' "... for verify alone too"
rm -rf forged && cp -r out forged
echo x >$'forged/large/sub/more\e[2J' && ln -s /etc/passwd forged/thumb/link
forged "files that no item has" $'extra      large/sub/more\\x1b[2J\nextra      thumb/link'

# Names from anywhere do not steer the terminal.
printf 'x' >>$'forged/large/esc\e[31m.jpg.jpg'
"$KNEE" verify forged >found
is "$(head -n 1 found)" 'changed    large/esc\x1b[31m.jpg.jpg' "verify escapes what names hold"
cp forged/MANIFEST.sha256 m && sed -i '/esc/s/^..../0000/' m
"$KNEE" verify out m >found
is "$(head -n 1 found)" 'differs    large/esc\x1b[31m.jpg.jpg' "... also of two"
forged "... and --recompute" 'differs    esc\x1b[31m.jpg: large: other bytes'

# Names of outputs by a pattern, with and without a folder of their own.
printf '[rendition s]\nwidth=60\nheight=60\nname={stem}\n[rendition t]\nwidth=50\nheight=50\nname=img/{folder}/{stem}-t\n' >pattern.recipe
"$KNEE" run --quiet --recipe pattern.recipe batch named 2>/dev/null
is "$(again 1.0 --recipe pattern.recipe batch named)" "$all_same" "outputs named by patterns"
echo x >named/img/more && echo x >named/.knee/more
"$KNEE" verify --recompute 1 --recipe pattern.recipe batch named >found
is "$(grep ^extra found | sort)" $'extra      .knee/more\nextra      img/more' "... and files that no item has"

# Nothing is written to OUT, and nothing stays.
find out -printf '%p %T@ %s\n' | sort >before
again 1.0 batch out >/dev/null
find out -printf '%p %T@ %s\n' | sort | cmp -s - before
ok $? "the output folder is not touched"
KNEE_FAILPOINT=item@0:hang "$KNEE" verify --recompute 1.0 batch out >/dev/null 2>&1 &
until [ -n "$(find tmp -mindepth 2)" ] || ! kill -0 $! 2>/dev/null; do sleep 0.02; done
kill -KILL $!
wait $! 2>/dev/null
like "$(find tmp -name 'knee-verify.*' | wc -l)" '^[1-9]' "killed: a folder for temporary files is left"
again 2 batch out >/dev/null
is "$(ls -A tmp)" "" "... which the next one removes"

for wrong in 0 0% 101% 1.5 -1 x '' 5%%; do
    like "$(again "$wrong" batch out)" "^2 .*give a share such as 5% or 0.05, or a number of items" "--recompute '$wrong' is refused"
done
like "$(again 5% out)" '^2 .*IN OUT' "one operand is not enough"
"$KNEE" verify --seed 4 out 2>said
like "$? $(cat said)" '^2 .*add --recompute SHARE' "--seed alone is refused"
done_testing
