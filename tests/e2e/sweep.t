#!/bin/bash
# A study of a tiny batch: every table filled, killed and resumed without a trial lost or done twice, interrupted,
# resumed with other options, two writers, and CSV of it all.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
mkdir -p batch/sub
for n in 1 2 3 4 5; do
    vips gaussnoise n.v $((120 + 60 * n)) $((90 + 40 * n)) --mean 128 --sigma 40 && vips copy n.v "batch/x$n.jpg"
done
vips copy n.v batch/sub/y.png
rm n.v
small=(--workers "1,2,3" --chunks "1,4" --policies "dynamic,guided" --blocks 2 --budget 5m --noise 100%)

# Every (cell, block) either counts once or was void or failed as often as it may be.
whole() {
    q "$1" "SELECT count(*) FROM cell c, (SELECT DISTINCT block FROM trial) b WHERE
        (SELECT count(*) FROM trial t WHERE t.cell = c.id AND t.block = b.block AND t.status = 'ok') <> 1 AND
        (SELECT count(*) FROM trial t WHERE t.cell = c.id AND t.block = b.block AND t.status = 'void') <> 3"
}
twice() {
    q "$1" "SELECT count(*) FROM (SELECT 1 FROM trial WHERE status = 'ok' GROUP BY cell, block HAVING count(*) > 1)"
}

# --- the plan alone
"$KNEE" sweep --dry-run --study none "${small[@]}" batch >stdout 2>stderr
is $? 0 "--dry-run: exit 0"
is "$(grep -c '^ *[0-9]*  \(serial\|scaling\|chunk\|policy\)' stdout)" 6 "... lists serial, three worker counts, one chunk, one policy"
like "$(cat stdout)" '2 blocks, 6 of 6 items in each trial, predicted [0-9]+ s of 300 s' "... with the predicted time"
is "$(find none 2>/dev/null)" "" "... and makes nothing"
"$KNEE" sweep --dry-run --study none "${small[@]}" --blocks 200 batch >stdout 2>stderr
is "$? $(grep -c '^200 blocks, ' stdout) $(grep -c 'plan: 200 blocks of ' stderr)" "0 1 1" "--blocks 200 is a plan of 200 blocks"
"$KNEE" sweep --dry-run --study none "${small[@]}" --precision 1% batch >stdout 2>stderr
is "$? $(grep -c '^3 blocks and more, ' stdout) $(grep -c 'then up to 2 blocks of the cells that limit the precision' stderr)" "0 1 1" \
    "--precision is a plan of more blocks for few cells"

# --- a whole study
"$KNEE" sweep --study one "${small[@]}" batch >stdout 2>stderr
is $? 0 "a study: exit 0"
ok "$(($(wc -l <stdout) > 15))" "the summary is under 15 lines"
like "$(cat stdout)" '^next +knee report one$' "... and names the next command"
like "$(cat stdout)" '^time +[0-9]+ s( \([0-9]+ s for void trials\))?, predicted [0-9]+ s' "... and compares predicted and real time"
is "$(whole one)/$(twice one)" 0/0 "every cell counts once in each block, or was void three times"
is "$(q one 'SELECT count(DISTINCT block) FROM trial')" 2 "two blocks"
is "$(q one 'SELECT group_concat(DISTINCT role) FROM (SELECT role FROM cell ORDER BY role)')" "chunk,policy,scaling,serial" "all roles"
is "$(q one "SELECT count(*) FROM trial WHERE status = 'failed' OR items <> 6 OR failed <> 0 OR exit_code <> 0")" 0 "nothing failed"
is "$(q one "SELECT count(*) FROM trial WHERE manifest_sha256 <> (SELECT value FROM study WHERE key = 'serial_manifest_sha256')")" 0 \
    "every trial made the bytes of the serial run"
is "$(q one 'SELECT count(*) FROM trial WHERE prefix_ns + spawn_ns + init_ns + work_ns + suffix_ns <> wall_ns')" 0 "the phases add up to the wall time"
is "$(q one 'SELECT count(*) FROM trial t JOIN cell c ON c.id = t.cell WHERE (SELECT count(*) FROM worker w WHERE w.trial = t.id) <> c.workers')" 0 \
    "each trial has a row for every worker"
