// Thumbnails of all pictures given, all at once: sharp.mjs CONCURRENCY FILE...
import { createRequire } from "node:module";
const sharp = createRequire(`${process.env.MODULES}/node_modules/`)("sharp");
sharp.concurrency(Number(process.argv[2]));
sharp.cache(false);
await Promise.all(process.argv.slice(3).map((file) => sharp(file).resize(300).webp().toBuffer()));
