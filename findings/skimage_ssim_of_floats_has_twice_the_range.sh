#!/bin/bash
# scikit-image: the SSIM of two pictures doubles when they are given as floats.
#
# Expected: structural_similarity(a, b) of pictures as bytes, as 16-bit numbers, and as floats from 0 to 1 (what
#   img_as_float() makes of them) is the same, as their PSNR is; 0 to 255 in floats is either the same or refused.
# Seen: without data_range the range comes from the type alone, and that of floats is -1 to 1. The constants of the
#   formula are thus four times what they should be for 0 to 1, and far too small for 0 to 255. Nothing warns;
#   peak_signal_noise_ratio() of the same module looks at the values, and takes 1 for 0 to 1.
#     bytes 0.257, 24.71 dB   16 bits 0.257, 24.71 dB   floats to 1 0.535, 24.71 dB   floats to 255 0.069
# Why it matters: renditions are compared by SSIM, with limits such as 0.95. A step that computes in floats passes where
#   bytes fail, and two tools that both "use scikit-image" disagree by a factor of two. Give data_range.
# Packages: Debian 12 python3-skimage 0.19.3-8, python3-skimage-lib 0.19.3-8+b1, python3-numpy 1:1.24.2-1+deb12u1,
#   python3-scipy 1.10.1-2, python3-packaging 23.0-1 (other libraries of an installed numpy).
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq -o APT::Sandbox::User=root python3-skimage=0.19.3-8 python3-skimage-lib=0.19.3-8+b1 \
    python3-numpy=1:1.24.2-1+deb12u1 python3-scipy=1.10.1-2 python3-packaging=23.0-1
for package in *.deb; do
    dpkg -x "$package" root
done

cat > compare.py <<'PY'
import sys

import numpy
from skimage.metrics import peak_signal_noise_ratio, structural_similarity

# A ramp, and the same with noise.
ramp = numpy.add.outer(numpy.arange(128), numpy.arange(128)).astype(numpy.uint8)
noise = numpy.random.default_rng(1).normal(0, 15, ramp.shape)
noisy = numpy.clip(ramp + noise, 0, 255).round().astype(numpy.uint8)
kinds = {
    "bytes": (ramp, noisy),
    "16 bits": (ramp.astype(numpy.uint16) * 257, noisy.astype(numpy.uint16) * 257),
    "floats to 1": (ramp / 255, noisy / 255),
}
similar = {kind: structural_similarity(*pair) for kind, pair in kinds.items()}
for kind, pair in kinds.items():
    print(f"{kind}: SSIM {similar[kind]:.3f}, PSNR {peak_signal_noise_ratio(*pair):.2f} dB")
large = structural_similarity(ramp.astype(float), noisy.astype(float))
print(f"floats to 255: SSIM {large:.3f}")
same = abs(similar["bytes"] - similar["16 bits"]) < 0.001
sys.exit(not (same and similar["floats to 1"] > 1.9 * similar["bytes"] and large < 0.5 * similar["bytes"]))
PY
PYTHONPATH=$work/root/usr/lib/python3/dist-packages PYTHONWARNINGS=error /usr/bin/python3 compare.py