is "$(q one 'SELECT count(*) FROM trial t WHERE (SELECT count(*) FROM item i WHERE i.trial = t.id) <> 6')" 0 "... and for every item"
is "$(q one 'SELECT count(*) FROM trial t WHERE NOT EXISTS (SELECT 1 FROM counter k WHERE k.trial = t.id)')" 0 "... and counters"
is "$(q one 'SELECT count(*) FROM counter WHERE value IS NULL AND reason IS NULL OR value IS NOT NULL AND status IN ("unsupported", "denied", "unread")')" 0 \
    "a counter without a value has a reason, and one with a value was counted"
is "$(q one 'SELECT count(*) FROM worker WHERE runqueue_ns IS NULL AND runqueue_reason IS NULL')" 0 "so has a run-queue delay"
is "$(q one 'SELECT group_concat(path || ":" || kind || ":" || width, " ") FROM batch_item')" \
    "sub/y.png:png:420 x1.jpg:jpeg:180 x2.jpg:jpeg:240 x3.jpg:jpeg:300 x4.jpg:jpeg:360 x5.jpg:jpeg:420" \
    "the items are described as they were decoded"
is "$(q one 'SELECT group_concat(path, " ") FROM batch_item WHERE samples_decoded > 0 AND pixels_written > 0 AND pixels_converted = 0 AND progressive = 0')" \
    "sub/y.png x1.jpg x2.jpg x3.jpg x4.jpg x5.jpg" "... with what was decoded and written"
is "$(q one "SELECT value FROM study WHERE key = 'batch_items'") $(q one "SELECT value FROM study WHERE key = 'sample'")" "6 all" "the facts name batch and sample"
is "$(find one -type f | sort | tr '\n' ' ')" "one/study.db " "nothing but study.db is left in the study's folder"

# The digest is of the bytes themselves: coreutils computes the same from another run.
"$KNEE" run --quiet --serial batch out && sum=$(sha256sum <out/MANIFEST.sha256 | cut -d' ' -f1)
is "$(q one "SELECT value FROM study WHERE key = 'serial_manifest_sha256'")" "$sum" "the study's manifest digest is that of a run of its own"

before=$(q one 'SELECT count(*), max(id) FROM trial')
"$KNEE" sweep --study one "${small[@]}" batch >stdout 2>stderr
is "$? $(q one 'SELECT count(*), max(id) FROM trial')" "0 $before" "a finished study is left alone"
like "$(cat stderr)" 'nothing is left to do' "... and says so"

# --- killed and resumed
trials() {
    q "$1" 'SELECT count(*) FROM trial' 2>/dev/null | grep -E '^[0-9]+$' || echo 0
}
"$KNEE" sweep --study two "${small[@]}" batch >/dev/null 2>&1 &
victim=$!
for _ in $(seq 2400); do
    [ "$(trials two)" -lt 4 ] || break
    sleep 0.05
done
kill -KILL "$victim"
wait "$victim" 2>/dev/null
done_before=$(trials two)
ok "$((done_before < 4))" "killed after some trials ($done_before)"
for _ in $(seq 1200); do # the run and its workers die with the sweep
    left=$(pgrep -f -- "--table-fd=3.* two/scratch/out" | wc -l)
    [ "$left" -gt 0 ] || break
    sleep 0.05
done
is "$left" 0 "no run of the killed sweep continues"
first=$(q two 'SELECT group_concat(id || ":" || cell || ":" || block || ":" || wall_ns) FROM trial')
"$KNEE" sweep --study two "${small[@]}" --workers 1,2 batch >stdout 2>stderr
is "$? $(wc -l <stderr)" "1 1" "resuming with other workers: refused in one line"
like "$(cat stderr)" '--workers: 1,2,3, not 1,2.*--restart' "... that names the option and the remedy"
"$KNEE" sweep --study two "${small[@]}" batch >stdout 2>stderr
is $? 0 "resuming: exit 0"
is "$(whole two)/$(twice two)" 0/0 "no trial is lost and none counts twice"
is "$(q two "SELECT group_concat(id || ':' || cell || ':' || block || ':' || wall_ns) FROM (SELECT * FROM trial ORDER BY id LIMIT $done_before)")" "$first" \
    "the trials from before the kill are as they were"
is "$(q two 'PRAGMA integrity_check')" ok "the database is sound"
is "$(find two -type f | sort | tr '\n' ' ')" "two/study.db " "the files of the killed sweep are removed"
order() { # without the repeats: their number is chance
    q "$1" 'SELECT group_concat(cell) FROM (SELECT cell FROM trial GROUP BY block, cell ORDER BY block, min(id))'
}
is "$(order two)" "$(order one)" "the order is that of the study that was not killed"

