"""Files of every kind of picture, made from photographs: what `make peers` compares kind by kind."""
import os
import random
import subprocess
from collections.abc import Callable

from PIL import Image, ImageDraw


def save(picture: Image.Image, to: str, **options: object) -> None:
    picture.save(to, **options)


def vips(*words: str) -> None:
    subprocess.run(["vips", *words], check=True, stdout=subprocess.DEVNULL)


def upright(path: str) -> Image.Image:
    with Image.open(path) as image:
        return image.convert("RGB")


def faded(path: str) -> Image.Image:
    """With alpha that falls from left to right, as a cut-out has at its edges."""
    picture = upright(path)
    ramp = Image.linear_gradient("L").rotate(90).resize(picture.size)
    picture.putalpha(ramp.point(lambda level: min(255, 2 * level)))
    return picture


def drawing(path: str) -> Image.Image:
    """Flat shapes on a transparent ground, 1200 x 900."""
    shape = random.Random(os.path.basename(path))
    picture = Image.new("RGBA", (1200, 900), (0, 0, 0, 0))
    draw = ImageDraw.Draw(picture)
    for _ in range(40):
        x, y, size = shape.randrange(1200), shape.randrange(900), shape.randrange(20, 300)
        draw.ellipse((x, y, x + size, y + size // 2), fill=tuple(shape.randrange(256) for _ in range(4)))
    return picture


def deep(path: str, to: str) -> None:
    vips("colourspace", path, f"{to}[compression=1]", "rgb16")


def avif(path: str, to: str) -> None:
    vips("heifsave", path, to, "--compression", "av1", "--Q", "60", "--effort", "2")


def converted(profile: str) -> Callable[[str, str], None]:
    return lambda path, to: vips("icc_transform", path, f"{to}[Q=90]", profile, "--input-profile", "srgb")


# Name, ending, and what makes a file of it from a photograph.
KINDS: list[tuple[str, str, Callable[[str, str], None]]] = [
    ("JPEG photographs", "jpg", lambda path, to: vips("copy", path, f"{to}[Q=90,strip]")),
    ("JPEG Display P3", "jpg", converted("p3")),
    ("JPEG CMYK with profile", "jpg", converted("cmyk")),
    ("WebP lossy", "webp", lambda path, to: save(upright(path), to, quality=85, method=2)),
    ("WebP lossless", "webp", lambda path, to: save(upright(path), to, lossless=True, quality=10, method=0)),
    ("PNG RGB", "png", lambda path, to: save(upright(path), to, compress_level=3)),
    ("PNG RGBA", "png", lambda path, to: save(faded(path), to, compress_level=3)),
    ("PNG RGBA, small drawing", "png", lambda path, to: save(drawing(path), to)),
    ("PNG palette", "png", lambda path, to: save(upright(path).quantize(128), to)),
    ("PNG 16 bit", "png", deep),
    ("TIFF LZW", "tif", lambda path, to: save(upright(path), to, compression="tiff_lzw")),
    ("GIF", "gif", lambda path, to: save(upright(path).quantize(128), to)),
    ("AVIF", "avif", avif),
]


def make(root: str, photographs: list[str], folder: str, wanted: str = "") -> dict[str, list[str]]:
    """The files below folder, as paths in it, for each kind whose name has the wanted text."""
    made: dict[str, list[str]] = {}
    for number, (name, ending, maker) in enumerate(KINDS):
        if wanted not in name:
            continue
        os.makedirs(os.path.join(folder, f"{number:02}"), exist_ok=True)
        for index, photograph in enumerate(photographs):
            path = f"{number:02}/{index:02}.{ending}"
            if not os.path.exists(os.path.join(folder, path)):
                maker(os.path.join(root, photograph), os.path.join(folder, path))
            made.setdefault(name, []).append(path)
    return made
