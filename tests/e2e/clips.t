#!/bin/bash
# Posters of clips as users have them, held against ffmpeg's own picture: mirrored, with any first box, with alpha,
# black at first, begun without a keyframe, later than their sound; and read as files, not held in memory.
# shellcheck source=tests/tap.sh
. "$(dirname "$0")/../tap.sh"
cd "$work" || exit 1
command -v ffmpeg >/dev/null || skip_all "ffmpeg is missing: make deps"
/usr/bin/python3 -c 'import PIL' 2>/dev/null || skip_all "Pillow is missing: make deps"
exact=bicubic+accurate_rnd+full_chroma_int+full_chroma_inp
quiet=(-nostdin -hide_banner -loglevel error -y -sws_flags "$exact")

# four FILE: the middles of its quarters, rounded. near A B: are they the same within 8?
cat >look.py <<'END'
import sys
from PIL import Image

def four(path):
    image = Image.open(path).convert("RGB")
    return image.size, [image.getpixel((int(image.width * x), int(image.height * y)))
                        for x, y in ((.25, .25), (.75, .25), (.25, .75), (.75, .75))]

(size, a), (other, b) = four(sys.argv[1]), four(sys.argv[2])
far = max(abs(x - y) for p, q in zip(a, b) for x, y in zip(p, q))
print("same" if size == other and far <= 8 else f"{size} {a}, not {other} {b}")
END
# run [KEY=VALUE]: makes posters of in/ in out/p.
run() {
    rm -rf out
    printf '%s\n' "[recipe]" "$@" "[rendition p]" fit=inside width=2048 height=2048 format=png >r.recipe
    "$KNEE" run --quiet --serial --recipe r.recipe in out 2>stderr
}
# as_ffmpeg NAME TEXT [ARGUMENT...]: the poster of in/NAME is the frame that ffmpeg makes of it.
as_ffmpeg() {
    local name=$1 text=$2
    shift 2
    ffmpeg "${quiet[@]}" -i "in/$name" "$@" -frames:v 1 wanted.png
    is "$(/usr/bin/python3 look.py "out/p/$name.png" wanted.png 2>&1 | tail -1)" same "$text"
}

# Four colours in the quarters; numbered frames would need a font: red grows from frame to frame instead.
quarters="color=s=160x90:c=0xc82828[a];color=s=160x90:c=0x28c828[b];color=s=160x90:c=0x2828c8[c];color=s=160x90:c=0xc8c828[d];\
[a][b][c][d]xstack=inputs=4:layout=0_0|w0_0|0_h0|w0_h0:shortest=1"
mkdir in
ffmpeg "${quiet[@]}" -f lavfi -i "$quarters" -t 0.4 -c:v libx264 -pix_fmt yuv420p plain.mp4 || exit 1
ffmpeg "${quiet[@]}" -i plain.mp4 -c copy -movflags frag_keyframe+empty_moov+default_base_moof fragments.mp4 || exit 1

# --- how it is shown ------------------------------------------------------------------------------------------------
# All eight display matrices, written into the track's header.
cat >matrix.py <<'END'
import struct
import sys

data = bytearray(open("plain.mp4", "rb").read())
at = data.index(b"tkhd") + 4 + 40
for name, (a, b, c, d) in {"1": (1, 0, 0, 1), "2": (-1, 0, 0, 1), "3": (-1, 0, 0, -1), "4": (1, 0, 0, -1),
                           "5": (0, 1, 1, 0), "6": (0, 1, -1, 0), "7": (0, -1, -1, 0), "8": (0, -1, 1, 0)}.items():
    one = 1 << 16
    data[at:at + 36] = struct.pack(">9i", a * one, b * one, 0, c * one, d * one, 0, 0, 0, 1 << 30)
    open(f"in/matrix-{name}.mp4", "wb").write(data)
END
/usr/bin/python3 matrix.py
run
for m in 1 2 3 4 5 6 7 8; do
    as_ffmpeg "matrix-$m.mp4" "display matrix $m"
