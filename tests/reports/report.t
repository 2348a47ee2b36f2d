#!/bin/bash
# knee report on invented studies (tests/reports/fixture.py): files, page count and size, the study's numbers in the
# text, refusals with their remedies.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for tool in gnuplot pdfinfo pdftotext sqlite3; do
    command -v "$tool" >/dev/null || skip_all "$tool is missing: make deps"
done
/usr/bin/python3 -c 'import matplotlib' 2>/dev/null || skip_all "python3-matplotlib is missing: make deps"
fixture() { /usr/bin/python3 -B "$root/tests/reports/fixture.py" "$@"; }
png_size() { od -An -tu1 -j16 -N8 "$1" | awk '{ print $1*16777216+$2*65536+$3*256+$4 "x" $5*16777216+$6*65536+$7*256+$8 }'; }
squeezed() { pdftotext -layout "$@" - | tr -s ' \n' ' '; }
pages=$(PYTHONPATH="$root/reports" /usr/bin/python3 -B -c 'from knee_report.pages import PAGES; print(len(PAGES))')
cd "$work" || exit 1

for kind in full minimal long empty; do
    fixture "$kind" "$kind"
    "$KNEE" report "$kind" >out 2>err
    is "$?" 0 "$kind study: exit 0"
    is "$(cat err)" "" "... and nothing on stderr"
    is "$(head -n 6 out)" "curve   $kind/curve.svg
        $kind/curve.png
        $kind/curve.pdf
report  $kind/report.pdf
        $kind/report.html
        $kind/report.json" "... names the files made"
    case $kind in full | long) findings=5 ;; *) findings=4 ;; esac
    is "$(grep -Ec '^[1-5] ' out) $(grep -cE '^1 (Run here: |Nothing to run here)' out) $(($(wc -l <out) < 35))" "$findings 1 1" \
        "... then $findings findings, the first what to run here, in under 35 lines"
    is "$(pdfinfo "$kind/report.pdf" | awk '/^Pages:/ { print $2 }')" "$pages" "... $pages pages"
    like "$(pdfinfo "$kind/report.pdf")" 'Page size: +595\.[0-9]+ x 841\.[0-9]+ pts \(A4\)' "... A4 portrait"
    is "$(png_size "$kind/curve.png")" 2400x1500 "... PNG of twice the size"
    like "$(head -n 5 "$kind/curve.svg")" 'width="1200" height="750"' "... SVG of 1200x750"
    like "$(pdfinfo "$kind/report.pdf")" 'Tagged: +yes' "... tagged"
    is "$(find "$kind" -name '*.tmp*')" "" "... no temporary file is left"
    for ((page = 1; page <= pages; page++)); do
        like "$(pdftotext -f $page -l $page "$kind/report.pdf" -)" "page $page of $pages" "... page $page says so"
    done
done

# has PAGE TEXT...: each text is on that page of the study.
has() {
    local page=$1 text
    text=$(squeezed -f "$page" -l "$page" "$study/report.pdf")
    shift
    for wanted in "$@"; do
        grep -Fq -- "$wanted" <<<"$text"
        ok $? "$study, page $page has: $wanted"
    done
}
study=full
has 1 "Scaling of media" "86.3 /s" "12.1 ×" "75.5%" "6 workers" "95% interval 84.6 to 88.0" "16 workers, chunk 1, largest-first" \
    "95% interval 2.88 to 3.00" "2025-03-04" "Scaling study: media"
has 2 "16 6 2.78 (2.72–2.84) 86.3 (84.6–88.0) 12.1 (11.9–12.3) 75.5 (74.2–76.9)" "s = 0.0213 (0.0181–0.0245)" "46.9 (40.3–53.5)" \
    "did not converge in 100 iterations" "F(8, 55) = 1.37" "p = 0.23" "Knee (pink): 6 workers, 95% interval" "Karp-Flatt" "The knee by cause" "90 (from 20)" "11 (8–17)" "serial prefix and suffix" "tail: no work left" "2 smaller causes" "At each worker count"
has 3 "7.42 (7.20–7.64)" "9.81 (9.22–10.40)" "png +42.0 (33.6–50.4) ms" "0.962" "chunk 64, dynamic" "1.92 (1.90–1.94)" "5.34 (5.23–5.45)"
has 4 "131 of 131 trials" "5d0f3cab12" "fixture-host" "Fixture Processor 9000" "16 physical, 32 logical" "6.1.0-18-amd64" "libvips 8.14.1" \
    "PAPI_TOT_CYC" "no hardware counters" "seed 7" "powersave" "The sweep ended because the wanted precision was reached" "0.84% at 6 workers" "worker 3 wanted core 3 and ran on core 7" "exit code 1: disk full" "850 jpeg"
