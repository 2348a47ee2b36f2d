#!/bin/bash
# knee run: a killed worker, an interrupted run, a folder used twice, a sample, the item table for a parent process;
# knee verify on every kind of operand.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
recipe=$root/pipeline/recipes/web.recipe

mkdir -p batch/sub
vips gaussnoise n.v 1800 1200 --mean 128 --sigma 40 && vips copy n.v "first.jpg[Q=90]" || exit 1
for i in {1..24}; do cp first.jpg "batch/sub/photo $i.jpg"; done
"$KNEE" run --quiet --serial batch serial
is $? 0 "the serial run is whole"
serial=$(sha256sum <serial/MANIFEST.sha256)

# begin FOLDER: starts a run in the background and returns when it has stored something.
begin() {
    "$KNEE" run --workers 2 batch "$1" >messages 2>&1 &
    run=$!
    until [ -n "$(find "$1" -name '*.webp' 2>/dev/null | head -n 1)" ]; do
        kill -0 "$run" 2>/dev/null || return 1
        sleep 0.02
    done
}
workers() { cat "/proc/$run/task/$run/children"; }
# gone PID...: every one of them has ended (a zombie whose new parent does not reap has ended too).
gone() {
    local pid tries
    for pid in "$@"; do
        for tries in {1..3000}; do
            grep -qs '^State:.*[RSDT] (' "/proc/$pid/status" || continue 2
            sleep 0.02
        done
        echo "# process $pid lives on after $tries looks"
        return 1
    done
}

if begin killed && [ -r "/proc/$run/task/$run/children" ]; then
    read -r victim _ <<<"$(workers)"
    kill -KILL "$victim"
    wait "$run"
    is $? 0 "a worker killed in the middle: exit 0"
    is "$(sha256sum <killed/MANIFEST.sha256)" "$serial" "... and the manifest is that of the serial run"
    is "$(find killed -name '.knee-tmp*' -o -name FAILED.tsv)" "" "... and nothing half-written is left"
else
    skip "the run ended before a worker could be killed" "a worker killed in the middle"
fi

for signal in INT:130 TERM:143; do
    if begin "stopped-$signal"; then
        read -ra pids <<<"$(workers)"
        kill "-${signal%:*}" "$run"
        wait "$run"
        is $? "${signal#*:}" "interrupted by ${signal%:*}: exit ${signal#*:}"
        is "$(find "stopped-$signal" -name MANIFEST.sha256 -o -name '.knee-tmp*')" "" "... no manifest, nothing half-written"
        gone "${pids[@]}"
        ok $? "... no worker lives on"
        like "$(tail -n 1 messages)" 'stopped-.*run the same command again' "... the message says how to continue"
        finished=$(grep -c ' done' "stopped-$signal/.knee/journal")
        find "stopped-$signal" -name '*.webp' -printf '%i %T@ %p\n' | sort >before
        "$KNEE" run batch "stopped-$signal" >messages 2>&1
        is "$? $(sha256sum <"stopped-$signal/MANIFEST.sha256")" "0 $serial" "... the same command completes it"
        like "$(cat messages)" "24 of 24 items done \\($finished finished before\\)" "... and says how much was finished before"
        find "stopped-$signal" -name '*.webp' -printf '%i %T@ %p\n' | sort >after
        is "$(comm -23 before after | wc -l) $(wc -l <before)" "0 $finished" "... and does not touch what was finished"
    else
        skip "the run ended before it could be interrupted" "interrupted by ${signal%:*}"
    fi
done

if begin orphans; then
    read -ra pids <<<"$(workers)"
    kill -KILL "$run"
    wait "$run" 2>/dev/null
    gone "${pids[@]}"
    ok $? "workers end when their parent is killed"
    is "$(find orphans -name MANIFEST.sha256)" "" "... which leaves no manifest"
    "$KNEE" run --quiet batch orphans
    is "$? $(find orphans -name '.knee-tmp*')" "0 " "... and the next run removes partial files"
    is "$(sha256sum <orphans/MANIFEST.sha256)" "$serial" "... and ends with the manifest of the serial run"
else
    skip "the run ended before it could be killed" "workers end when their parent is killed"
fi

