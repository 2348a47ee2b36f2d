#!/bin/bash
# ssim.js: the same noise has an SSIM of 0.32 in a small picture and of 0.98 in a large one.
#
# Expected: SSIM is of windows of 11 pixels, so that a picture four times as wide with the same damage everywhere has
#   the same mean.
# Seen: both pictures are reduced first, to 256 pixels at the shorter side, by a mean over blocks. Noise and fine loss
#   of detail vanish there. A smooth picture with noise of +-30 levels has 0.32 at 256 x 256, 0.82 at 512 and 0.98 at
#   1024; with { downsample: false } 0.32 at each size.
#     size 256: 0.323 (not reduced 0.323)   512: 0.818 (0.323)   1024: 0.981 (0.323)
# Why it matters: thumbnails and full pictures of one encoder are in one table, and the large ones look nearly perfect;
#   a threshold that was found with test pictures of 256 pixels accepts anything at 12 megapixels, and the number cannot
#   be compared with that of another tool.
# Packages: npm ssim.js 3.5.0, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" ssim.js@3.5.0

cat > sizes.mjs <<'JS'
import { ssim } from 'ssim.js';

let state = 1;
function noise() // -30 to 30, from a generator of the script's own
{
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state / 2 ** 32 - 0.5) * 60;
}

function picture(size, value) {
    const data = new Uint8ClampedArray(4 * size * size).fill(255);
    for (let pixel = 0; pixel < size * size; pixel++)
        data.fill(value(pixel % size, Math.floor(pixel / size)), 4 * pixel, 4 * pixel + 3);
    return { data, width: size, height: size };
}

const smooth = (x, y) => 128 + 60 * Math.sin(x / 20) * Math.sin(y / 20);
const found = [];
for (const size of [256, 512, 1024]) {
    const pair = [picture(size, smooth), picture(size, (x, y) => smooth(x, y) + noise())];
    const [usual, whole] = [{}, { downsample: false }].map((options) => ssim(...pair, options).mssim);
    console.log(`size ${size}: ${usual.toFixed(3)}, not reduced ${whole.toFixed(3)}`);
    found.push({ usual, whole });
}
const near = (a, b) => Math.abs(a - b) < 0.01;
const [small, middle, large] = found;
process.exit(near(small.usual, small.whole) && near(middle.whole, small.whole) && near(large.whole, small.whole) &&
             middle.usual > small.usual + 0.3 && large.usual > 0.95 ? 0 : 1);
JS
node sizes.mjs