done
rm -f in/*

# --- containers -----------------------------------------------------------------------------------------------------
for box in free skip wide styp pnot udta emsg PICT; do
    { printf '\0\0\0\x14%sisom\0\0\0\0iso2' "$box" && cat fragments.mp4; } >"in/$box.mp4"
done
ffmpeg "${quiet[@]}" -f lavfi -i "$quarters" -f lavfi -i "color=s=320x180:c=white,geq=lum='if(lt(X,160),255,0)':cb=128:cr=128" \
    -filter_complex "[0]format=yuva420p[p];[1]format=gray[m];[p][m]alphamerge" -t 0.2 -c:v libvpx-vp9 -pix_fmt yuva420p in/vp9.webm &&
    ffmpeg "${quiet[@]}" -c:v libvpx-vp9 -i in/vp9.webm -c:v libvpx -auto-alt-ref 0 -pix_fmt yuva420p in/vp8.webm || exit 1
run background=#0080ff
for box in free skip wide styp pnot udta emsg PICT; do
    as_ffmpeg "$box.mp4" "first box $box"
done
ffmpeg "${quiet[@]}" -i plain.mp4 -vf "drawbox=x=160:w=160:h=180:c=0x0080ff:t=fill" -frames:v 1 wanted.png
for name in vp8 vp9; do
    is "$(/usr/bin/python3 look.py "out/p/$name.webm.png" wanted.png)" same "$name with alpha, over the background"
done
rm -f in/*

# A second stream of as many pixels, white, whose frames come first: what shows the alpha of an AVIF sequence.
ffmpeg "${quiet[@]}" -itsoffset 0.3 -i plain.mp4 -f lavfi -i "color=s=320x180:c=white" -map 0 -map 1 -t 0.6 -vsync 0 \
    -disposition:v default -c:v libx264 -bf 0 in/two.mp4 ||
    exit 1
run
as_ffmpeg two.mp4 "of two streams of one size the first" -map 0:0
rm -f in/*

# --- which frame ----------------------------------------------------------------------------------------------------
# 7 s of black at 60 frames a second, then colours.
ffmpeg "${quiet[@]}" -f lavfi -i "color=s=320x180:c=black:r=60" -t 7 black.mkv &&
    ffmpeg "${quiet[@]}" -i black.mkv -f lavfi -i "$quarters,fps=60" -filter_complex "[0:v][1:v]concat" -t 7.2 -c:v libx264 in/black.mp4 ||
    exit 1
# Motion without a keyframe at its beginning: the first frame of each is dropped.
ffmpeg "${quiet[@]}" -f lavfi -i testsrc2=s=320x180:r=25 -t 2 -g 10 -bf 0 -c:v mpeg4 -q:v 3 keys.mkv &&
    ffmpeg "${quiet[@]}" -i keys.mkv -c copy -copyinkf -bsf:v "noise=drop=lt(n\\,2)" in/cut.mkv &&
    ffmpeg "${quiet[@]}" -i keys.mkv -c:v libx264 -g 10 -bf 2 -x264opts no-scenecut keys264.mkv &&
    ffmpeg "${quiet[@]}" -i keys264.mkv -c copy -copyinkf -bsf:v "noise=drop=lt(n\\,2)" in/cut264.mkv &&
    ffmpeg "${quiet[@]}" -i keys.mkv -c copy -copyinkf -bsf:v "noise=drop=not(mod(n\\,10))" in/never.avi || exit 1
run
ffmpeg "${quiet[@]}" -i plain.mp4 -frames:v 1 wanted.png
is "$(/usr/bin/python3 look.py out/p/black.mp4.png wanted.png)" same "a black opening of 7 s is passed over"
for name in cut cut264; do
    source=keys; [ $name = cut ] || source=keys264
    ffmpeg "${quiet[@]}" -i $source.mkv -vf "select=eq(n\\,10),scale=sws_flags=$exact" -frames:v 1 wanted.png
    is "$(/usr/bin/python3 look.py "out/p/$name.mkv.png" wanted.png)" same "$name: the first keyframe, not pieces"
done
like "$(grep never.avi out/FAILED.tsv)" "no whole frame" "a clip without any keyframe fails"
rm -f in/*

# The picture begins 2 s after the sound: 0.4 s into the picture is its frame 10.
ffmpeg "${quiet[@]}" -f lavfi -i sine -itsoffset 2 -i keys.mkv -map 0:a -map 1:v -t 4 -c:v copy -c:a pcm_s16le in/late.mkv || exit 1
run clip_offset_s=0.4
ffmpeg "${quiet[@]}" -i keys.mkv -vf "select=eq(n\\,10),scale=sws_flags=$exact" -frames:v 1 wanted.png
is "$(/usr/bin/python3 look.py out/p/late.mkv.png wanted.png)" same "an offset is counted from the first frame"
rm -f in/*

# --- memory ---------------------------------------------------------------------------------------------------------
# The same clip with 150 MB behind it: a box that is skipped.
cp plain.mp4 in/large.mp4 && printf '\x08\xf0\xd1\x80free' >>in/large.mp4 && truncate -s +149999992 in/large.mp4
printf '%s\n' "[recipe]" "[limits]" megabytes=1000 "[rendition p]" fit=inside width=2048 height=2048 format=png >m.recipe
peak() { # kB of the largest process
    /usr/bin/python3 -c 'import resource, subprocess, sys
subprocess.run(sys.argv[1:], check=True)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)' "$KNEE" run --quiet --serial --restart --recipe m.recipe in out
}
large=$(peak)
cp plain.mp4 in/large.mp4
small=$(peak)
is "$((large - small < 20000))" 1 "memory does not depend on the size of a clip ($small and $large kB)"

done_testing
