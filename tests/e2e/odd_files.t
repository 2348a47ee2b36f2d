#!/bin/bash
# Files that are not what they should be: FIFOs and endless devices in the place of every file that the user names,
# closed standard descriptors, a limit of file sizes, manifests without lines, a study with a view. One error each, at
# once.
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

# refused NAME ARGUMENT...: within a minute and 4 GB, one line.
refused() {
    local name=$1
    shift
    (ulimit -v 4000000; exec timeout 60 "$KNEE" "$@") >/dev/null 2>said
    like "$? $(grep -c '' said) $(cat said)" '^[12] 1 .*(regular file|a directory)' "$name: refused at once, in one line"
}
# What the end of a run writes cannot take the name of a folder: said before the first item.
for name in MANIFEST.sha256 RENDITIONS.json RENDITIONS.csv SUMMARY.json FAILED.tsv NOTES.tsv; do
    mkdir -p "out-$name/$name"
    "$KNEE" run --quiet batch "out-$name" 2>said
    is "$? $(grep -c '' said) $(find "out-$name" -type f ! -path '*/.knee/*' | wc -l)" "1 1 0" "a folder $name: one line, and nothing was done"
    like "$(cat said)" "out-$name/$name: it is a folder, and has to be a file: remove it" "... which names it"
done

for odd in fifo /dev/zero; do
    refused "$odd as a recipe" run --recipe $odd batch out
    refused "$odd as a list" run --list $odd batch out
    refused "$odd as a table" fit --csv $odd
    refused "$odd as a manifest" verify $odd
    refused "$odd as a baseline" gate --baseline $odd "$root/tests/fuzz/corpus/study/small"
    refused "$odd as a study" fit $odd
