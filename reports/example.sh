#!/bin/bash
# usage: example.sh KNEE STUDY FOLDER [--replayed STUDY] [--emulated STUDY]
# Writes the example of the documentation from one real study: report.pdf, report.html and report.json, curve.svg,
# curve.png and fit.json, each at most 400 kB, and README.md, which says what was measured. KNEE is the program; the
# options are those of its report. Paths of this machine are left out. Files of FOLDER are replaced when all are made.
set -euo pipefail
[ $# -ge 3 ] || { sed -n 's/^# //; 2,5p' "$0" >&2; exit 2; }
knee=$(realpath "$1") study=$2 folder=$3
shift 3
root=$(cd "$(dirname "$0")/.." && pwd)
# shellcheck source=reports/committed.sh
. "$root/reports/committed.sh"

# copy STUDY: its record into $work, with paths from the root of the sources.
copy() {
    local name
    name=$(basename "$1")
    [ -r "$1/study.db" ] || fail "$1/study.db cannot be read: make a study with 'make sweep', or give another with STUDY="
    mkdir "$work/$name"
    /usr/bin/python3 - "$1/study.db" "$work/$name/study.db" "$root" <<'PYTHON'
import sqlite3
import sys

source, target, root = sys.argv[1:]
with sqlite3.connect(f"file:{source}?mode=ro", uri=True) as record, sqlite3.connect(target) as copy:
    record.backup(copy)
    homes = [root + "/"]
    # shipped recipes lie in the sources or the installation that made the study, wherever that is
    for path, in copy.execute("SELECT value FROM study WHERE key = 'recipe_path' AND value LIKE '/%/%'").fetchall():
        shipped = path.rfind("/pipeline/recipes/")
        homes.append(path[:shipped + 1] if shipped > 0 else path[:path.rfind("/") + 1])
    for home in homes:
        copy.execute("UPDATE study SET value = replace(value, ?, '') WHERE typeof(value) = 'text'", (home,))
    copy.commit()
    copy.execute("PRAGMA journal_mode = DELETE")
PYTHON
    copied=$name
}
copy "$study"
main=$copied
others=()
while [ $# -ge 2 ]; do
    copy "$2"
    others+=("$1" "$copied")
    shift 2
done

(cd "$work" && "$knee" report "${others[@]}" "$main" >out) || fail "the report was not made: see the message above"
files=()
for name in report.pdf report.html report.json curve.svg curve.png fit.json; do
    if [ -e "$work/$main/$name" ]; then
        mv "$work/$main/$name" "$work/$name"
        files+=("$name")
    fi
done
smaller "$work/curve.png"
/usr/bin/python3 - "$work" "${files[@]}" <<'PYTHON'
import json
import sys

work, *files = sys.argv[1:]
for name in files:
    if name.endswith(".json"):  # indented, it is twice as long
        with open(f"{work}/{name}", encoding="utf-8") as stream:
            content = json.load(stream)
        with open(f"{work}/{name}", "w", encoding="utf-8") as stream:
            json.dump(content, stream, separators=(",", ":"), ensure_ascii=False)
            stream.write("\n")
with open(f"{work}/fit.json", encoding="utf-8") as stream:
    study = json.load(stream)["study"]
about = {"report.pdf": "the report: four pages to decide from", "report.html": "the same to explore, in one file",
         "report.json": "every number of both, with an id", "curve.svg": "the scaling curve",
         "curve.png": "the same as pixels", "fit.json": "models, knee, causes and advice, with intervals"}
with open(f"{work}/README.md", "w", encoding="utf-8") as stream:
    stream.write("# Example\n\nWhat `knee report` and `knee fit` write of one real study; made by `make example`.\n\n| | |\n|---|---|\n"
                 f"| Work | {study['batch_items']} items, {study['items']} in each trial |\n"
                 f"| Machine | {study['cpu_model']}, {study['cores']} cores |\n"
                 f"| Measured | {study['created_utc']}, knee {study['knee_version']} |\n\n"
                 "| File | Content |\n|---|---|\n")
    stream.writelines(f"| [{name}]({name}) | {about[name]} |\n" for name in files)
PYTHON
files+=(README.md)
check_size 400000 "take a study of fewer trials or items" "${files[@]}"
mkdir -p "$folder"
for name in "${files[@]}"; do mv "$work/$name" "$folder/$name"; done
(cd "$folder" && ls -l "${files[@]}")
