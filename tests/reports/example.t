#!/bin/bash
# make example: reports/example.sh writes small files without paths of this machine, all of them or none.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
for module in matplotlib PIL; do
    /usr/bin/python3 -c "import $module" 2>/dev/null || skip_all "Python's $module is missing: make deps"
done
command -v gnuplot >/dev/null || skip_all "gnuplot is missing: make deps"
cd "$work" || exit 1

"$KNEE" sweep --study mine --workers 1,2 --blocks 3 --chunks 1 --policies dynamic --budget 5m --noise 100% \
    --synthetic 'items=12 cost=2ms kind=wait serial=10%' >/dev/null 2>&1
"$root/reports/example.sh" "$KNEE" mine example >out 2>err
is "$? $(cat err)" "0 " "an example is made"
for name in report.pdf report.html report.json curve.svg curve.png fit.json README.md; do
    [ -s "example/$name" ] && [ "$(stat -c %s "example/$name")" -le 400000 ]
    is $? 0 "$name is there, and small"
done
is "$(grep -oE '\]\([^)]*\)' example/README.md | tr -d '()]' | while read -r name; do [ -s "example/$name" ] || echo "$name"; done)" "" "every link of its page resolves"
is "$(grep -rlF -e "$root/" -e "$work" example; pdftotext example/report.pdf - 2>/dev/null | grep -cF -e "$root/" -e "$work")" 0 \
    "no file has a path of this machine"
is "$(ls -m mine)" "study.db" "the study is left as it was"
for path in /elsewhere/pipeline/recipes/web.recipe /elsewhere/own.recipe; do
    sqlite3 mine/study.db "INSERT OR REPLACE INTO study VALUES ('recipe_path', '$path')"
    "$root/reports/example.sh" "$KNEE" mine example >out 2>err
    is "$? $(grep -rlF /elsewhere example | wc -l) $(grep -rlF "\"${path#/elsewhere/}\"" example/fit.json)" "0 0 example/fit.json" \
        "a recipe in another place: $path"
done
"$root/reports/example.sh" "$KNEE" absent other >out 2>err
is "$? $(wc -l <err) $(ls -d other 2>/dev/null)" "1 1 " "no study: exit 1, one line, no folder"
done_testing
