"""Inputs of every kind that knee reads, made by independent tools: Pillow, the vips command line, ImageMagick, libjpeg-turbo's
cjpeg, ffmpeg, and a PNG writer of our own for every bit depth.

Each shows the same picture of 160 x 96: four quarters of known colours. A maker returns nothing; where its tool cannot do it
here, it raises Unavailable with the reason.
"""
import os
import struct
import subprocess
import zlib
from dataclasses import dataclass, field
from typing import Callable

import numpy
import numpy.typing
from PIL import Image

Bytes = numpy.typing.NDArray[numpy.uint8]
Colour = tuple[int, ...]

WIDTH, HEIGHT = 160, 96
# Top left, top right, bottom left, bottom right: within what print and film can show.
QUARTERS: list[Colour] = [(190, 70, 60), (70, 150, 90), (70, 90, 170), (215, 215, 215)]
BACKGROUND = (0, 255, 255)  # of the recipe; shines through what is transparent


class Unavailable(Exception):
    """The tool that makes this kind is not here or cannot."""


@dataclass
class Case:
    name: str
    make: Callable[[str], None]
    size: tuple[int, int] = (WIDTH, HEIGHT)
    colours: list[Colour] = field(default_factory=lambda: QUARTERS)
    tolerance: int = 4
    recipe: str = "plain"
    refused: str = ""  # a word of the reason, for what must not be read


def grey(colour: Colour) -> Colour:
    return (round(0.299 * colour[0] + 0.587 * colour[1] + 0.114 * colour[2]),) * 3


GREYS = [grey(c) for c in QUARTERS]


