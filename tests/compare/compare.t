#!/bin/bash
# The comparison of the pipeline in Python with knee run, on one small photograph and without sharp: trials, table,
# page; a table with known times; a folder without photographs.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for module in PIL matplotlib; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "Debian's python3 has no $module: make deps"
done
export PYTHONPATH=$root/tests:$root/reports PYTHONDONTWRITEBYTECODE=1
mkdir "$work/in" "$work/empty"
/usr/bin/python3 -c "
from PIL import Image
Image.effect_noise((1200, 900), 40).convert('RGB').save('$work/in/a.jpg')"
cd "$work" || exit 1
compare() {
    /usr/bin/python3 -m compare.compare --knee "$KNEE" --modules none --sharp-missing "it is left out here" --out out "$@"
}

compare --images 1 --blocks 2 --workers 1 --chunks 1 in >stdout 2>stderr
is $? 0 "one photograph, two blocks, one worker: exit 0"
like "$(cat stderr)" 'without sharp: it is left out here' "... and says that sharp is not compared"
is "$(tail -n +2 out/trials.csv | cut -d, -f1,2,3,5 | sort -u | wc -l)" 12 "a trial of each program and block, of the batch and of the start"
is "$(sed -n 's/^| \([A-Z][^|]*\|knee run\) |.*/\1/p' out/compare.md | tr '\n' ',')" "Python pool,Python serial,knee run," "a row for each program"
is "$(head -c 5 out/compare.pdf)" "%PDF-" "a page"
is "$(/usr/bin/python3 -c '
from knee_report.compared import read_comparison
import platform
made = read_comparison("out/compare.json", platform.node())
print(made.images, made.blocks, sorted(made.times(1)))')" "1 2 ['Python pool', 'Python serial']" "a report reads what was compared"
# --- interrupted: three trials and half of a fourth are missing
sed -i -e '11,$d' out/trials.csv && printf 'batch,Pyth' >>out/trials.csv
compare --images 1 --blocks 2 --workers 1 --chunks 1 in >stdout 2>stderr
is "$? $(tail -n +2 out/trials.csv | cut -d, -f1,2,3,5 | sort | uniq -c | awk '{print $1}' | sort | uniq -c | xargs)" "0 12 1" "the same command again: each trial is there once"
like "$(cat stderr)" '12 trials in 2 blocks, 9 of them known \(out; --restart repeats them\): about [0-9]+ s' "... and says how many were known, and how long the rest takes"
compare --images 1 --blocks 1 --workers 1 --chunks 1 --cores 12 in >stdout 2>stderr
is "$? $(grep -c 'known (out' stderr)" "0 0" "another machine is emulated: another comparison"
compare --images 1 --blocks 1 --workers 1 --chunks 1 --cores 12 in >stdout 2>stderr
before=$(cat out/trials.csv)
is "$? $(grep -c 'about 0 s' stderr)" "0 1" "a comparison that is complete is not made again"
compare --images 1 --blocks 1 --workers 1 --chunks 1 --cores 12 --restart in >stdout 2>stderr
is "$? $([ "$before" = "$(cat out/trials.csv)" ]; echo $?)" "0 1" "... but with --restart"
compare empty >stdout 2>stderr
is "$? $(grep -c 'no colour JPEG photograph' stderr)" "1 1" "a folder without photographs: exit 1, with the reason"

# --- the arithmetic: a pool that needs 10 s for 10 images with one worker, 5 s with two
/usr/bin/python3 - "$KNEE" >stdout <<'PYTHON'
import sys
from compare import summary
rows = [{"what": "start", "program": p, "workers": 1, "chunk": 1, "block": b, "seconds": 0.5, "cpu_s": 0.5, "emulated": 0}
        for p in ("pool", "Python serial") for b in (1, 2, 3)]
rows += [{"what": "batch", "program": "pool", "workers": n, "chunk": 1, "block": b, "seconds": (10 + b / 100) / n, "cpu_s": 10,
          "emulated": 0} for n in (1, 2) for b in (1, 2, 3)]
rows += [{"what": "batch", "program": "Python serial", "workers": 1, "chunk": 1, "block": b, "seconds": 20, "cpu_s": 20,
          "emulated": 0} for b in (1, 2, 3)]
made = summary.summarise(rows, {"pool": 100, "Python serial": 50}, 10, sys.argv[1], 0.04, 16)
serial, pool = made["programs"]
print(f"{pool['curve'][1]['images_per_s']:.2f} {pool['curve'][1]['efficiency']['value']:.3f}")
print(f"{pool['curve'][0]['core_hours_per_million']:.1f} {serial['curve'][0]['money_per_million']:.2f}")
print(pool["knee"]["workers"], serial["knee"]["reason"])
print(summary.table(made)[-1][3])
PYTHON
is "$(cat stdout)" "2.00 1.000
278.3 22.22
None a serial program has E(n) = 1/n
4.0x" "images per second, E(n), core-hours, money, knee and ratio of known times"
done_testing