study=minimal
has 1 "none found" "No knee was found up to 2 workers" "Only 11 of 12 trials" "not measured: no interval from 3 blocks"
has 2 "4* 3 17.2" "* more workers than cores (oversubscribed)" "not fitted: 3 blocks at 2 numbers of workers are too few" "the kernel did not report it"
has 3 "not measured: the study has no size regression" "not measured."
has 4 "differs in 1 output" "Every trial counts."
study=empty
has 1 "not measured" "none found" "No trial counts."
has 2 "not measured: the study has no point of the" "not measured: the study recorded no phases"
is "$(squeezed empty/report.pdf | grep -Ec '(nan|NaN|None[^:]|null)')" 0 "nothing measured: no nan, None or null is printed"

fixture full again
mv full/report.pdf first.pdf
"$KNEE" report full/study.db >/dev/null && cmp -s first.pdf full/report.pdf
ok $? "study.db as operand; the same study gives the same file"
before=$(stat -c %Y.%i again/study.db)
"$KNEE" report --curve again >out
is "$(cat out)" "curve   again/curve.svg
        again/curve.png
        again/curve.pdf" "--curve: the curve only"
is "$(ls -m again)" "curve.dat, curve.pdf, curve.png, curve.svg, fit.json, study.db" "... and no other file"
is "$(stat -c %Y.%i again/study.db)" "$before" "the record is not touched"
like "$(pdffonts again/curve.pdf)" 'DejaVuSans.* yes yes' "curve.pdf has its font"
is "$(pdfinfo again/curve.pdf | awk '/^Pages:/ { print $2 }')" 1 "... and one page"
is "$(grep -c '<title id="curve-title">Scaling of media</title>' again/curve.svg) $(grep -c '<desc id="curve-desc">Speedup and efficiency .*16: 12.1. Knee: 6 workers' again/curve.svg)" \
    "1 1" "curve.svg has a title and a description"
/usr/bin/python3 -c 'import sys, xml.etree.ElementTree as xml; xml.parse(sys.argv[1])' again/curve.svg
ok $? "... and is well-formed"

# The terminal: letters, the same curve; then one with a replay. After an intended change: `terminal` becomes the golden
# file.
fixture predicted predicted
fixture replayed replayed
{
    "$KNEE" report --terminal full
    mkdir data
    /usr/bin/python3 -B -E "$root/reports/report.py" curve-data predicted data replayed
    gnuplot -c "$root/reports/curve_terminal.gp" data/curve.dat 100
} 2>err | sed 's/ *$//' >terminal
diff "$root/tests/golden/curve-terminal.txt" terminal | head -n 20 | sed 's/^/# /'
cmp -s "$root/tests/golden/curve-terminal.txt" terminal
ok $? "--terminal: as in tests/golden/curve-terminal.txt"
is "$(cat err) $(cd predicted && echo *)" " fit.json study.db" "... and no file is written"
cp -r replayed once && /usr/bin/python3 - <<'X'
import json
fit = json.load(open("once/fit.json"))
fit["answer"]["points"] = [{**p, **{key: {"value": p[key]["value"], "low": None, "high": None} for key in ("speedup", "efficiency")}}
                           for p in fit["answer"]["points"] if p["workers"] in (1, 16)]
json.dump(fit, open("once/fit.json", "w"))
X
"$KNEE" report --terminal --replayed once predicted >out 2>err
is "$? $(cat err) $(grep -c ' R *$' out)" "0  2" "--terminal of a replay of one cell, without an interval"
"$KNEE" report --terminal empty >out 2>err
is "$? $(grep -c efficiency out)" "0 1" "--terminal of a study without points"
"$KNEE" report --compared none.json full >out 2>err
is "$? $(cat err)" "1 knee report: error: none.json cannot be read (No such file or directory): give the compare.json that 'make compare' wrote" \
    "--compared without that file: one line"
"$KNEE" report --pdf "$work/my report.pdf" full >out
like "$(cat out)" "^report  $work/my report.pdf$" "--pdf: another file"
is "$(pdfinfo "my report.pdf" | awk '/^Pages:/ { print $2 }')" "$pages" "... is the report"

# refused CODE PATTERN NAME COMMAND...: exit code, one line on stderr that matches.
refused() {
    local code=$1 pattern=$2 name=$3 got
    shift 3
    "$@" >out 2>err
    got=$?
    is "$got $(wc -l <err)" "$code 1" "$name: exit $code and one line"
    like "$(cat err)" "$pattern" "... that says what and what to do"
}
refused 1 '^knee report: error: nowhere: No such file.*knee sweep' "no study" "$KNEE" report nowhere
mkdir hollow
refused 1 'hollow/study.db: No such file.*knee sweep' "a folder without a study" "$KNEE" report hollow
refused 1 'my report.pdf is not a study' "a file that is no study" "$KNEE" report "my report.pdf"
refused 2 'exclude each other' "--pdf with --curve" "$KNEE" report --curve --pdf x.pdf full
refused 1 '/proc/x.pdf cannot be written' "unwritable place" "$KNEE" report --pdf /proc/x.pdf full
refused 1 '^knee report: error: full cannot be written .File too large.: free space there' "a full disk names no private folder" \
    bash -c 'ulimit -f 1; exec "$@"' limited "$KNEE" report --curve full