# --- interrupted, and two at once
"$KNEE" sweep --study three "${small[@]}" batch >/dev/null 2>interrupted &
victim=$!
for _ in $(seq 2400); do
    [ "$(trials three)" -lt 2 ] || break
    sleep 0.05
done
"$KNEE" sweep --study three "${small[@]}" batch >/dev/null 2>stderr
is "$? $(grep -c 'another knee sweep writes this study' stderr)" "1 1" "a second sweep of the same study is refused"
kill -INT "$victim" 2>/dev/null
wait "$victim"
is $? 130 "SIGINT: exit 130"
like "$(cat interrupted)" 'the same command continues' "... and says how to continue"
ok "$(($(trials three) < 2))" "... and keeps the trials done"
cp batch/x1.jpg batch/more.jpg
"$KNEE" sweep --study three "${small[@]}" batch >/dev/null 2>stderr
is "$? $(grep -c 'another batch' stderr)" "1 1" "a changed batch is refused"
rm batch/more.jpg
"$KNEE" sweep --study three "${small[@]}" --restart --blocks 1 batch >/dev/null 2>stderr
is "$? $(q three 'SELECT count(DISTINCT block) FROM trial')" "0 1" "--restart replaces it"

# --- CSV
"$KNEE" export --all one >trials.csv
is "$(head -n 1 trials.csv | cut -d, -f1-4)" "workers,seconds,block,trial" "export: workers and seconds come first"
is "$(tail -n +2 trials.csv | wc -l)" "$(q one 'SELECT count(*) FROM trial')" "... and every trial has a line"
is "$("$KNEE" export --role scaling one | tail -n +2 | wc -l)" \
    "$(q one "SELECT count(*) FROM trial t JOIN cell c ON c.id = t.cell WHERE role = 'scaling' AND status = 'ok'")" "... or those of a role that count"
is "$("$KNEE" export --all --what items one/study.db | tail -n +2 | wc -l)" "$(q one 'SELECT count(*) FROM item')" "... or every item"
is "$("$KNEE" export --all --what workers one | tail -n +2 | wc -l)" "$(q one 'SELECT count(*) FROM worker')" "... or every worker"
is "$("$KNEE" export --all --what counters one | tail -n +2 | wc -l)" "$(q one 'SELECT count(*) FROM counter')" "... or every counter"

# --- a bad item fails in every trial alike, and that is no failure of the study
cp -r batch bad && head -c 500 batch/x1.jpg >bad/cut.jpg
"$KNEE" sweep --study four --workers 1,2 --chunks 1 --policies dynamic --blocks 1 --budget 5m --noise 100% bad >stdout 2>stderr
is $? 0 "a batch with a bad item: exit 0"
is "$(q four "SELECT count(*) FROM trial WHERE failed <> 1 OR status = 'failed'")" 0 "the bad item is counted in every trial"
like "$(cat stdout)" '^items +1 of 7 items fail in every trial' "... and said in the summary"
"$KNEE" gate --require 'E(2)>=0.01' four >stdout 2>stderr
is "$? $(grep -c 'not comparable (1 of 7 items fail, at most 0 may' stdout)" "4 1" "... and no gate passes in silence"

# --- weak scaling: 2 items for each worker
weak=(--weak --items 2 --workers "1,2,3" --chunks 1 --policies dynamic --blocks 2 --budget 5m --noise 100%)
"$KNEE" sweep --study weak "${weak[@]}" batch >stdout 2>stderr
is $? 0 "--weak: exit 0"
is "$(q weak "SELECT value FROM study WHERE key = 'scaling'") $(q weak "SELECT value FROM study WHERE key = 'items'")" "weak 6" "the study says so, and has the items of the largest trial"
is "$(q weak "SELECT group_concat(DISTINCT c.role || c.workers || ':' || t.items) FROM (SELECT * FROM trial ORDER BY cell) t JOIN cell c ON c.id = t.cell")" \
    "serial1:6,scaling1:2,scaling2:4,scaling3:6" "work in proportion to the workers, and all of it once in one process"
is "$(q weak "SELECT count(*) FROM (SELECT c.workers, i.id, count(DISTINCT t.id) AS trials FROM item i JOIN trial t ON t.id = i.trial JOIN cell c ON c.id = t.cell WHERE c.role = 'scaling' GROUP BY c.workers, i.id) WHERE trials <> 2")" 0 \
    "trials with as many workers do the same items"
