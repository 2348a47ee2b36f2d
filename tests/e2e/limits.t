#!/bin/bash
# Files whose headers claim more than the recipe allows are refused before anything is decoded. Many frames or pages do
# not add up, because only the first is decoded.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip_all "Pillow is missing: make deps"

mkdir claims many
/usr/bin/python3 - <<'PY' || skip_all "the files could not be made"
import struct, zlib
from PIL import Image

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

def put(name, data):
    with open(name, "wb") as out:
        out.write(data)

small = Image.effect_noise((64, 48), 40).convert("RGB")
for ending, options in (("jpg", {}), ("webp", {"lossless": True}), ("tif", {}), ("gif", {}), ("png", {})):
    small.save("small." + ending, **options)
def patched(name, at, fmt, *values):
    data = bytearray(open("small." + name, "rb").read())
    struct.pack_into(fmt, data, at, *values)
    return bytes(data)

ihdr = struct.pack(">IIBBBBB", 60000, 50000, 8, 2, 0, 0, 0)
put("claims/bomb.png", b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", ihdr) + chunk(b"IDAT", zlib.compress(bytes(100000))) + chunk(b"IEND", b""))
jpeg = open("small.jpg", "rb").read()
put("claims/bomb.jpg", patched("jpg", jpeg.index(b"\xff\xc0") + 5, ">HH", 65500, 65500))
Image.new("L", (1200, 900)).save("claims/large.gif") # the library does not accept a canvas without pixels
lossless = open("small.webp", "rb").read()
bits = 16382 | 16382 << 14 | lossless[24] >> 4 << 28
put("claims/bomb.webp", patched("webp", lossless.index(b"VP8L") + 9, "<I", bits))
# A TIFF that claims its size, and a small one whose tiles claim it.
def tiff(width, height, extra):
    tags = sorted([(256, 4, 1, width), (257, 4, 1, height), (258, 3, 1, 8), (259, 3, 1, 1), (262, 3, 1, 1),
                   (277, 3, 1, 1)] + extra)
    return (b"II*\0" + struct.pack("<IH", 8, len(tags)) +
            b"".join(struct.pack("<HHII", *tag) for tag in tags) + struct.pack("<I", 0) + bytes(4096))
put("claims/bomb.tif", tiff(100000, 90000, [(273, 4, 1, 200), (278, 4, 1, 90000), (279, 4, 1, 4000)]))
put("claims/tile.tif", tiff(64, 48, [(322, 4, 1, 60000), (323, 4, 1, 60000), (324, 4, 1, 200), (325, 4, 1, 4000)]))

frames = [Image.new("RGB", (400, 300), (i, 255 - i, 99)) for i in range(250)]
frames[0].save("many/frames.gif", save_all=True, append_images=frames[1:])
frames[0].save("many/frames.webp", save_all=True, append_images=frames[1:], lossless=True, method=0)
frames[0].save("many/pages.tif", save_all=True, append_images=frames[1:], compression="tiff_lzw")
PY
ffmpeg -loglevel error -f lavfi -i color=size=1200x900:duration=0.1 -c:v mpeg4 claims/large.mp4 </dev/null 2>/dev/null ||
    rm -f claims/large.mp4
cat >small.recipe <<'R'
[limits]
megapixels=1
[rendition small]
width=100
height=100
R

claims=$(find claims -type f | wc -l)
"$KNEE" run --quiet --workers 2 --recipe small.recipe claims refused 2>/dev/null
is $? 1 "claims are refused"
is "$(($(wc -l <refused/FAILED.tsv) - 1))" "$claims" "all $claims of them"
is "$(cut -f 2 refused/FAILED.tsv | sort -u | grep -v stage)" decode "while reading their headers"
is "$(grep -v -c -E 'limit of 1 megapixels|reason$' refused/FAILED.tsv)" "$([ -f claims/tile.tif ] && echo 1)" \
    "by the recipe's limit, but for the tile"
like "$(grep '^tile' refused/FAILED.tsv)" '	1	[^	]*$' "whose worker lives"
"$KNEE" run --quiet --workers 2 --recipe small.recipe many made
is $? 0 "250 frames or pages of 0.12 megapixels each are under a limit of 1"
is "$(grep -vc '^#' made/MANIFEST.sha256)" 3 "and give one picture each"
printf 'megabytes=0.001\n' | sed -i '1r /dev/stdin' small.recipe
"$KNEE" run --quiet --workers 2 --recipe small.recipe --restart many made 2>/dev/null
like "$(cut -f 2,4 made/FAILED.tsv)" 'read	.*limit of 0 MB' "a file with too many bytes is not read"

# Limits of a worker, without any option: memory by the recipe, files by its renditions and the batch.
printf '[limits]\nmegapixels=2\nmegabytes=3\n[rendition small]\nwidth=100\nheight=100\n' >known.recipe
# limit_of WORD OPTION...: that limit of a worker in the middle of an item.
limit_of() {
    local word=$1 pid worker
    shift
    rm -rf held
    KNEE_FAILPOINT=item@0:hang "$KNEE" run --quiet --workers 1 --recipe known.recipe "$@" many/frames.gif held &
    pid=$!
    until worker=$(pgrep -P $pid) && grep -q "^Seccomp:.*[12]" "/proc/$worker/status" 2>/dev/null; do
        kill -0 $pid 2>/dev/null || return
        sleep 0.02
    done
    sed -n "s/^$word  *\\([^ ]*\\) .*/\\1/p" "/proc/$worker/limits"
    kill -KILL $pid
    wait $pid 2>/dev/null
}
if "$KNEE" doctor | grep -q 'seccomp,'; then
    is "$(limit_of 'Max data size')" $((1024 * 1048576 + 96 * 2000000 + 4 * 3000000 + 64 * 10000)) \
        "a worker's memory is limited by the recipe"
    is "$(limit_of 'Max data size' --memory-per-worker none)" unlimited "... unless no limit is asked for"
    is "$(limit_of 'Max data size' --memory-per-worker 700)" $((700 * 1048576)) "... or another"
    [ "$(limit_of 'Max file size')" -lt 1000000000 ]
    ok $? "... and the size of the files that it writes"
    like "$("$KNEE" run --memory-per-worker 15 many held 2>&1)" 'from 16 to 16777216, or none' "... and too small a limit is refused"
else
    skip "a sanitizer needs memory of its own, or there is no seccomp" "limits of a worker"
fi
done_testing
