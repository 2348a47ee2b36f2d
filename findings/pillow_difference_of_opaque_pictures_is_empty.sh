#!/bin/bash
# Pillow: the bounding box of the difference of two opaque RGBA pictures is None, whatever their colours are.
#
# Expected: ImageChops.difference(a, b).getbbox() is None if both are equal: the usual test for equal pictures. The
#   documentation of this version says "the bounding box of the non-zero regions".
# Seen: of a picture with alpha getbbox() looks at alpha only, since 7.1. The difference of two opaque pictures has an
#   alpha of 0 everywhere, so that it is "empty": red equals blue. As RGB the same test has the whole picture; RGBA
#   pictures whose alpha differs somewhere have the box of that place only.
#     RGBA: difference (255, 0, 255, 0), box None   RGB: box (0, 0, 8, 8)
# Why it matters: outputs of two programs, or of 1 and n workers, are compared in this way. PNG, WebP and screenshots
#   are often RGBA without a transparent pixel; there the comparison passes for any pictures of equal size, and a wrong
#   batch is called correct. Convert to RGB, or compare tobytes().
# Packages: Debian 12 python3-pil 9.4.0-1.1+deb12u1 (other libraries and Python of an installed Pillow).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-pil=9.4.0-1.1+deb12u1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > box.py <<'PY'
import sys

from PIL import Image, ImageChops


def box(mode: str) -> tuple:
    """The difference of a red and a blue picture of this mode in one pixel, and its bounding box."""
    red, blue = (Image.new("RGB", (8, 8), colour).convert(mode) for colour in ("red", "blue"))
    difference = ImageChops.difference(red, blue)
    return difference.getpixel((0, 0)), difference.getbbox()


found = {mode: box(mode) for mode in ("RGBA", "RGB")}
for mode, (pixel, bounds) in found.items():
    print(f"{mode}: difference {pixel}, box {bounds}")
sys.exit(0 if found == {"RGBA": ((255, 0, 255, 0), None), "RGB": ((255, 0, 255), (0, 0, 8, 8))} else 1)
PY
PYTHONPATH=$work/root/usr/lib/python3/dist-packages /usr/bin/python3 box.py
