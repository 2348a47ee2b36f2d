#!/usr/bin/python3
"""The same renditions as knee's image part, made with Pillow from the same recipe: what knee is compared with.

Written as a careful Pillow program would be: the input is decoded once, each rendition is scaled from the next larger
one, watermark and font are loaded once, renditions are encoded in memory, hashed and stored by rename. With --draft
the decoder may also scale while it decodes, where the largest rendition allows it.

Protocol, the same as knee_one's: one path within ROOT per line of input; each is answered by a line with the CPU
milliseconds that it took, or "failed: REASON". Without --serve the paths are taken from the arguments, and each
answer has the path behind a tab.
"""
import argparse
import configparser
import hashlib
import io
import os
import sys
import time
from dataclasses import dataclass, field

from PIL import Image, ImageCms, ImageDraw, ImageFont, ImageOps

FONT_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype", "/usr/local/share/fonts")
EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "png": "png"}


def share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


@dataclass
class Rendition:
    name: str
    fit: str
    width: int
    height: int
    format: str
    quality: int
    watermark: bool
    caption: bool
    progressive: bool
    optimise: bool

    def scale(self, size: tuple[int, int]) -> float:
        x, y = self.width / size[0], self.height / size[1]
        return min(1.0, max(x, y) if self.fit == "cover" else min(x, y))


@dataclass
class Recipe:
    parser: configparser.ConfigParser
    folder: str
    draft: bool
    renditions: list[Rendition]
    watermark: Image.Image
    marks: dict[int, Image.Image] = field(default_factory=dict)
    fonts: dict[int, ImageFont.FreeTypeFont] = field(default_factory=dict)

    def mark(self, width: int) -> Image.Image:
        """The watermark for a rendition of that width, its opacity applied."""
        if width not in self.marks:
            group = self.parser["watermark"]
            wide = round(share(group["width"]) * width)
            high = round(self.watermark.height * wide / self.watermark.width)
            mark = self.watermark.resize((wide, high), Image.Resampling.LANCZOS)
            opacity = share(group["opacity"])
            mark.putalpha(mark.getchannel("A").point([round(a * opacity) for a in range(256)]))
            self.marks[width] = mark
        return self.marks[width]

    def font(self, pixels: int) -> ImageFont.FreeTypeFont:
        if pixels not in self.fonts:
            name = self.parser["caption"]["font"]
            found = [p for p in (os.path.join(f, name) for f in (self.folder, *FONT_FOLDERS)) if os.path.exists(p)]
            self.fonts[pixels] = ImageFont.truetype(found[0], pixels)
        return self.fonts[pixels]


def load_recipe(path: str, draft: bool) -> Recipe:
    parser = configparser.ConfigParser(interpolation=None)
    with open(path, encoding="utf-8") as file:
        parser.read_file(file)
    renditions = []
    for name in parser.sections():
        if name.startswith("rendition "):
            group = parser[name]
            renditions.append(Rendition(
                name.removeprefix("rendition "), group["fit"], group.getint("width"), group.getint("height"),
                group["format"], group.getint("quality", 82), group.getboolean("watermark", False),
                group.getboolean("caption", False), group.getboolean("progressive", False),
                group.getboolean("optimise", False)))
    folder = os.path.dirname(os.path.abspath(path))
    watermark = Image.open(os.path.join(folder, parser["watermark"]["file"])).convert("RGBA")
    return Recipe(parser, folder, draft, renditions, watermark)


def place(image: Image.Image, size: tuple[int, int], margin: int, position: str) -> tuple[int, int]:
    left = image.width - size[0] - margin if position.endswith("right") else margin
    top = image.height - size[1] - margin if position.startswith("bottom") else margin
    return left, top


def decode(recipe: Recipe, path: str) -> Image.Image:
    """The picture upright, in sRGB."""
    image: Image.Image = Image.open(path)
    if recipe.draft:
        scale = max(r.scale(image.size) for r in recipe.renditions)
        image.draft("RGB", (round(image.width * scale), round(image.height * scale)))
    profile = image.info.get("icc_profile")
    upright = ImageOps.exif_transpose(image)
    if upright.mode in ("RGBA", "LA", "PA"):
        flat = Image.new("RGB", upright.size, recipe.parser["recipe"]["background"])
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
    scale = rendition.scale(image.size)
    if rendition.fit == "cover":
        wide, high = min(image.width, rendition.width), min(image.height, rendition.height)
        return ImageOps.fit(image, (wide, high), Image.Resampling.LANCZOS)
    if scale >= 1:
        return image.copy()
    size = max(1, round(image.width * scale)), max(1, round(image.height * scale))
    return image.resize(size, Image.Resampling.LANCZOS)


def scale_all(recipe: Recipe, image: Image.Image) -> dict[str, Image.Image]:
    """Each rendition from the next larger one that shows the whole picture."""
    made: dict[str, Image.Image] = {}
    source = image
    for rendition in sorted(recipe.renditions, key=lambda r: -r.scale(image.size)):
        scaled = reduce(source, rendition)
        if source is image and "convert_from" in image.info:
            scaled = ImageCms.profileToProfile(scaled, image.info["convert_from"], ImageCms.createProfile("sRGB"))
            if rendition.fit == "cover":
                source = ImageCms.profileToProfile(image, image.info["convert_from"], ImageCms.createProfile("sRGB"))
        made[rendition.name] = scaled
        if rendition.fit == "inside":
            source = scaled
    return made


def overlay(recipe: Recipe, rendition: Rendition, image: Image.Image, stem: str) -> Image.Image:
    """A copy with watermark and caption: the smaller renditions are made from the clean one."""
    if not rendition.watermark and not rendition.caption:
        return image
    image = image.copy()
    if rendition.watermark:
        group = recipe.parser["watermark"]
        mark = recipe.mark(image.width)
        image.paste(mark, place(image, mark.size, round(share(group["margin"]) * image.width), group["position"]), mark)
    if rendition.caption:
        group = recipe.parser["caption"]
        pixels = round(share(group["size"]) * image.width)
        if pixels >= 6:
            text, font, draw = group["text"].replace("{stem}", stem), recipe.font(pixels), ImageDraw.Draw(image, "RGBA")
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


def do_item(recipe: Recipe, root: str, out: str, path: str) -> float:
    """Makes all renditions; CPU milliseconds."""
    start = time.process_time()
    stem = os.path.splitext(os.path.basename(path))[0]
    scaled = scale_all(recipe, decode(recipe, os.path.join(root, path)))
    for rendition in recipe.renditions:
        data = encode(rendition, overlay(recipe, rendition, scaled[rendition.name], stem))
        hashlib.sha256(data).hexdigest()
        store(out, f"{rendition.name}/{path}.{EXTENSIONS[rendition.format]}", data)
    return (time.process_time() - start) * 1000


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipe", required=True)
    parser.add_argument("--root", required=True, help="folder of the inputs")
    parser.add_argument("--out", required=True, help="folder of the outputs")
    parser.add_argument("--draft", action="store_true", help="let the JPEG decoder reduce")
    parser.add_argument("--serve", action="store_true", help="paths come on standard input")
    parser.add_argument("paths", nargs="*")
    arguments = parser.parse_args()
    recipe = load_recipe(arguments.recipe, arguments.draft)
    for line in sys.stdin if arguments.serve else arguments.paths:
        path = line.rstrip("\n")
        try:
            answer = f"{do_item(recipe, arguments.root, arguments.out, path):.3f}"
        except (OSError, ValueError, SyntaxError) as error:
            answer = f"failed: {error}"
        print(answer if arguments.serve else f"{answer}\t{path}", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
