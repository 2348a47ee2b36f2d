#!/usr/bin/python3
"""The same renditions as knee's image part, made with Pillow from the same recipe: what knee is compared with.

Written as a careful Pillow program would be: the input is decoded once, each rendition is scaled from the next larger
one, watermark and font are loaded once, renditions are encoded in memory, hashed and stored by rename. With --draft
the decoder may also scale while it decodes, where the largest rendition allows it. With --workers, items are done by
a ProcessPoolExecutor of that size.

Protocol: see served.py.
"""
import argparse
import hashlib
import io
import multiprocessing
import os
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps, features

import peers.recipe
from peers.recipe import Rendition, share
from peers.served import serve

FONT_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype", "/usr/local/share/fonts")


@dataclass
class Program:
    """What a worker holds: made once."""
    recipe: peers.recipe.Recipe
    root: str
    out: str
    draft: bool
    watermark: Image.Image | None
    marks: dict[int, Image.Image] = field(default_factory=dict)
    fonts: dict[int, ImageFont.FreeTypeFont] = field(default_factory=dict)

    def mark(self, width: int) -> Image.Image:
        """The watermark for a rendition of that width, its opacity applied."""
        assert self.watermark
        if width not in self.marks:
            group = self.recipe.parser["watermark"]
            wide = round(share(group["width"]) * width)
            high = round(self.watermark.height * wide / self.watermark.width)
            mark = self.watermark.resize((wide, high), Image.Resampling.LANCZOS)
            opacity = share(group["opacity"])
            mark.putalpha(mark.getchannel("A").point([round(a * opacity) for a in range(256)]))
            self.marks[width] = mark
        return self.marks[width]

    def font(self, pixels: int) -> ImageFont.FreeTypeFont:
        if pixels not in self.fonts:
            name = self.recipe.parser["caption"]["font"]
            folders = (self.recipe.folder, *FONT_FOLDERS)
            found = [p for p in (os.path.join(f, name) for f in folders) if os.path.exists(p)]
            if not found:
                raise OSError(f"font {name} is in none of {', '.join(folders)}")
            self.fonts[pixels] = ImageFont.truetype(found[0], pixels)
        return self.fonts[pixels]


def load_program(recipe_path: str, root: str, out: str, draft: bool) -> Program:
    """With watermark and font loaded, as what a worker needs before its first item."""
    recipe = peers.recipe.load(recipe_path)
    watermark = None
    if "watermark" in recipe.parser:
        watermark = Image.open(os.path.join(recipe.folder, recipe.parser["watermark"]["file"])).convert("RGBA")
    program = Program(recipe, root, out, draft, watermark)
    if "caption" in recipe.parser:
        program.font(round(share(recipe.parser["caption"]["size"]) * max(r.width for r in recipe.renditions)))
    return program


def place(image: Image.Image, size: tuple[int, int], margin: int, position: str) -> tuple[int, int]:
    left = image.width - size[0] - margin if position.endswith("right") else margin
    top = image.height - size[1] - margin if position.startswith("bottom") else margin
    return left, top


def decode(program: Program, path: str) -> Image.Image:
    """The picture upright, in sRGB."""
    image: Image.Image = Image.open(path)
    if program.draft:
        scale = max(r.scale(image.size) for r in program.recipe.renditions)
        image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA"):
        flat = Image.new("RGB", upright.size, program.recipe.parser["recipe"]["background"])
        flat.paste(upright.convert("RGB"), mask=upright.getchannel("A"))
        upright = flat
    if upright.mode != "RGB":
        return upright.convert("RGB")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        if "sRGB" not in ImageCms.getProfileDescription(source):
            # After the largest reduction would be cheaper: scale_all() does it there.
            upright.info["convert_from"] = source
    return upright


def reduce(image: Image.Image, rendition: Rendition) -> Image.Image:
    size = rendition.size(image.size)
    if rendition.fit == "cover":
        return ImageOps.fit(image, size, Image.Resampling.LANCZOS)
    return image.copy() if size == image.size else image.resize(size, Image.Resampling.LANCZOS)


def scale_all(renditions: list[Rendition], image: Image.Image) -> dict[str, Image.Image]:
    """Each rendition from the next larger one that shows the whole picture."""
    made: dict[str, Image.Image] = {}
    source = image
    for rendition in sorted(renditions, key=lambda r: -r.scale(image.size)):
        scaled = reduce(source, rendition)
        if source is image and "convert_from" in image.info:
            scaled = ImageCms.profileToProfile(scaled, image.info["convert_from"], ImageCms.createProfile("sRGB"))
            if rendition.fit == "cover":
                source = ImageCms.profileToProfile(image, image.info["convert_from"], ImageCms.createProfile("sRGB"))
        made[rendition.name] = scaled
        if rendition.fit == "inside":
            source = scaled
    return made


