#!/bin/bash
# FFmpeg: the scale filter mixes the colours of transparent pixels into the edges of what is seen.
#
# Expected: colours of a picture with straight alpha are weighted by alpha when it is resized, as by Pillow, ImageMagick
#   and GraphicsMagick: a red shape on nothing has red edges.
# Seen: each channel is resized for itself. Red at the left and fully transparent green at the right, where no program
#   shows any green, give an edge of (127, 128, 0) with an alpha of 128: an olive fringe. area, bilinear and lanczos do
#   it alike. premultiply before, and unpremultiply after it, avoids it.
#     edge: FFmpeg 127 128 0 alpha 128   Pillow 255 0 0 alpha 128
# Why it matters: what lies under alpha 0 is chance: black or white from many editors, which makes dark or light fringes
#   around logos and watermarks in every thumbnail. A comparison of programs by pixels fails at these edges only, and an
#   optimiser of PNG, which may change hidden colours, changes the thumbnail of a picture that looks the same.
# Packages: Debian 12 ffmpeg, libavcodec59, libavfilter8, libavformat59, libavutil57 and libswscale6 7:5.1.9-0+deb12u1;
#   python3-pil 9.4.0-1.1+deb12u1 (other libraries of an installed ffmpeg and Pillow).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
version=7:5.1.9-0+deb12u1
apt-get download -qq -o APT::Sandbox::User=root ffmpeg=$version libavcodec59=$version libavfilter8=$version \
    libavformat59=$version libavutil57=$version libswscale6=$version python3-pil=9.4.0-1.1+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done
export LD_LIBRARY_PATH=$work/root/usr/lib/x86_64-linux-gnu PYTHONPATH=$work/root/usr/lib/python3/dist-packages
ffmpeg() { root/usr/bin/ffmpeg -v error -nostdin -y "$@"; }

# Three columns of red and five of transparent green, in half the size.
/usr/bin/python3 - <<'PY'
from PIL import Image

picture = Image.new("RGBA", (8, 8), (255, 0, 0, 255))
picture.paste((0, 255, 0, 0), (3, 0, 8, 8))
picture.save("picture.png")
picture.resize((4, 4), Image.Resampling.BOX).save("pillow.png")
PY
for flags in area bilinear lanczos; do
    ffmpeg -i picture.png -vf scale=4:4:flags=$flags -update 1 $flags.png
done
ffmpeg -i picture.png -vf format=gbrap,premultiply=inplace=1,scale=4:4:flags=area,unpremultiply=inplace=1,format=rgba \
    -update 1 weighted.png
/usr/bin/python3 - <<'PY'
import sys

from PIL import Image

edge = {}
for name in ("area", "bilinear", "lanczos", "weighted", "pillow"):
    edge[name] = Image.open(name + ".png").convert("RGBA").getpixel((1, 2))
    print(name, *edge[name])
green = [edge[name][1] for name in ("area", "bilinear", "lanczos")]
sys.exit(0 if min(green) > 60 and edge["pillow"] == (255, 0, 0, 128) and edge["weighted"][1] == 0 else 1)
PY