mkdir no-tools
refused 2 'terminal writes no files' "--terminal with --curve" "$KNEE" report --terminal --curve full
refused 1 'gnuplot is missing: install the Debian package gnuplot-nox.*make deps' "--terminal without gnuplot" env PATH="$work/no-tools" "$KNEE" report --terminal full
refused 1 'gnuplot is missing: install the Debian package gnuplot-nox.*make deps' "no gnuplot" env PATH="$work/no-tools" "$KNEE" report full
mkdir -p share/reports && cp -r "$root/reports/." share/reports
echo "raise ModuleNotFoundError('none', name='matplotlib')" >share/reports/matplotlib.py
mv full/report.pdf kept.pdf
refused 1 'matplotlib is missing: install python3-matplotlib.*make deps' "no matplotlib" env KNEE_DATA="$work/share" "$KNEE" report full
is "$(ls full/report.pdf 2>/dev/null)" "" "... and no half-written report"
echo "raise ImportError('libfreetype.so.6: no such file', name='matplotlib._ft')" >share/reports/matplotlib.py
refused 1 'matplotlib cannot be used .libfreetype.*install python3-matplotlib again' "a broken matplotlib" env KNEE_DATA="$work/share" "$KNEE" report full
echo "raise ImportError('cannot import name x', name='somewhere')" >share/reports/matplotlib.py
refused 1 'Python cannot import what the report needs .cannot import name x' "another broken import is no missing package" \
    env KNEE_DATA="$work/share" "$KNEE" report full
refused 1 'report.py cannot be read.*KNEE_DATA' "no shared files" env KNEE_DATA="$work/no-tools" "$KNEE" report full
rm share/reports/matplotlib.py share/reports/knee_report/web/page.css
refused 1 'share/reports/knee_report/web/page.css cannot be read .*: install knee again' "a part that is missing" env KNEE_DATA="$work/share" "$KNEE" report full
cp full/curve.svg kept.svg
mkdir half && cat >half/gnuplot <<'SH'
#!/bin/bash
# As gnuplot on a disk that is full: the picture has no end, and that is no error.
PATH=/usr/bin:/bin gnuplot "$@" || exit
for file; do case $file in *.png) truncate -s 5000 "$file" ;; esac; done
SH
chmod +x half/gnuplot
refused 1 'gnuplot could not draw full/curve.png .code 0.: its end is missing: free space' "half a picture" env PATH="$work/half:$PATH" "$KNEE" report full
cmp -s kept.svg full/curve.svg
ok $? "... leaves the former pictures as they were"
echo 'plot nothing at all' >share/reports/curve.gp
refused 1 'gnuplot could not draw full/curve.svg' "a broken plot" env KNEE_DATA="$work/share" "$KNEE" report full
cmp -s kept.svg full/curve.svg
ok $? "... leaves the former curve as it was"

# A record that is empty, torn, newer, or none; with a fit.json of before that is newer than the record, and without
# one.
fixture full sound
for damage in empty torn newer text header facts; do
    for age in old new; do
        case $age-$damage in new-text | new-header | new-facts) continue ;; esac
        rm -rf damaged && cp -r sound damaged
        case $damage in
        empty) : >damaged/study.db ;;
        torn) head -c 40000 sound/study.db >damaged/study.db ;;
        newer) sqlite3 damaged/study.db "UPDATE study SET value = 'knee-study 9' WHERE key = 'format'" ;;
        text) echo hello >damaged/study.db ;;
        header) head -c 100 sound/study.db >damaged/study.db ;;
        facts) sqlite3 damaged/study.db 'DELETE FROM study' ;;
        esac
        touch -d "$([ $age = new ] && echo '+1 hour' || echo '-1 hour')" damaged/fit.json
        "$KNEE" report damaged >out 2>err
        is "$? $(wc -l <err) $(ls -m damaged)" "1 1 fit.json, study.db" "$damage study.db, $age fit.json: exit 1, one line, no file"
        like "$(cat err)" "error: damaged/study.db.*: (give|use) " "... with the file and what to do"
    done
done

# fit.json follows study.db: a newer record is fitted again, or the fit says why it cannot.
fixture full stale
echo '{"format": "knee-fit 1", "study": {"name": "left over"}}' >stale/fit.json
touch -d '2001-01-01' stale/fit.json
"$KNEE" report stale >out 2>err
is "$(cat stale/curve.* 2>/dev/null | grep -c 'left over')" 0 "an old fit.json is never drawn"
if grep -q 'left over' stale/fit.json; then
    like "$(cat err)" '^knee fit: error: ' "... it could not be made again, and the fit says why"
else
    is "$(cat err)" "" "... it was made again"
fi
done_testing