is "$(q weak "SELECT count(*) FROM trial a JOIN trial b ON a.items < b.items JOIN item i ON i.trial = a.id WHERE NOT EXISTS (SELECT 1 FROM item k WHERE k.trial = b.id AND k.id = i.id)")" 0 \
    "... and more workers do those and others"
is "$(q weak "SELECT count(DISTINCT manifest_sha256) FROM trial WHERE items = 6")" 1 "the same items make the same bytes"
like "$("$KNEE" account weak)" 'attributed to causes, at least +100' "the account knows what each item costs alone"
like "$("$KNEE" fit weak)" 'equivalence: ([0-9]+) of \1 trials' "fit: every trial was as the serial run"
"$KNEE" predict weak >stdout 2>stderr
is "$? $(grep -c 'weak scaling' stdout)" "0 1" "predict: from the model of weak scaling"
like "$(cat stdout)" '^workers +seconds of one more trial +scaled speedup' "... the scaled speedup"
"$KNEE" predict --items 100 weak >stdout 2>stderr
is "$? $(grep -c 'other items mean other workers' stderr)" "1 1" "... other items are refused with the reason"
cp -r weak half && sqlite3 half/study.db "DELETE FROM item WHERE trial > 5; DELETE FROM worker WHERE trial > 5; DELETE FROM counter WHERE trial > 5; DELETE FROM trial WHERE id > 5; DELETE FROM study WHERE key = 'finished_utc'"
"$KNEE" sweep --study half "${weak[@]}" batch >stdout 2>stderr
is "$? $(whole half)/$(twice half)" "0 0/0" "a weak study is resumed with its shares"
sqlite3 half/study.db "DELETE FROM study WHERE key = 'finished_utc'; DELETE FROM trial WHERE id > 5; UPDATE study SET value = replace(value, '[1,', '[0,') WHERE key = 'weak_shares'"
"$KNEE" sweep --study half "${weak[@]}" batch >stdout 2>stderr
is "$? $(grep -c 'shares of weak scaling cannot be read' stderr)" "1 1" "... and not with broken ones"

"$KNEE" sweep --study x --weak --items 3 --workers 1,2,3 batch >stdout 2>stderr
is "$? $(grep -c -- '--weak: 3 workers with 3 items each are more than the 6 of the batch' stderr)" "1 1" "more weak work than there is: exit 1, and named"

# --- cold page cache
"$KNEE" sweep --study cold --workers 1,2 --chunks 1 --policies dynamic --blocks 1 --budget 5m --noise 100% --cache cold batch >stdout 2>stderr
is "$? $(q cold "SELECT value FROM study WHERE key = 'cache'")" "0 cold" "--cache cold: the study says so"
is "$(q cold "SELECT count(*) FROM event WHERE text LIKE '%cache cold in every trial'")" 1 "... and how"
"$KNEE" sweep --study cold --workers 1,2 --chunks 1 --policies dynamic --blocks 1 --budget 5m --noise 100% batch >stdout 2>stderr
is "$? $(grep -c -- '--cache: cold, not warm' stderr)" "1 1" "... and is not gone on with a warm one"

# --- refusals: exit code, one line, the thing and the remedy
refused() { # CODE PATTERN NAME options...
    "$KNEE" sweep "${@:4}" >stdout 2>stderr
    is "$? $(grep -c '' stderr)" "$1 1" "$3: exit $1 and one line"
    like "$(cat stderr)" "$2" "... that names it"
}
mkdir empty
refused 1 'missing' "a missing batch" --study x missing
refused 1 'empty' "an empty batch" --study x empty
refused 2 '--workers 0..3: give numbers from 1' "workers 0" --study x --workers 0..3 batch
refused 2 '--chunks x' "chunks that are no numbers" --study x --chunks x batch
refused 2 '--policies random: choose among' "an unknown policy" --study x --policies random batch
refused 1 '/proc/nowhere' "a study that cannot be written" --study /proc/nowhere batch
refused 1 'no.recipe' "a missing recipe" --study x --recipe no.recipe batch
is "$(find x 2>/dev/null)" "" "a refused sweep leaves nothing behind"
"$KNEE" export empty >stdout 2>stderr
is "$? $(grep -c 'empty/study.db does not exist' stderr)" "1 1" "export of a folder without a study: exit 1, and named"
done_testing
