#!/bin/bash
# docs/formats.md names every column, fact and event of study.db and every key of fit.json and of knee predict --json:
# as studies of images, of a command and of a synthetic workload write them.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
command -v sqlite3 >/dev/null || skip_all "the sqlite3 command line is missing: make deps"
cd "$work" || exit 1
document=$root/docs/formats.md
small=(--chunks 1 --policies dynamic --blocks 2 --budget 5m --noise 100%)

mkdir batch
for name in plain exif profile; do # a dozen of them: trials that are not over at once
    for n in 1 2 3 4; do cp "$root/tests/fuzz/corpus/jpeg/$name.jpg" "batch/$name-$n.jpg"; done
done
"$KNEE" sweep --study images --workers 1,2 "${small[@]}" batch >/dev/null 2>&1
is $? 0 "a study of images"
"$KNEE" sweep --study command --workers 1,2 --units 3 --weak "${small[@]}" --prepare true --check true --cleanup true \
    -- test '{workers}' -le '{units}' >/dev/null 2>&1
is $? 0 "a study of a command"
"$KNEE" sweep --study synthetic --workers 1,2,3 "${small[@]}" --synthetic 'items=12 cost=2ms kind=wait' >/dev/null 2>&1
is $? 0 "a study of a synthetic workload"

# undocumented: those of the words on standard input that formats.md does not have.
undocumented() {
    sort -u | while read -r word; do
        grep -qE "(^|[^a-z0-9_-])$word([^a-z0-9_-]|$)" "$document" || echo "$word"
    done | tr '\n' ' '
}
# keys: of all objects of a JSON text, however deep.
keys() {
    /usr/bin/python3 -c '
import json, sys
def walk(value):
    for key in value if isinstance(value, dict) else ():
        print(key)
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        walk(inner)
walk(json.load(sys.stdin))'
}
for study in images command synthetic; do
    query() { sqlite3 -batch "file:$study/study.db?mode=ro" "$1"; }
    is "$(query 'SELECT m.name || char(10) || p.name FROM sqlite_master m JOIN pragma_table_info(m.name) p' | undocumented)" "" \
        "$study: every table and column is in docs/formats.md"
    is "$(query "SELECT key FROM study WHERE key NOT LIKE 'option_%'" | undocumented)" "" "... every fact"
    is "$(query 'SELECT kind FROM event' | undocumented)" "" "... every kind of event"
    is "$("$KNEE" fit --json "$study" | keys | undocumented)" "" "... every key of fit.json"
done
like "$(sqlite3 images/study.db "SELECT value FROM study WHERE key = 'picture_libraries'")" "libaom.*libheif.*libvips.*libzimg" \
    "a study of images has the libraries of pictures"
is "$("$KNEE" predict --json images | keys | undocumented)" "" "... every key of knee predict --json"

# What commands print with --json.
"$KNEE" run --quiet batch one >/dev/null 2>&1
sed 's/^[0-9a-f]\{8\}/00000000/' one/MANIFEST.sha256 >changed
prints() { # prints NAME FORMAT COMMAND...: one JSON object of that format, whose keys are documented
    local name=$1 format=$2
    shift 2
    "$KNEE" "$@" >stdout 2>stderr
    is "$(/usr/bin/python3 -c 'import json, sys; print(json.load(sys.stdin).get("format"))' <stdout)" "$format" "$name: JSON"
    is "$(keys <stdout | undocumented)" "" "... whose keys are in docs/formats.md"
}
prints "verify, two runs" "knee-verify 1" verify --json one changed
is "$(/usr/bin/python3 -c 'import json; v = json.load(open("stdout")); print(v["equal"], v["same"], v["different"] == len(v["differences"]) > 0, v["differences"][0]["what"])')" \
    "False 0 True differs" "... with each difference"
prints "verify, the files of a run" "knee-verify 1" verify --json one
is "$(/usr/bin/python3 -c 'import json; v = json.load(open("stdout")); print(v["kind"], v["equal"], v["same"] > 0, v["differences"])')" "files True True []" \
    "... all as the manifest says"
prints "verify, items done again" "knee-verify 1" verify --json --recompute 2 batch one
is "$(/usr/bin/python3 -c 'import json; v = json.load(open("stdout")); print(v["kind"], v["equal"], v["done_again"], v["items"], v["extra"])')" \
    "recompute True 2 12 0" "... the same bytes"
prints "self-test" "knee-self-test 1" self-test --json
prints "recipe check" "knee-recipe 1" recipe --json check web
prints "recipe list" "knee-recipes 1" recipe --json list
prints "synthetic" "knee-synthetic 1" synthetic --json 'items=4 cost=1ms kind=wait'
prints "doctor" "knee-doctor 1" doctor --json
done_testing
