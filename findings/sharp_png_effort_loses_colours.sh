#!/bin/bash
# sharp: png({ effort: 10 }) and png({ quality: 100 }) reduce the picture to 256 colours.
#
# Expected: PNG is lossless. A higher effort gives a smaller file of the same pixels, as it does for lossless WebP, and
#   a quality of 100 changes nothing.
# Seen: either option, whatever its value, makes the PNG one with a palette. Effort is that of the quantizer; the effort
#   of the compression, which is meant, is compressionLevel. Of a picture with 65,536 colours 252 are left, and 94% of
#   its samples are changed, by as much as 33 levels. No warning; the file is a ninth, which looks like a success of the
#   effort.
#     none, and compressionLevel 9: 65536 colours, exact   effort 10: 252 colours   effort 1: 253   quality 100: 252
# Why it matters: a sweep over effort and bytes, over formats, has its lossless baseline quantized by the option that
#   was to make it slower only. Options shared by all outputs ({ quality: 90, effort: 6 }, right for WebP and AVIF) turn
#   the masters, and the screenshots of a comparison, into pictures of 256 colours.
# Packages: npm sharp 0.35.5 (libvips 8.18.7), with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" sharp@0.35.5

cat > effort.mjs <<'JS'
import sharp from 'sharp';

const side = 256;
const pixels = Buffer.alloc(side * side * 3);
for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
        pixels.set([x, y, (x * 7 + y * 3) >> 2], 3 * (y * side + x));
const picture = sharp(pixels, { raw: { width: side, height: side, channels: 3 } });

// What is left of the picture after PNG with OPTIONS: colours, samples that differ, and the largest difference.
async function left(options) {
    const png = await picture.clone().png(options).toBuffer();
    const decoded = await sharp(png).removeAlpha().raw().toBuffer();
    const colours = new Set();
    let changed = 0, most = 0;
    for (let i = 0; i < pixels.length; i += 3) {
        colours.add(decoded.readUIntBE(i, 3));
        for (let c = i; c < i + 3; c++) {
            const difference = Math.abs(decoded[c] - pixels[c]);
            changed += difference > 0;
            most = Math.max(most, difference);
        }
    }
    console.log(JSON.stringify(options), `${colours.size} colours, ${changed} samples changed, by up to ${most},`,
                `${png.length} bytes`);
    return { colours: colours.size, changed };
}

const exact = [{}, { compressionLevel: 9 }, { progressive: true }];
const reduced = [{ effort: 10 }, { effort: 1 }, { quality: 100 }];
let same = true;
for (const options of exact)
    same &&= (await left(options)).changed === 0;
for (const options of reduced) {
    const { colours, changed } = await left(options);
    same &&= colours <= 256 && changed > pixels.length / 2;
}
process.exit(same ? 0 : 1);
JS
node effort.mjs
