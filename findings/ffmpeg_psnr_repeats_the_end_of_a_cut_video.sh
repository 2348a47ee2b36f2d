#!/bin/bash
# FFmpeg: psnr and ssim of a video that ends too early repeat its last frame, up to "inf" where nothing moves.
#
# Expected: comparing a video of 50 frames with a copy of which one frame is left is an error, or a comparison of the
#   one frame that both have, with a word of it.
# Seen: the shorter one is held at its last frame until the longer one ends. All 50 frames are counted: a still
#   recording has a PSNR of inf and an SSIM of 1, and of a moving one the frames that are missing are compared with a
#   frame of another time. Status 0, and nothing at the level of warnings. Which of the two is the shorter makes no
#   difference. psnr=shortest=1 compares one frame.
#     still, 1 of 50 frames: PSNR inf, SSIM 1.000000, 50 frames   shortest=1: 1 frame   moving, 25 of 50 frames: 20.1 dB
# Why it matters: a worker that was killed, a full disk or a lost segment leaves such a file, and a quality gate passes
#   it for screen recordings, slides and fixed cameras. For others the PSNR falls as a bad encoder's would, and the
#   search goes to the wrong place. Compare the numbers of frames first.
# Packages: Debian 12 ffmpeg, libavcodec59, libavfilter8, libavformat59, libavutil57 and libswscale6 7:5.1.9-0+deb12u1
#   (other libraries of an installed ffmpeg).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=7:5.1.9-0+deb12u1
apt-get download -qq -o APT::Sandbox::User=root ffmpeg=$version libavcodec59=$version libavfilter8=$version \
    libavformat59=$version libavutil57=$version libswscale6=$version
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu
ffmpeg() { root/usr/bin/ffmpeg -hide_banner -nostdin -y "$@"; }

ffmpeg -v error -f lavfi -i color=red:size=64x64:rate=25:duration=2 -c:v ffv1 still.mkv
ffmpeg -v error -f lavfi -i testsrc2=size=64x64:rate=25:duration=2 -c:v ffv1 moving.mkv
ffmpeg -v error -i still.mkv -frames:v 1 -c copy still-cut.mkv
ffmpeg -v error -i moving.mkv -frames:v 25 -c copy moving-cut.mkv

compared() # compared FILTER OPTIONS KEY FIRST SECOND: the value of KEY, the frames compared, and the lines of warnings
{
    ffmpeg -i "$4" -i "$5" -lavfi "$1=stats_file=frames$2" -f null - > words 2>&1
    ffmpeg -v warning -i "$4" -i "$5" -lavfi "$1=stats_file=frames$2" -f null - > warnings 2>&1
    echo "$(grep -o " $3:[0-9a-z.]*" words | sed 's/.*://') $(wc -l < frames) $(wc -l < warnings)"
}
{
    compared psnr '' average still-cut.mkv still.mkv
    compared psnr '' average still.mkv still-cut.mkv
    compared ssim '' All still-cut.mkv still.mkv
    compared psnr :shortest=1 average still-cut.mkv still.mkv
    compared psnr '' average moving-cut.mkv moving.mkv
    compared psnr :shortest=1 average moving-cut.mkv moving.mkv
} | tee found
sed 's/^\([0-9]*\.[0-9]\)[0-9]*/\1/' found |
    cmp -s - <(printf '%s\n' 'inf 50 0' 'inf 50 0' '1.0 50 0' 'inf 1 0' '20.1 50 0' 'inf 25 0')