def overlay(program: Program, rendition: Rendition, image: Image.Image, stem: str) -> Image.Image:
    """A copy with watermark and caption: the smaller renditions are made from the clean one."""
    if not rendition.watermark and not rendition.caption:
        return image
    image = image.copy()
    if rendition.watermark:
        group = program.recipe.parser["watermark"]
        mark = program.mark(image.width)
        image.paste(mark, place(image, mark.size, round(share(group["margin"]) * image.width), group["position"]), mark)
    if rendition.caption:
        group = program.recipe.parser["caption"]
        pixels = round(share(group["size"]) * image.width)
        if pixels >= 6:
            text, font, draw = group["text"].replace("{stem}", stem), program.font(pixels), ImageDraw.Draw(image, "RGBA")
            box = font.getbbox(text)
            left, top = place(image, (box[2], box[3]), round(share(group["margin"]) * image.width), group["position"])
            shadow = max(1, pixels // 12)
            draw.text((left + shadow, top + shadow), text, font=font, fill=(0, 0, 0, 170))
            draw.text((left, top), text, font=font, fill=(255, 255, 255, 230))
    return image


def encode(rendition: Rendition, image: Image.Image) -> bytes:
    buffer = io.BytesIO()
    if rendition.format == "jpeg":
        image.save(buffer, "JPEG", quality=rendition.quality, subsampling="4:2:0", optimize=rendition.optimise,
                   progressive=rendition.progressive, icc_profile=None)
    elif rendition.format == "webp":
        image.save(buffer, "WEBP", quality=rendition.quality, method=4, icc_profile=None)
    else:
        image.save(buffer, "PNG", compress_level=6)
    return buffer.getvalue()


def store(folder: str, path: str, data: bytes) -> None:
    final = os.path.join(folder, path)
    temporary = os.path.join(folder, f".pillow-{os.getpid()}")
    os.makedirs(os.path.dirname(final), exist_ok=True)
    with open(temporary, "wb") as file:
        file.write(data)
    os.rename(temporary, final)


def do_item(program: Program, path: str) -> None:
    """Makes all renditions."""
    stem = os.path.splitext(os.path.basename(path))[0]
    scaled = scale_all(program.recipe.renditions, decode(program, os.path.join(program.root, path)))
    for rendition in program.recipe.renditions:
        data = encode(rendition, overlay(program, rendition, scaled[rendition.name], stem))
        hashlib.sha256(data).hexdigest()
        store(program.out, rendition.output(path), data)


def do_all(program: Program, paths: list[str]) -> None:
    for path in paths:
        do_item(program, path)


# What the workers of a pool hold, each its own: a pool's functions get nothing but their item.
held: list[Program] = []


def begin(loaded: "multiprocessing.synchronize.Barrier", *arguments: str | bool) -> None:
    held.append(load_program(*arguments))  # type: ignore[arg-type]
    loaded.wait()


def do_held(path: str) -> None:
    do_item(held[0], path)


def wait_for(results: Iterator[None]) -> None:
    for _ in results:
        pass


def worker_pid(_: int) -> int:
    return os.getpid()


def version() -> str:
    python = ".".join(str(n) for n in sys.version_info[:3])
    return (f"Pillow {Image.__version__}, libjpeg-turbo {features.version_feature('libjpeg_turbo')}, "
            f"libwebp {features.version_module('webp')}, Python {python}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--root", required=True, help="folder of the inputs")
    parser.add_argument("--out", required=True, help="folder of the outputs")
    parser.add_argument("--draft", action="store_true", help="let the JPEG decoder reduce")
    parser.add_argument("--workers", type=int, default=0, help="of a pool; 0: none")
    arguments = parser.parse_args()
    settings = (arguments.recipe, arguments.root, arguments.out, arguments.draft)
    if not arguments.workers:
        program = load_program(*settings)
        serve(version(), [], lambda paths: do_all(program, paths))
        return 0
    loaded = multiprocessing.Barrier(arguments.workers)
    with ProcessPoolExecutor(arguments.workers, initializer=begin, initargs=(loaded, *settings)) as pool:
        pool.submit(worker_pid, 0).result()
        pids = [p.pid for p in multiprocessing.active_children() if p.pid]
        serve(version(), pids, lambda paths: wait_for(pool.map(do_held, paths)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