# A folder used twice.
"$KNEE" run --quiet --workers 3 batch serial
is "$? $(sha256sum <serial/MANIFEST.sha256)" "0 $serial" "a second run into the same folder gives the same"
cp "$(dirname "$recipe")"/* .
sed 's/^\[rendition thumb\]/[rendition tiny]/' "$recipe" >other.recipe
"$KNEE" run --quiet --recipe other.recipe batch serial 2>stderr
is "$? $(grep -c '' stderr)" "1 1" "another recipe into the same folder is refused in one line"
like "$(cat stderr)" 'serial .*another recipe.*--restart' "... that names the folder and the remedy"
is "$(sha256sum <serial/MANIFEST.sha256)" "$serial" "... and the folder is as it was"
echo precious >serial/mine.txt
"$KNEE" run --quiet --restart --recipe other.recipe batch serial
is "$? $(ls serial)" "0 $(printf '%s\n' MANIFEST.sha256 RENDITIONS.json SUMMARY.json large medium mine.txt tiny)" "--restart runs it, and removes what the run before has written"
is "$(cat serial/mine.txt)" precious "... and nothing else"
mkdir other-tool
echo precious >other-tool/file
(cd other-tool && sha256sum file >MANIFEST.sha256)
"$KNEE" run --quiet --restart batch other-tool
is "$? $(cat other-tool/file)" "0 precious" "--restart removes nothing that a manifest of another program lists"
"$KNEE" run --quiet batch batch 2>stderr
is "$? $(ls batch)" "1 sub" "the batch itself as output folder is refused"
like "$(cat stderr)" 'batch: .*give another folder' "... with the remedy"
"$KNEE" run --quiet batch batch/out && "$KNEE" run --quiet batch batch/out
is $? 0 "an output folder inside the batch is not taken for items"
rm -rf batch/out

# A sample, a plan.
printf '%s\n' 'sub/photo 3.jpg' 'sub/photo 10.jpg' >list
"$KNEE" run --quiet --list list batch sample
is "$? $(grep -v '^#' sample/MANIFEST.sha256 | cut -d/ -f3- | sort -u | tr '\n' ' ')" "0 photo 10.jpg.jpg photo 10.jpg.webp photo 3.jpg.jpg photo 3.jpg.webp " \
    "--list does the listed items alone"
echo 'sub/photo 99.jpg' >>list
"$KNEE" run --quiet --list list batch sample2 2>stderr
is $? 1 "an item of the list that is not in the batch: exit 1"
like "$(cat stderr)" 'list.*sub/photo 99.jpg' "... names list and item"
like "$("$KNEE" run --dry-run --workers 3 --chunk 7 --policy guided batch never)" '3, chunk 7, guided' "--dry-run says the plan"
is "$(ls -d never 2>/dev/null)" "" "... and does nothing"
"$KNEE" run --stats batch stats >stdout
like "$(cat stdout)" '^decode +[0-9.]+ +[0-9.]+%$' "--stats has the time of each stage"
like "$(cat stdout)" '^workers ready [0-9.]+ ms after fork \(mean of [0-9]+; longest [0-9.]+\), [0-9.]+ of it' "... and how fast the workers were ready"
like "$(cat stdout)" '^24 of 24 items done in [0-9.]+ s .*stats/MANIFEST.sha256$' "the summary says items, time and where"

"$KNEE" run --verbose --json batch verbose >stdout 2>stderr
is "$(cat stdout)" "$(cat verbose/SUMMARY.json)" "--json prints the summary, and nothing else"
is "$(grep -cE '^knee run: .*: [0-9.]+ s, [0-9]+ bytes, worker [0-9]+$' stderr)" 24 "--verbose tells each item"
"$KNEE" run --json --stats batch verbose 2>stderr
is "$? $(grep -c -- '--json' stderr)" "2 1" "--json with what prints more is refused"

# The table of a parent process.
"$KNEE" run --quiet --table-fd 7 batch tabled 7<>table
is "$? $(head -c 8 table)" "0 kneetab3" "--table-fd leaves the item table behind"
echo precious >file
"$KNEE" run --quiet --table-fd 7 batch tabled 7<>file 2>stderr
is "$? $(cat file)" "1 precious" "a descriptor of a regular file is refused, and the file is unchanged"
like "$(cat stderr)" 'descriptor 7.*memfd' "... with the remedy"

# verify
"$KNEE" verify tabled >stdout
is "$? $(cat stdout)" "0 whole: 72 files are as the manifest says" "verify of a folder"
"$KNEE" verify tabled/MANIFEST.sha256 >stdout
is "$? $(cat stdout)" "0 whole: 72 files are as the manifest says" "verify of a manifest checks the files in its folder"
(cd tabled && "$KNEE" verify MANIFEST.sha256 >../stdout)
is "$? $(cat stdout)" "0 whole: 72 files are as the manifest says" "... from within the folder too"
"$KNEE" verify tabled killed/MANIFEST.sha256 >stdout
is "$? $(cat stdout)" "0 equal: 72 outputs, every SHA-256 the same" "verify of a folder and a manifest"
rm "tabled/thumb/sub/photo 5.jpg.webp"
"$KNEE" verify tabled >stdout
is "$? $(head -n 1 stdout)" "1 missing    thumb/sub/photo 5.jpg.webp" "a missing file is named"
"$KNEE" verify sample stats >stdout
is "$? $(tail -n 1 stdout)" "1 not equal: 6 the same, 0 differ, 0 only in A, 66 only in B" "what only one has is counted"
"$KNEE" verify nowhere >stdout 2>stderr
is "$? $(grep -c nowhere stderr)" "1 1" "verify of nothing: exit 1, named"
done_testing
