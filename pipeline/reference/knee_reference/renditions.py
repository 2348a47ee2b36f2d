"""Renditions: scaled, with watermark and caption, encoded."""
import functools
import io
import os
import re
import time
from typing import Any

from PIL import Image, ImageCms, ImageDraw, ImageFilter, ImageFont

from knee_reference.picture import ARTIST, COPYRIGHT, EXIF, TAKEN
from knee_reference.recipe import Overlay, Recipe, Rendition


def srgb_profile() -> bytes:
    """Without the date in its header, which would be another in every run."""
    profile = bytes(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    return profile[:24] + bytes(12) + profile[36:]


def resized(rendition: Rendition, image: Image.Image, size: tuple[int, int], background: str) -> Image.Image:
    """A copy of image, which shows the whole of a picture of that size, in the box of the rendition."""
    scale = rendition.scale(size)
    width, height = (max(1, round(length * scale)) for length in size)
    scaled = image.resize((width, height), Image.Resampling.LANCZOS, reducing_gap=3.0)
    if rendition.fit == "inside":
        return scaled
    if rendition.fit == "contain":
        canvas = Image.new("RGB", (rendition.width, rendition.height), background)
        canvas.paste(scaled, at(rendition.gravity, rendition.width - width, rendition.height - height))
        return canvas
    kept = min(width, rendition.width), min(height, rendition.height)
    left, top = at(rendition.gravity, width - kept[0], height - kept[1])
    return scaled.crop((left, top, left + kept[0], top + kept[1]))


def at(place: str, across: int, down: int) -> tuple[int, int]:
    """Where a box goes that has so much room across and down."""
    left = 0 if place.endswith(("west", "left")) else across if place.endswith(("east", "right")) else across // 2
    top = 0 if place.startswith(("north", "top")) else down if place.startswith(("south", "bottom")) else down // 2
    return left, top


def corner(image: Image.Image, box: tuple[int, int], overlay: Overlay) -> tuple[int, int] | None:
    """Where an overlay goes; None: it does not fit."""
    margin = round(overlay.margin * image.width)
    left, top = at(overlay.position, image.width - box[0] - 2 * margin, image.height - box[1] - 2 * margin)
    fits = 0 <= left + margin <= image.width - box[0] and 0 <= top + margin <= image.height - box[1]
    return (left + margin, top + margin) if fits else None


class Studio:
    """Recipe, watermark and fonts: loaded once, then used for every item."""

    def __init__(self, recipe: Recipe) -> None:
        self.recipe = recipe
        self.watermark = Image.open(recipe.watermark.file).convert("RGBA") if recipe.watermark.file else None
        self.kept_tags = (ARTIST, COPYRIGHT) if "copyright" in recipe.whole.keep else ()
        self.profile = srgb_profile() if "icc" in recipe.whole.keep else None
        if recipe.caption.font:
            self.font(round(recipe.caption.size * max(r.width for r in recipe.renditions if r.caption)))

    @functools.cache
    def font(self, pixels: int) -> ImageFont.FreeTypeFont:
        return ImageFont.truetype(self.recipe.caption.font, pixels)

    @functools.cache
    def mark(self, width: int) -> Image.Image:
        """The watermark for a rendition of that width."""
        assert self.watermark
        wide = max(1, round(self.recipe.watermark.width * width))
        mark = self.watermark.resize((wide, max(1, round(self.watermark.height * wide / self.watermark.width))))
        mark.putalpha(mark.getchannel("A").point([round(a * self.recipe.watermark.opacity) for a in range(256)]))
        return mark

    def draw_caption(self, image: Image.Image, text: str) -> None:
        """A dark shadow below, then white: readable on any picture."""
        pixels = round(self.recipe.caption.size * image.width)
        if pixels < 6 or not text.strip():
            return
        font, draw, shadow = self.font(pixels), ImageDraw.Draw(image, "RGBA"), max(1, pixels // 12)
        width, height = font.getbbox(text)[2:]
        most = image.width - 2 * round(self.recipe.caption.margin * image.width)
        if place := corner(image, (min(width, most), height), self.recipe.caption):
            draw.text((place[0] + shadow, place[1] + shadow), text, font=font, fill=(0, 0, 0, 170))
            draw.text(place, text, font=font, fill=(255, 255, 255, 230))

    def caption(self, path: str, index: int, exif: Image.Exif) -> str:
        """The text for an item; an unknown date is empty."""
        try:
            taken = time.strptime(str(exif.get_ifd(EXIF).get(TAKEN, "")).strip("\0 "), "%Y:%m:%d %H:%M:%S")
        except ValueError:
            taken = None
        words = {"{{": "{", "}}": "}", "{index}": str(index), "{stem}": os.path.splitext(os.path.basename(path))[0]}
        return re.sub(r"\{\{|\}\}|\{stem\}|\{index\}|\{taken(?::([^}]*))?\}",
                      lambda m: words.get(m[0], time.strftime(m[1] or "%Y-%m-%d", taken) if taken else ""),
                      self.recipe.caption.text)

    def encode(self, rendition: Rendition, image: Image.Image, exif: Image.Exif) -> bytes:
        kept = Image.Exif()
        kept.update({tag: exif[tag] for tag in self.kept_tags if tag in exif})
        words: dict[str, Any] = {"icc_profile": self.profile} | ({"exif": kept.tobytes()} if len(kept) else {})
        if rendition.format == "jpeg":
            full = rendition.subsampling == "444" or (rendition.subsampling == "auto" and rendition.quality >= 90)
            words |= {"quality": rendition.quality, "subsampling": "4:4:4" if full else "4:2:0",
                      "optimize": rendition.optimise, "progressive": rendition.progressive}
        elif rendition.format == "webp":
            words |= {"quality": rendition.quality, "method": 4}
        else:
            words |= {"compress_level": rendition.compression}
        buffer = io.BytesIO()
        image.save(buffer, rendition.format.upper(), **words)
        return buffer.getvalue()

    def make(self, picture: Image.Image, text: str, exif: Image.Exif) -> list[bytes]:
        """In the recipe's order; each is reduced from the next larger one that shows all of the picture."""
        made, whole = {}, picture
        for rendition in sorted(self.recipe.renditions, key=lambda r: -r.scale(picture.size)):
            image = resized(rendition, whole, picture.size, self.recipe.whole.background)
            if rendition.fit == "inside" and rendition.scale(picture.size) <= 1:
                whole = image.copy()
            if rendition.sharpen:
                image = image.filter(ImageFilter.UnsharpMask(0.85, round(100 * rendition.sharpen), 0))
            if rendition.watermark:
                mark = self.mark(image.width)
                if place := corner(image, mark.size, self.recipe.watermark):
                    image.paste(mark, place, mark)
            if rendition.caption:
                self.draw_caption(image, text)
            made[rendition] = self.encode(rendition, image, exif)
        return [made[rendition] for rendition in self.recipe.renditions]
