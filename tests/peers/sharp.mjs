// The same renditions with sharp: each from the larger one's raw pixels, with the recipe's watermark, no caption.
// node sharp.mjs FOLDER-OF-NODE_MODULES CONCURRENCY SETTINGS, where SETTINGS is JSON: root, out, renditions
// [{name, fit, width, height, format, quality, watermark}], extensions, watermark null or {file, width, opacity, margin}.
// CONCURRENCY is sharp.concurrency() and the number of images in flight. Protocol: see served.py.
import { createHash } from 'node:crypto';
import { mkdir, rename, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { createInterface } from 'node:readline';

const [modules, concurrencyText, settingsText] = process.argv.slice(2);
const sharp = createRequire(resolve(modules, 'x'))('sharp');
const concurrency = Number(concurrencyText);
const settings = JSON.parse(settingsText);
const marks = new Map();
let stored = 0;

sharp.concurrency(concurrency);
sharp.cache(false); // the rounds do the same files again

// The watermark for a rendition of that width, its opacity applied: made once.
async function mark(width) {
  if (!marks.has(width)) {
    const wide = Math.round(settings.watermark.width * width);
    const { data, info } = await sharp(settings.watermark.file).ensureAlpha().resize(wide).raw()
      .toBuffer({ resolveWithObject: true });
    for (let i = 3; i < data.length; i += 4) data[i] = Math.round(data[i] * settings.watermark.opacity);
    marks.set(width, { data, info });
  }
  return marks.get(width);
}

const fromRaw = ({ data, info }) =>
  sharp(data, { raw: { width: info.width, height: info.height, channels: info.channels } });

async function overlaid(pixels, rendition) {
  const image = fromRaw(pixels);
  if (!rendition.watermark || !settings.watermark) return image;
  const { data, info } = await mark(pixels.info.width);
  const margin = Math.round(settings.watermark.margin * pixels.info.width);
  return image.composite([{
    input: data, raw: { width: info.width, height: info.height, channels: 4 },
    left: pixels.info.width - info.width - margin, top: pixels.info.height - info.height - margin,
  }]);
}

async function store(data, path) {
  const final = join(settings.out, path);
  const temporary = join(settings.out, `.sharp-${process.pid}-${stored++}`);
  createHash('sha256').update(data).digest('hex');
  await mkdir(dirname(final), { recursive: true });
  await writeFile(temporary, data);
  await rename(temporary, final);
}

async function doItem(path) {
  let source = null;
  for (const rendition of settings.renditions) {
    const from = source ? fromRaw(source) : sharp(join(settings.root, path)).rotate();
    const pixels = await from
      .resize(rendition.width, rendition.height, { fit: rendition.fit, withoutEnlargement: true })
      .toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
    const image = await overlaid(pixels, rendition);
    const encoded = rendition.format === 'jpeg' ? image.jpeg({ quality: rendition.quality })
      : image.webp({ quality: rendition.quality, effort: 4 });
    await store(await encoded.toBuffer(), `${rendition.name}/${path}.${settings.extensions[rendition.format]}`);
    if (rendition.fit === 'inside') source = pixels;
  }
}

async function doAll(paths) {
  let next = 0;
  const one = async () => { while (next < paths.length) await doItem(paths[next++]); };
  await Promise.all(Array.from({ length: concurrency }, one));
}

const { versions } = sharp;
const version = `sharp ${versions.sharp}, libvips ${versions.vips}, Node ${process.versions.node}`;
console.log(`ready ${JSON.stringify({ version, pids: [] })}`);
for await (const line of createInterface({ input: process.stdin })) {
  try {
    await doAll(line.split('\t'));
    console.log('ok');
  } catch (error) {
    console.log(`failed: ${String(error.message).replaceAll('\n', ' ')}`);
  }
}