def quarters(colours: list[Colour] | None = None, width: int = WIDTH, height: int = HEIGHT) -> Bytes:
    colours = colours or QUARTERS
    picture = numpy.empty((height, width, len(colours[0])), dtype=numpy.uint8)
    for i, colour in enumerate(colours):
        picture[i // 2 * height // 2:(i // 2 + 1) * height // 2, i % 2 * width // 2:(i % 2 + 1) * width // 2] = colour
    return picture


def tool(*command: str) -> None:
    """Runs a tool; what it says when it fails is the reason."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False)
    except FileNotFoundError as error:
        raise Unavailable(f"{command[0]} is missing: make deps") from error
    if done.returncode:
        raise Unavailable(f"{command[0]}: {(done.stderr.strip().splitlines() or ['no reason given'])[-1][:120]}")


def base(path: str, name: str = "base.png") -> str:
    """The picture as a PNG in the folder above; returns its path."""
    where = os.path.join(os.path.dirname(os.path.dirname(path)), name)
    if not os.path.exists(where):
        Image.fromarray(quarters()).save(where)
    return where


# --- makers: each returns what makes a file --------------------------------------------------------------------------
def pillow(mode: str = "RGB", **options: object) -> Callable[[str], None]:
    def make(path: str) -> None:
        Image.fromarray(quarters()).convert(mode).save(path, **options)
    return make


def clear(**options: object) -> Callable[[str], None]:
    """The bottom right quarter is transparent."""
    def make(path: str) -> None:
        alpha = quarters([(255,), (255,), (255,), (0,)])
        Image.fromarray(numpy.concatenate([quarters(), alpha], axis=2), "RGBA").save(path, **options)
    return make


def bilevel(path: str) -> None:
    """Black and white, as a fax is stored."""
    Image.fromarray(quarters()).convert("L").point(lambda v: 255 if v >= 128 else 0).convert("1").save(path, compression="group4")


def deep_grey(path: str) -> None:
    png(16, 0)(path + ".png")
    try:
        tool("vips", "copy", path + ".png", path)
    finally:
        os.remove(path + ".png")


def vips(operation: str, *arguments: str, save: str = "") -> Callable[[str], None]:
    """vips OPERATION base PATH[save] arguments"""
    def make(path: str) -> None:
        tool("vips", operation, base(path), path + save, *arguments)
    return make


def vips_two(first: list[str], second: list[str], save: str = "") -> Callable[[str], None]:
    """Two operations, one after the other."""
    def make(path: str) -> None:
        between = path + ".v"
        try:
            tool("vips", first[0], base(path), between, *first[1:])
            tool("vips", second[0], between, path + save, *second[1:])
        finally:
            if os.path.exists(between):
                os.remove(between)
    return make


def magick(*arguments: str, prefix: str = "") -> Callable[[str], None]:
    def make(path: str) -> None:
        tool("/usr/bin/convert", base(path), *arguments, prefix + path)
    return make


def jxl(first: Callable[[str], None], *arguments: str) -> Callable[[str], None]:
    """The PNG that the first maker makes, by cjxl."""
    def make(path: str) -> None:
        first(path + ".png")
        try:
            tool("cjxl", path + ".png", path, "--quiet", *arguments)
        finally:
            os.remove(path + ".png")
    return make


def cjpeg(*arguments: str) -> Callable[[str], None]:
    def make(path: str) -> None:
        Image.fromarray(quarters()).save(path + ".ppm")
        try:
            tool("cjpeg", "-quality", "95", *arguments, "-outfile", path, path + ".ppm")
        finally:
            os.remove(path + ".ppm")
    return make


def oriented(orientation: int) -> Callable[[str], None]:
    """Stored so that EXIF's orientation makes it upright."""
    turn = {2: Image.Transpose.FLIP_LEFT_RIGHT, 3: Image.Transpose.ROTATE_180, 4: Image.Transpose.FLIP_TOP_BOTTOM,
            5: Image.Transpose.TRANSPOSE, 6: Image.Transpose.ROTATE_90, 7: Image.Transpose.TRANSVERSE,
            8: Image.Transpose.ROTATE_270}

    def make(path: str) -> None:
        image = Image.fromarray(quarters())
        if orientation in turn:
            image = image.transpose(turn[orientation])
        exif = Image.Exif()
        exif[0x0112] = orientation
        image.save(path, quality=95, subsampling=0, exif=exif.tobytes())
    return make


def png(depth: int, colour_type: int, transparent: bool = False) -> Callable[[str], None]:
    """A PNG of that depth and colour type (0 grey, 2 RGB, 3 palette, 4 grey with alpha, 6 RGB with alpha). With alpha, the
    bottom right quarter is clear; so it is with transparent, by a tRNS chunk."""
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    def samples(y: int) -> list[int]:
        row: list[int] = []
        top = (1 << depth) - 1
        for x in range(WIDTH):
            quarter = (y >= HEIGHT // 2) * 2 + (x >= WIDTH // 2)
            if colour_type == 3:
                row.append(quarter)
                continue
            colour = GREYS[quarter][:1] if colour_type in (0, 4) else QUARTERS[quarter]
            row += [round(value * top / 255) for value in colour]
            if colour_type in (4, 6):
                row.append(0 if quarter == 3 else top)
        return row

    def make(path: str) -> None:
        raw = b""
        for y in range(HEIGHT):
            bits = "".join(format(sample, f"0{depth}b") for sample in samples(y))
            raw += b"\0" + int(bits, 2).to_bytes((len(bits) + 7) // 8, "big")
        header = struct.pack(">IIBBBBB", WIDTH, HEIGHT, depth, colour_type, 0, 0, 0)
        data = b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header)
        if colour_type == 3:
            data += chunk(b"PLTE", b"".join(bytes(colour) for colour in QUARTERS))
        if transparent:
            data += chunk(b"tRNS", b"\xff\xff\xff\0")
        with open(path, "wb") as file:
            file.write(data + chunk(b"IDAT", zlib.compress(raw)) + chunk(b"IEND", b""))
    return make


def animation(form: str) -> Callable[[str], None]:
    """The picture, then a black one."""
    def make(path: str) -> None:
        first, second = Image.fromarray(quarters()), Image.new("RGB", (WIDTH, HEIGHT))
        options: dict[str, object] = {"lossless": True} if form == "WEBP" else {}
        first.save(path, form, save_all=True, append_images=[second], duration=100, **options)
    return make


def late_gif(path: str) -> None:
    """Black, then the picture."""
    Image.new("RGB", (WIDTH, HEIGHT)).save(path, "GIF", save_all=True, append_images=[Image.fromarray(quarters())], duration=100)


def film(*arguments: str, before: str = "", filters: str = "") -> Callable[[str], None]:
    """A clip of 12 frames by ffmpeg; before: a source that is shown first; filters: on the picture."""
    def make(path: str) -> None:
        shown = f"[0:v]fps=12,trim=duration=1{',' + filters if filters else ''}[shown]"
        graph = f"{before}[before];{shown};[before][shown]concat" if before else f"{shown};[shown]null"
        tool("ffmpeg", "-v", "error", "-y", "-loop", "1", "-t", "1", "-i", base(path), "-filter_complex", graph,
             "-threads", "1", *arguments, path)
    return make


def still(*arguments: str) -> Callable[[str], None]:
    """One picture by ffmpeg, in colours as AVIF has them."""
    def make(path: str) -> None:
        tool("ffmpeg", "-v", "error", "-y", "-i", base(path), "-vf", "scale=out_color_matrix=bt601:flags=accurate_rnd", "-colorspace",
             "smpte170m", "-frames:v", "1", *arguments, path)
    return make


def turned(degrees: int) -> Callable[[str], None]:
    """A clip whose display matrix turns it, counter-clockwise as ffmpeg counts."""
    def make(path: str) -> None:
        film(*H264)(path + ".mp4")
        try:
            tool("ffmpeg", "-v", "error", "-y", "-i", path + ".mp4", "-c", "copy", "-metadata:s:v:0", f"rotate={degrees}", path)
        finally:
            os.remove(path + ".mp4")
    return make


def text(content: str) -> Callable[[str], None]:
    def make(path: str) -> None:
        with open(path, "w", encoding="utf-8") as file:
            file.write(content)
    return make


H264 = ("-c:v", "libx264", "-qp", "8", "-pix_fmt", "yuv420p")
BT709 = ("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709")
TO_709 = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd,format=yuv444p"
BLACK = f"color=black:size={WIDTH}x{HEIGHT}:rate=12:duration=0.5,format=rgb24"
