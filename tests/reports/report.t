#!/bin/bash
# knee report on invented studies (tests/reports/fixture.py): files, page count and size, the study's numbers in the
# text, refusals with their remedies.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for tool in gnuplot pdfinfo pdftotext; do
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
    is "$(head -n 3 out)" "curve   $kind/curve.svg
        $kind/curve.png
report  $kind/report.pdf" "... names the files made"
    is "$(grep -Ec '^[1-4] ' out) $(grep -c '^Recommended: ' out) $(($(wc -l <out) < 30))" "4 1 1" "... then four findings and a recommendation, in under 30 lines"
    is "$(pdfinfo "$kind/report.pdf" | awk '/^Pages:/ { print $2 }')" "$pages" "... $pages pages"
    like "$(pdfinfo "$kind/report.pdf")" 'Page size: +595\.[0-9]+ x 841\.[0-9]+ pts \(A4\)' "... A4 portrait"
    is "$(png_size "$kind/curve.png")" 2400x1500 "... PNG of twice the size"
    like "$(head -n 5 "$kind/curve.svg")" 'width="1200" height="750"' "... SVG of 1200x750"
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
has 4 "differs in 1 output" "None: every trial counts."
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
        again/curve.png" "--curve: the curve only"
is "$(ls -m again)" "curve.dat, curve.png, curve.svg, fit.json, study.db" "... and no other file"
is "$(stat -c %Y.%i again/study.db)" "$before" "the record is not touched"
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
mkdir no-tools
refused 1 'gnuplot is missing: install the Debian package gnuplot-nox.*make deps' "no gnuplot" env PATH="$work/no-tools" "$KNEE" report full
mkdir -p share/reports && cp -r "$root/reports/." share/reports
echo "raise ImportError('none', name='matplotlib')" >share/reports/matplotlib.py
mv full/report.pdf kept.pdf
refused 1 'matplotlib is missing: install python3-matplotlib.*make deps' "no matplotlib" env KNEE_DATA="$work/share" "$KNEE" report full
is "$(ls full/*.pdf 2>/dev/null)" "" "... and no half-written report"
refused 1 'report.py cannot be read.*KNEE_DATA' "no shared files" env KNEE_DATA="$work/no-tools" "$KNEE" report full
echo 'plot nothing at all' >share/reports/curve.gp
cp full/curve.svg kept.svg
refused 1 'gnuplot could not draw full/curve.svg' "a broken plot" env KNEE_DATA="$work/share" "$KNEE" report full
cmp -s kept.svg full/curve.svg
ok $? "... leaves the former curve as it was"

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
