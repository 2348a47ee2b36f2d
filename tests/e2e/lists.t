#!/bin/bash
# What a run says about itself: RENDITIONS.json and .csv, SUMMARY.json, NOTES.tsv: true, and the same however the run
# was done.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v vips >/dev/null || skip_all "the vips command line is missing: make deps"
cat >two.recipe <<'R'
[rendition big]
width=40
height=40
format=jpeg
[rendition tiny]
fit=cover
width=9
height=7
format=webp
R
mkdir -p in/sub
vips gaussnoise n.v 200 150 --mean 128 --sigma 40 && vips copy n.v in/a.png || exit 1
for n in 1 2 3 4 5 6; do cp in/a.png "in/sub/b $n.png"; done
vips copy n.v in/icc.jpg
/usr/bin/python3 - <<'PY'
icc, c2pa = b"ICC_PROFILE\0\1\1" + bytes(8), b"JP\0\0\0\0jumbc2pa"
data = open("in/icc.jpg", "rb").read()
segments = b"".join(bytes([0xFF, m]) + (len(s) + 2).to_bytes(2, "big") + s for m, s in ((0xEB, c2pa), (0xE2, icc)))
open("in/signed.jpg", "wb").write(data[:2] + segments + data[2:])
open(b"in/odd\xff,\"name\n.png", "wb").write(open("in/a.png", "rb").read())
PY
rm in/icc.jpg
ln -s a.png in/link.png
printf x >in/bad.png
knee_run() { "$KNEE" run --recipe two.recipe "$@"; }

knee_run --workers 2 in out >messages 2>/dev/null
is "$(/usr/bin/python3 - <<'PY'
import base64, hashlib, json, os, subprocess
whole = json.load(open("out/RENDITIONS.json"))
assert whole["format"] == "knee-renditions 1"
raw = lambda row, key: base64.b64decode(row[key + "_base64"]) if key + "_base64" in row else row[key].encode()
paths = [raw(row, "path") for row in whole["renditions"]]
assert paths == sorted(paths) and len(paths) == 18, len(paths)
for row in whole["renditions"]:
    path = b"out/" + raw(row, "path")
    data = open(path, "rb").read()
    assert len(data) == row["bytes"] and hashlib.sha256(data).hexdigest() == row["sha256"]
    assert os.path.isfile(b"in/" + raw(row, "source"))
    os.path.exists("probe") and os.remove("probe")
    os.link(path, "probe")
    size = [int(subprocess.check_output(["vipsheader", "-f", f, "probe"])) for f in ("width", "height")]
    assert size == [row["width"], row["height"]], (row, size)
    assert row["type"] == {"big": "image/jpeg", "tiny": "image/webp"}[row["rendition"]]
print("true")
PY
)" true "RENDITIONS.json: paths, sizes, bytes, types and digests are those of the files"
is "$(/usr/bin/python3 - <<'PY'
import json
s = json.load(open("out/SUMMARY.json"))
assert s["format"] == "knee-summary 1"
print(s["items"], s["left_out"]["link"], s["kinds"], s["notes"]["c2pa"], s["failed_stages"], s["outputs"]["files"],
      [r["files"] for r in s["renditions"]], s["outputs"]["bytes"] == sum(r["bytes"] for r in s["renditions"]))
PY
)" "{'done': 9, 'failed': 1} 1 {'jpeg': 1, 'png': 8} 1 {'decode': 1} 18 [9, 9] True" "SUMMARY.json: what was done, left out, dropped and failed"
is "$(cat out/NOTES.tsv)" "path	note	meaning
link.png	link	a link, which was not followed
signed.jpg	profile-damaged	its colour profile cannot be read and was passed over
signed.jpg	c2pa	its C2PA manifest is in no picture made of it" "NOTES.tsv names what was left out and dropped"
like "$(cat messages)" '^notes: 1 profile-damaged, 1 c2pa: see out/NOTES.tsv$' "... and the summary counts it"

files="RENDITIONS.json SUMMARY.json NOTES.tsv MANIFEST.sha256"
same() {
    local differing="" file
    for file in $files; do cmp -s "out/$file" "$1/$file" || differing+=" $file"; done
    is "$differing" "" "the same from $2"
}
knee_run --quiet --serial in serial 2>/dev/null
same serial "the serial run"
knee_run --quiet -j 3 --chunk 4 --policy guided in pool 2>/dev/null
same pool "3 workers, chunk 4, guided"
knee_run --quiet in out2 2>/dev/null
rm -r out2/big/sub out2/*.json out2/NOTES.tsv
knee_run --quiet in out2 2>/dev/null
same out2 "a run that was continued"
knee_run --quiet in out2 2>/dev/null
same out2 "a run that had nothing to do"

knee_run --quiet --renditions csv in out2 2>/dev/null
names() {
    (cd "$1" && printf '%s ' *)
}
is "$(names out2)" "FAILED.tsv MANIFEST.sha256 NOTES.tsv RENDITIONS.csv SUMMARY.json big tiny " "--renditions csv replaces the JSON"
is "$(/usr/bin/python3 - <<'PY'
import base64, csv, json
rows = list(csv.DictReader(open("out2/RENDITIONS.csv", newline="", encoding="utf-8", errors="surrogateescape")))
wanted = json.load(open("out/RENDITIONS.json"))["renditions"]
assert len(rows) == len(wanted)
for row, want in zip(rows, wanted):
    for key in ("rendition", "width", "height", "bytes", "type", "sha256"):
        assert row[key] == str(want[key])
    for key in ("path", "source"):
        raw = base64.b64decode(want[key + "_base64"]) if key + "_base64" in want else want[key].encode()
        assert row[key].encode(errors="surrogateescape") == raw, (row[key], raw)
print("equal")
PY
)" equal "... and says the same"
knee_run --quiet --renditions none in out2 2>/dev/null
is "$(names out2 | grep -c RENDITIONS)" 0 "--renditions none removes both"
rm in/link.png in/signed.jpg in/bad.png
knee_run --quiet --restart in out2
is "$? $(names out2)" "0 MANIFEST.sha256 RENDITIONS.json SUMMARY.json big tiny " "no notes, no failures: no files for them"
done_testing