done
small=$root/tests/fuzz/corpus/study/small
bound='E(2)>=0.1'
# The devices are links: should a check fail, no device of the machine is replaced.
ln -s /dev/zero zero
while IFS='|' read -r name words; do
    for odd in fifo zero; do
        # shellcheck disable=SC2086
        refused "$odd, $name" ${words//ODD/$odd}
    done
done <<END
a machine of predict|predict --cores 4 --machine ODD $small
a machine of doctor|doctor --topology ODD
a study of account|account ODD
a study of predict|predict ODD
the serial study of predict|predict --serial-from ODD $small
a study of validate|validate ODD $small
the other study of validate|validate $small ODD
a replayed study of fit|fit --replayed ODD $small
an emulated study of fit|fit --emulated ODD $small
a replayed batch of run|run --replay ODD batch replayed
a replayed study of sweep|sweep --study new --replay ODD
the batch|run ODD out
the output folder|run batch ODD
the list of a batch that is done again|verify --recompute 1 --list ODD batch plain
the recipe of a batch that is done again|verify --recompute 1 --recipe ODD batch plain
a recipe to be checked|recipe check ODD
JSON of a gate|gate --require $bound --json ODD $small
JUnit of a gate|gate --require $bound --junit ODD $small
OpenMetrics of a gate|gate --require $bound --openmetrics ODD $small
a new baseline|gate --write-baseline ODD $small
END
[ -p fifo ] && [ -L zero ] && [ ! -e new ]
ok $? "none of them was replaced or written"
timeout 60 "$KNEE" gate --require "$bound" --summary=fifo "$small" >/dev/null 2>said
like "$? $(tail -n 1 said)" '^[12] .*fifo cannot be written' "a FIFO that nobody reads as a summary is not waited for"
mkdir odd-study
cp "$small" odd-study/study.db
mkfifo odd-study/study.db-wal
refused "a FIFO next to the database of a study" fit odd-study
rm odd-study/study.db-wal
"$KNEE" fit odd-study >/dev/null && rm odd-study/fit.json && mkfifo odd-study/fit.json
timeout 60 "$KNEE" report odd-study >/dev/null 2>said
like "$? $(tail -n 1 said)" '^[12] .*fit.json' "report: a FIFO as fit.json is not waited for"
mkdir odd-replay && mkfifo odd-replay/times
refused "a FIFO as the times of a replay" run --replay odd-replay batch replayed
rm odd-study/fit.json
for odd in fifo zero; do
    for name in curve.dat curve.svg curve.png report.pdf report.json; do
        ln -sf "$work/$odd" "odd-study/$name"
        refused "report: $odd as $name" report odd-study
        rm -f "odd-study/$name"
    done
    refused "report: $odd as the file of --pdf" report --pdf $odd odd-study
done
[ -p fifo ] && [ -L zero ] && [ -z "$(find odd-study -name '*.tmp' -o -name '.curve*')" ]
ok $? "report: none was replaced, nothing temporary is left"
echo kept >kept
ln -s "$work/kept" target
"$KNEE" gate --require "$bound" --json target "$small" >/dev/null
is "$(cat kept) $([ -L target ] || head -c 1 target)" "kept {" "a link to a regular file is replaced, and the file behind it kept"
refused "a FIFO as the database of a study" fit fifo-study
refused "a FIFO as the manifest in a folder" verify fifo-manifest
refused "a FIFO as a watermark" run --recipe watermark.recipe batch out
refused "a device as a font" run --recipe font.recipe batch out
[ ! -e out ] && [ ! -e replayed ]
ok $? "nothing was written for any of them"

# Files as large as a disk in which there is nothing: no memory and no time is spent on them.
rm -rf out
"$KNEE" run --quiet batch out
if truncate -s 1T out/.knee/journal 2>/dev/null; then
    sparse() { # sparse NAME PATTERN ARGUMENT...
        local name=$1 pattern=$2
        shift 2
        (ulimit -v 4000000; exec timeout 60 "$KNEE" "$@") >/dev/null 2>said
        like "$? $(grep -c '' said) $(cat said)" "^[12] 1 .*($pattern)" "a sparse file of a terabyte as $name: refused at once, in one line"
    }
    truncate -s 1T sparse
    mkdir sparse-study && truncate -s 1T sparse-study/study.db
    printf '[rendition one]\nwidth=40\nheight=40\ncaption=true\n[caption]\nfont=%s\n' "$work/sparse" >font.recipe
    printf '[rendition one]\nwidth=40\nheight=40\nwatermark=true\n[watermark]\nfile=%s\n' "$work/sparse" >watermark.recipe
    sparse "the journal" 'more than 64 MiB without a line' run --quiet batch out
    sparse "the journal of a batch that is done again" 'more than 64 MiB without a line' verify --recompute 1 batch out
    "$KNEE" run --quiet --restart batch out
    is "$? $(grep -c 'done' out/.knee/journal)" "0 2" "... and --restart begins another journal"
    sparse "a manifest" 'not a line of sha256sum' verify sparse
    sparse "a list" 'a name in it is longer' run --list sparse batch other
    sparse "a list of names with zero bytes" 'empty names in a row' run --null --list sparse batch other
    sparse "a recipe" 'larger than 256 MiB' run --recipe sparse batch other
    sparse "a font" 'larger than 1024 MiB' run --recipe font.recipe batch other
    sparse "a watermark" 'larger than 1024 MiB' run --recipe watermark.recipe batch other
    sparse "a table" 'larger than 256 MiB' fit --csv sparse
    sparse "a baseline" 'larger than 256 MiB' gate --baseline sparse "$small"
    sparse "a machine" "not a machine in hwloc's XML" predict --cores 4 --machine sparse "$small"
    sparse "a study" 'study' fit sparse-study
    truncate -s 1T out/FAILED.tsv
    sparse "the list of failed items" 'not a line of a list' verify --recompute 1 batch out
    [ ! -e other ]
    ok $? "nothing was written for any of them"
    rm -rf out sparse sparse-study
else
    skip "no files of a terabyte on this file system" "sparse files"
fi

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
limited() { # limited LIMIT REMEDY ARGUMENT...
    local limit=$1 remedy=$2
    shift 2
    # shellcheck disable=SC2086
    (ulimit $limit && exec "$KNEE" "$@") >/dev/null 2>said
    like "$? $(tail -n 1 said)" "^1 .*: raise 'ulimit $remedy'" "ulimit $limit, knee $1 ${*: -1}: the remedy"
}
limited "-f 1" -f run --quiet large limited
limited "-f 1" -f sweep --study limited --workers 1 --blocks 1 --noise 100% -- true '{workers}'
limited "-n 10" -n sweep --study limited --workers 1 --blocks 1 --noise 100% -- true '{workers}'

# What cannot be checked is not whole.
: >empty
"$KNEE" verify empty >said 2>&1
like "$? $(cat said)" '^1 .*it is empty' "verify: an empty file is no manifest"
echo '# made with nothing' >empty
"$KNEE" verify empty >said 2>&1
is "$? $(cat said)" "1 nothing to check: the manifest names no file" "verify: nor is one without a file whole"

# A view in the place of a table would be computed: it is refused.
for how in fit "gate --require 'E(2)>=0.1'"; do
    eval "timeout 60 \"\$KNEE\" $how \"\$root/tests/fuzz/corpus/study/slow-view\"" >/dev/null 2>said
    like "$? $(cat said)" '^[12] .*no such table' "a study with a slow view ($how): the view is not computed"
done

# What studies, tables and recipes hold does not steer the terminal.
mkdir first second
cp "$small" first/study.db && cp "$small" second/study.db
/usr/bin/python3 - second/study.db <<'P'
import sqlite3, sys
study = sqlite3.connect(sys.argv[1])
study.execute("UPDATE study SET value = value || char(27) || '[2J' WHERE key IN ('cpu_model', 'host', 'kernel')")
study.execute("UPDATE cell SET policy = policy || char(27) || '[2J'")
study.execute("UPDATE trial SET reason = 'why' || char(27) || '[2J'")
study.commit()
P
printf 'workers,seconds\n1,4\n2,2\n' >$'table\e[2J.csv'
printf '[rendition a\e[2J]\nwidth=10\nheight=10\n' >escape.recipe
cp escape.recipe $'escape\e[2J.recipe'
mkdir $'batch\e[2J' && cp batch/a.jpg $'batch\e[2J'
for words in $'run --dry-run batch\e[2J out\e[2J' $'run batch\e[2J out\e[2J' $'run --recipe escape.recipe --dry-run batch out' \
    $'run --shard 1/1 batch\e[2J part\e[2J' "diff first second" "fit second" "predict second" "history first second" $'fit --csv table\e[2J.csv' "recipe check escape.recipe" $'recipe check escape\e[2J.recipe'; do
    # shellcheck disable=SC2086
    "$KNEE" $words >said 2>&1
    is "$(grep -c $'\e' said) $([ -s said ] && echo said)" "0 said" "no escape sequence from knee ${words//$'\e'/}"
done
done_testing
