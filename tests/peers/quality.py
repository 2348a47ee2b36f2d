"""How near each program's renditions, made without watermark and caption, come to a common reference.

The reference is made by Pillow, for want of a neutral party: the input decoded whole, upright, in sRGB, each rendition
reduced by Lanczos from the whole picture in one step, kept unencoded. Where a program rounds a side to the next pixel,
the reference is made of that size.
"""
import io
import os

import numpy
from PIL import Image, ImageCms, ImageOps

from fidelity_metrics import Picture, read_rgb, ssim
from peers.measure import Row
from peers.recipe import Recipe, Rendition
from peers.tools import Unmeasured


def upright(path: str) -> Image.Image:
    """The whole picture as it should be seen, RGB in sRGB."""
    with Image.open(path) as image:
        profile = image.info.get("icc_profile")
        picture = ImageOps.exif_transpose(image).convert("RGB")
    if profile:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        converted = ImageCms.profileToProfile(picture, source, ImageCms.createProfile("sRGB"))
        assert converted
        picture = converted
    return picture


def reference(picture: Image.Image, rendition: Rendition, size: tuple[int, int]) -> Picture:
    if rendition.fit == "cover":
        made = ImageOps.fit(picture, size, Image.Resampling.LANCZOS)
    else:
        made = picture.resize(size, Image.Resampling.LANCZOS)
    return numpy.asarray(made, dtype=numpy.uint8)


def compare(row: Row, recipe: Recipe, path: str, picture: Image.Image,
            references: dict[tuple[str, int, int], Picture]) -> None:
    for rendition in recipe.renditions:
        file = os.path.join(row.tool.call.out, rendition.output(path))
        made, due = read_rgb(file), rendition.size(picture.size)
        size = made.shape[1], made.shape[0]
        if max(abs(size[0] - due[0]), abs(size[1] - due[1])) > 1:
            raise Unmeasured(f"{rendition.name} of {path} is {size[0]} x {size[1]}, due is {due[0]} x {due[1]}")
        key = rendition.name, *size
        if key not in references:
            references[key] = reference(picture, rendition, size)
        row.ssim.setdefault(rendition.name, []).append(ssim(made, references[key]))


def measure_quality(rows: list[Row], recipe: Recipe, root: str, paths: list[str]) -> None:
    """Fills the rows' ssim; the programs must have been started, and are stopped."""
    try:
        for path in paths:
            picture, references = upright(os.path.join(root, path)), dict[tuple[str, int, int], Picture]()
            for row in rows:
                if row.tool.trouble:
                    continue
                try:
                    row.tool.run([path])
                    compare(row, recipe, path, picture, references)
                except (Unmeasured, OSError) as why:
                    row.tool.trouble, row.ssim = str(why), {}
    finally:
        for row in rows:
            row.tool.stop()
