"""Inputs: a picture by Pillow, or the poster frame of a clip by the ffmpeg program; upright, 8 bits, sRGB."""
import io
import os
import re
import subprocess

from PIL import Image, ImageCms, ImageOps

from knee_reference.recipe import Recipe, Refused

Image.MAX_IMAGE_PIXELS = None  # the recipe has the limit
CLIPS = re.compile(rb"(?s)\x1aE\xdf\xa3|RIFF....AVI |....(moov|mdat|wide)|....ftyp(?!hei|mif1|msf1|avif|crx )")
ORIENTATION, ARTIST, COPYRIGHT, TAKEN, EXIF = 0x0112, 0x013B, 0x8298, 0x9003, 0x8769


def poster(path: str, recipe: Recipe) -> Image.Image:
    """The first frame from the offset on that is not black; when all are, the first."""
    said = ""
    for choice in ("blackframe=0,metadata=select:key=lavfi.blackframe.pblack:value=98:function=less", "null"):
        command = ["ffmpeg", "-v", "error", "-nostdin", "-threads", "1", "-ss", str(recipe.whole.clip_offset_s),
                   "-i", f"file:{path}", "-map", "0:v:0", "-vf", choice, "-frames:v", "1", "-threads", "1",
                   "-f", "image2pipe", "-c:v", "ppm", "-"]
        done = subprocess.run(command, capture_output=True, check=False)
        if done.stdout:
            return Image.open(io.BytesIO(done.stdout))
        said = done.stderr.decode(errors="replace").strip()
    raise Refused(said.splitlines()[-1] if said else "ffmpeg finds no frame in it")


def to_srgb(image: Image.Image, profile: bytes) -> Image.Image:
    """By the file's profile; as it is when there is none, or one that is damaged or for other channels."""
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        made = ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode="RGB")
        return made or image.convert("RGB")
    except (ImageCms.PyCMSError, OSError):  # of an empty profile, too
        return image.convert("RGB")


def to_rgb(image: Image.Image, background: str) -> Image.Image:
    profile = image.info.get("icc_profile") or b""
    if image.mode.startswith("I"):  # 16 bits
        image = image.convert("I").point(lambda sample: sample * (1 / 256)).convert("L")
    if image.mode == "F":
        raise Refused("its samples are floating-point numbers")
    if image.mode == "P":
        image = image.convert("RGBA" if "transparency" in image.info else "RGB")
    if image.mode not in ("LA", "RGBA", "PA"):
        return to_srgb(image, profile)
    colour, flat = image.convert("RGB"), Image.new("RGB", image.size, background)
    flat.paste(to_srgb(colour, profile), mask=image.getchannel("A"))
    return flat


def load(path: str, recipe: Recipe) -> tuple[str, Image.Image, Image.Exif]:
    """Kind, picture and EXIF of an item."""
    with open(path, "rb") as file:
        head = file.read(16)
    clip = CLIPS.match(head) or (recipe.whole.animated_gif == "clip" and head.startswith(b"GIF8"))
    if os.path.getsize(path) > recipe.whole.megabytes * 1e6:
        raise Refused(f"{os.path.getsize(path)} bytes are more than the recipe's limit")
    with poster(path, recipe) if clip else Image.open(path) as image:
        if image.width * image.height > recipe.whole.megapixels * 1e6:
            raise Refused(f"{image.width} x {image.height} pixels are more than the recipe's limit")
        kind, exif = "clip" if clip else str(image.format).lower(), image.getexif()
        upright = image.size[::-1] if exif.get(ORIENTATION, 1) >= 5 else image.size
        scale = max(rendition.scale(upright) for rendition in recipe.renditions)
        if scale < 1 and image.mode in ("L", "RGB"):  # the JPEG decoder reduces to a half, a quarter or an eighth
            image.draft(image.mode, (round(image.width * scale), round(image.height * scale)))
        return kind, to_rgb(ImageOps.exif_transpose(image), recipe.whole.background), exif
