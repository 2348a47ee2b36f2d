#!/bin/bash
# looks-same: a vertical line of one pixel, of any length and colour, is no difference.
#
# Expected: with the default tolerance pictures are equal when nobody can tell them apart by eye; a black line from top
#   to bottom on white is a difference.
# Seen: the line is taken for the caret of a text field, and ignored, whatever is in the picture and how long the line
#   is. One that is missing, or red, or grown at one end to nine times its length, makes "equal". A horizontal one,
#   one of two pixels, and two lines are seen. { ignoreCaret: false } ends that; { tolerance: 0 } does not.
#     equal: missing true, full height true, red true, longer true; two missing false, horizontal false, 2 pixels false
# Why it matters: error bars, whiskers, gridlines and the mark of a knee are such lines. A chart whose interval is gone,
#   or has another upper end, passes the comparison with its reference picture, as long as only one of them changed.
# Packages: npm looks-same 10.0.1 and sharp 0.35.5, with Node 20.
# Exit: 0 as described, 1 changed.
set -euo pipefail

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm install --silent --no-audit --no-fund --prefix "$work" looks-same@10.0.1 sharp@0.35.5

cat > lines.mjs <<'JS'
import looksSame from 'looks-same';
import sharp from 'sharp';

const width = 300, height = 200;
const black = [0, 0, 0], red = [255, 0, 0];

// A white picture with rectangles [left, top, width, height, colour].
function picture(...rectangles) {
    const pixels = Buffer.alloc(width * height * 3, 255);
    for (const [left, top, w, h, colour] of rectangles)
        for (let y = top; y < top + h; y++)
            for (let x = left; x < left + w; x++)
                pixels.set(colour, 3 * (y * width + x));
    return sharp(pixels, { raw: { width, height, channels: 3 } }).png().toBuffer();
}

const bar = [50, 20, 1, 160, black], other = [100, 20, 1, 160, black];
const cases = [
    ['missing', true, picture(bar), picture()],
    ['missing, tolerance 0', true, picture(bar), picture(), { tolerance: 0 }],
    ['full height', true, picture([50, 0, 1, height, black]), picture()],
    ['red', true, picture([50, 20, 1, 160, red]), picture()],
    ['longer', true, picture([50, 20, 1, 18, black], other), picture(bar, other)],
    ['two missing', false, picture(bar, other), picture()],
    ['horizontal', false, picture([50, 20, 160, 1, black]), picture()],
    ['2 pixels', false, picture([50, 20, 2, 160, black]), picture()],
    ['missing, ignoreCaret false', false, picture(bar), picture(), { ignoreCaret: false }],
];
let changed = 0;
for (const [name, expected, first, second, options] of cases) {
    const { equal } = await looksSame(await first, await second, options ?? {});
    console.log(`${name}: equal ${equal}`);
    changed += equal !== expected;
}
process.exit(changed ? 1 : 0);
JS
node lines.mjs
