#!/usr/bin/python3
"""Writes the small pictures of colours.t into a folder: usage: colours_make.py FOLDER

FOLDER/../cmyk.tif and FOLDER/../p3.tif hold a profile each.
Each shows four colours in its quarters. TIFF and PNG are written by hand, for no tool writes their odd kinds.
"""
import io
import math
import struct
import sys
import zlib
from typing import Callable, Sequence

from PIL import Image, ImageCms

WIDTH, HEIGHT = 64, 48
COLOURS = [(200, 40, 40), (40, 200, 40), (40, 40, 200), (200, 200, 40)]
GREYS = [30, 90, 150, 220]
INKS = [(0, 200, 200, 20), (200, 0, 200, 20), (200, 200, 0, 20), (0, 0, 200, 20)]
ALPHA = [255, 128, 255, 64]
FOLDER = sys.argv[1]


def save(name: str, data: bytes) -> None:
    with open(f"{FOLDER}/{name}", "wb") as file:
        file.write(data)


def pixels(of: Callable[[int], bytes], width: int = WIDTH, height: int = HEIGHT) -> bytes:
    """The bytes of all pixels; `of` gives those of a quarter."""
    return b"".join(of(x * 2 // width + 2 * (y * 2 // height)) for y in range(height) for x in range(width))


def profile_of(name: str) -> bytes:
    with Image.open(f"{FOLDER}/../{name}") as image:
        return bytes(image.info["icc_profile"])


# --- TIFF -----------------------------------------------------------------------------------------------------------
Tags = list[tuple[int, int, Sequence[int]]]


def directory(tags: Tags, at: int, after: int, order: str = "<") -> bytes:
    """A directory at an offset of the file, with what does not fit into its entries; after: offset of the next; order: "<"
    little-endian, ">" big-endian."""
    body = at + 2 + 12 * len(tags) + 4
    entries, more = b"", b""
    for tag, kind, values in sorted(tags):
        data = struct.pack(order + "%d%s" % (len(values), {1: "B", 3: "H", 4: "I"}[kind]), *values)
        place = struct.pack(order + "I", body + len(more)) if len(data) > 4 else data.ljust(4, b"\0")
        entries += struct.pack(order + "HHI", tag, kind, len(values)) + place
        more += data + b"\0" * (len(data) & 1) if len(data) > 4 else b""
    return struct.pack(order + "H", len(tags)) + entries + struct.pack(order + "I", after) + more


def picture(data: bytes, at: int, samples: int, bits: int, kind: int, meaning: int, more: Tags,
            width: int = WIDTH, height: int = HEIGHT) -> Tags:
    return [(256, 3, [width]), (257, 3, [height]), (258, 3, [bits] * samples), (259, 3, [1]), (262, 3, [meaning]),
            (273, 4, [at]), (277, 3, [samples]), (278, 3, [height]), (279, 4, [len(data)]), (284, 3, [1]),
            (339, 3, [kind] * samples)] + more


def tiff(name: str, samples: int, bits: int, kind: int, meaning: int, data: bytes, extra: Sequence[int] = (),
         order: str = "<") -> None:
    """kind: SampleFormat. meaning: PhotometricInterpretation. extra: ExtraSamples. order: of the bytes."""
    more: Tags = [(338, 3, extra)] if extra else []
    tags = picture(data, 8, samples, bits, kind, meaning, more)
    at = 8 + len(data)
    head = {"<": b"II", ">": b"MM"}[order] + struct.pack(order + "HI", 42, at)
    save(name, head + data + directory(tags, at, 0, order))


def wide(bits: int, order: str) -> bytes:
    """The colours as highest bytes; the others are 0, so that their order counts."""
    return pixels(lambda q: b"".join((v << (bits - 8)).to_bytes(bits // 8, "little" if order == "<" else "big")
                                     for v in COLOURS[q]))


def packed(bits: int) -> bytes:
    """The colours in samples of that many bits, the highest first; each row in whole bytes."""
    rows = b""
    for y in range(HEIGHT):
        values = [round(v * (2 ** bits - 1) / 255) for x in range(WIDTH) for v in COLOURS[x * 2 // WIDTH + 2 * (y * 2 // HEIGHT)]]
        row = "".join(f"{v:0{bits}b}" for v in values)
        rows += int(row.ljust(-len(row) % 8 + len(row), "0"), 2).to_bytes((len(row) + 7) // 8, "big")
    return rows


def float24(value: float) -> bytes:
    """Of a value from 2^-62 on: 7 bits of exponent, 16 of mantissa."""
    mantissa, exponent = math.frexp(value)
    return struct.pack("<I", (exponent - 1 + 63) << 16 | int((mantissa * 2 - 1) * 65536))[:3]


def planes(name: str) -> None:
    """16 bits, the samples of each colour by themselves, in tiles of 32x16, of which the last row is not full."""
    tiles = [struct.pack("<512H", *(COLOURS[x * 2 // WIDTH + 2 * (min(y, HEIGHT - 1) * 2 // HEIGHT)][k] * 257
                                    for y in range(top, top + 16) for x in range(left, left + 32)))
             for k in range(3) for top in range(0, HEIGHT, 16) for left in range(0, WIDTH, 32)]
    places = [8 + 1024 * i for i in range(len(tiles))]
    tags = [t for t in picture(b"", 8, 3, 16, 1, 2, []) if t[0] not in (273, 278, 279, 284)]
    tags += [(284, 3, [2]), (322, 3, [32]), (323, 3, [16]), (324, 4, places), (325, 4, [1024] * len(tiles))]
    at = 8 + 1024 * len(tiles)
    save(name, b"II*\0" + struct.pack("<I", at) + b"".join(tiles) + directory(tags, at, 0))


def ycbcr(name: str, across: int, down: int) -> None:
    """Without compression: units of the luma of across x down pixels, then their chroma."""
    units = b""
    for y in range(0, HEIGHT, down):
        for x in range(0, WIDTH, across):
            r, g, b = COLOURS[x * 2 // WIDTH + 2 * (y * 2 // HEIGHT)]
            luma = 0.299 * r + 0.587 * g + 0.114 * b
            units += bytes([round(luma)] * (across * down) + [round(128 + (b - luma) / 1.772), round(128 + (r - luma) / 1.402)])
    tiff_of_units(name, 1, units, [(530, 3, [across, down])])


def old_jpeg(name: str) -> None:
    """JPEG as in TIFF 6.0: a whole file, to which two tags point."""
    rgb = Image.frombytes("RGB", (WIDTH, HEIGHT), pixels(lambda q: bytes(COLOURS[q])))
    buffer = io.BytesIO()
    rgb.save(buffer, "JPEG", quality=98, subsampling=2)
    tiff_of_units(name, 6, buffer.getvalue(), [(513, 4, [8]), (514, 4, [len(buffer.getvalue())]), (530, 3, [2, 2])])


def tiff_of_units(name: str, compression: int, data: bytes, more: Tags) -> None:
    tags = [t for t in picture(data, 8, 3, 8, 1, 6, more) if t[0] not in (259, 339)] + [(259, 3, [compression])]
    save(name, b"II*\0" + struct.pack("<I", 8 + len(data) + len(data) % 2) + data + b"\0" * (len(data) % 2) +
         directory(tags, 8 + len(data) + len(data) % 2, 0))


def mask_first(name: str, rgb: bytes) -> None:
    """The first page is the transparency mask of the second."""
    mask = b"\xff" * (WIDTH // 8 * HEIGHT)
    at = 8 + len(rgb) + len(mask)
    first = picture(mask, 8 + len(rgb), 1, 1, 1, 4, [(254, 4, [4])])
    save(name, b"II*\0" + struct.pack("<I", at) + rgb + mask + directory(first, at, at + len(directory(first, at, 0))) +
         directory(picture(rgb, 8, 3, 8, 1, 2, []), at + len(directory(first, at, 0)), 0))


def tiffs() -> None:
    pack = struct.pack
    rgb = pixels(lambda q: bytes(COLOURS[q]))
    tiff("rgb.tif", 3, 8, 1, 2, rgb)
    tiff("grey.tif", 1, 8, 1, 1, pixels(lambda q: bytes([GREYS[q]])))
    tiff("float.tif", 3, 32, 3, 2, pixels(lambda q: pack("<3f", *(v / 255 for v in COLOURS[q]))))
    tiff("float-grey.tif", 1, 32, 3, 1, pixels(lambda q: pack("<f", GREYS[q] / 255)))
    tiff("signed8.tif", 1, 8, 2, 1, pixels(lambda q: pack("<b", (0, 40, 90, 127)[q])))
    tiff("signed16.tif", 3, 16, 2, 2, pixels(lambda q: pack("<3h", *(v * 128 for v in COLOURS[q]))))
    tiff("negative16.tif", 1, 16, 2, 1, pixels(lambda q: pack("<h", (-32768, -5000, -1, 0)[q])))
    tiff("grey16.tif", 1, 16, 1, 1, pixels(lambda q: pack("<H", GREYS[q] * 257)))
    tiff("white-is-zero16.tif", 1, 16, 1, 0, pixels(lambda q: pack("<H", 65535 - GREYS[q] * 257)))
    tiff("rgb16.tif", 3, 16, 1, 2, pixels(lambda q: pack("<3H", *(v * 257 for v in COLOURS[q]))))
    tiff("grey32.tif", 1, 32, 1, 1, pixels(lambda q: pack("<I", GREYS[q] * 16843009)))
    tiff("rgb32.tif", 3, 32, 1, 2, pixels(lambda q: pack("<3I", *(v * 16843009 for v in COLOURS[q]))))
    tiff("straight.tif", 4, 8, 1, 2, pixels(lambda q: bytes(COLOURS[q] + (ALPHA[q],))), [2])
    tiff("premultiplied.tif", 4, 8, 1, 2,
         pixels(lambda q: bytes([round(v * ALPHA[q] / 255) for v in COLOURS[q]] + [ALPHA[q]])), [1])
    tiff("premultiplied16.tif", 4, 16, 1, 2,
         pixels(lambda q: pack("<4H", *[round(v * 257 * ALPHA[q] / 255) for v in COLOURS[q]], ALPHA[q] * 257)), [1])
    tiff("grey-alpha16.tif", 2, 16, 1, 1, pixels(lambda q: pack("<2H", GREYS[q] * 257, ALPHA[q] * 257)), [2])
    tiff("alpha-and-more.tif", 5, 8, 1, 2, pixels(lambda q: bytes(COLOURS[q] + (ALPHA[q], 3))), [2, 0])
    tiff("unspecified.tif", 4, 8, 1, 2, pixels(lambda q: bytes(COLOURS[q] + (ALPHA[q],))), [0])
    tiff("unspecified2.tif", 5, 8, 1, 2, pixels(lambda q: bytes(COLOURS[q] + (ALPHA[q], 3))), [0, 0])
    tiff("grey-unspecified.tif", 2, 8, 1, 1, pixels(lambda q: bytes([GREYS[q], ALPHA[q]])), [0])
    tiff("premultiplied-float.tif", 4, 32, 3, 2,
         pixels(lambda q: pack("<4f", *(v * ALPHA[q] / 65025 for v in COLOURS[q]), ALPHA[q] / 255)), [1])
    tiff("grey-premultiplied-float.tif", 2, 32, 3, 1,
         pixels(lambda q: pack("<2f", GREYS[q] * ALPHA[q] / 65025, ALPHA[q] / 255)), [1])
    tiff("white-is-zero-float.tif", 1, 32, 3, 0, pixels(lambda q: pack("<f", 1 - GREYS[q] / 255)))
    tiff("half.tif", 3, 16, 3, 2, pixels(lambda q: pack("<3e", *(v / 255 for v in COLOURS[q]))))
    tiff("double.tif", 1, 64, 3, 1, pixels(lambda q: pack("<d", GREYS[q] / 255)))
    tiff("whole64.tif", 1, 64, 1, 1, pixels(lambda q: pack("<Q", GREYS[q] * (2 ** 64 - 1) // 255)))
    tiff("premultiplied32.tif", 4, 32, 1, 2, pixels(
        lambda q: pack("<4I", *[round(v * 16843009 * ALPHA[q] / 255) for v in COLOURS[q]], ALPHA[q] * 16843009)), [1])
    tiff("premultiplied-signed16.tif", 4, 16, 2, 2, pixels(
        lambda q: pack("<4h", *[round(v * 128 * ALPHA[q] / 255) for v in COLOURS[q]], ALPHA[q] * 128)), [1])
    tiff("white-is-zero-signed16.tif", 1, 16, 2, 0, pixels(lambda q: pack("<h", 32767 - GREYS[q] * 128)))
    for bits in (4, 10, 12, 14):
        tiff(f"rgb{bits}.tif", 3, bits, 1, 2, packed(bits))
    for bits in (24, 32, 40, 48, 56, 64):
        for order, end in (("<", "little"), (">", "big")):
            tiff(f"{end}{bits}.tif", 3, bits, 1, 2, wide(bits, order), order=order)
    tiff("float24.tif", 1, 24, 3, 1, pixels(lambda q: float24(GREYS[q] / 255)))
    tiff("complex.tif", 1, 64, 6, 1, pixels(lambda q: pack("<2f", 0.5, 0.5)))
    planes("planes-in-tiles.tif")
    for grid in ((1, 1), (2, 1), (2, 2), (4, 2)):
        ycbcr("ycbcr%d%d.tif" % grid, *grid)
    old_jpeg("old-jpeg.tif")
    with open(f"{FOLDER}/old-jpeg.tif", "rb") as file:
        whole = file.read()
    at = whole.index(b"\xff\xda") + 200  # in the scan's data: a marker that ends it
    save("old-jpeg-damaged.tif", whole[:at] + b"\xff\xd9" + whole[at + 2:])
    mask_first("mask-first.tif", rgb)
    tiff("many.tif", 70, 8, 1, 1, pixels(lambda q: bytes(70)), [0] * 69)
    tiff("cmyk.tif", 4, 8, 1, 5, pixels(lambda q: bytes(INKS[q])))
    tiff("cmyk16.tif", 4, 16, 1, 5, pixels(lambda q: pack("<4H", *(v * 257 for v in INKS[q]))))
    tiff("spot.tif", 5, 8, 1, 5, pixels(lambda q: bytes(INKS[q] + (99,))), [0])
    tiff("spots.tif", 6, 8, 1, 5, pixels(lambda q: bytes(INKS[q] + (99, 3))), [0, 0])
    tiff("spot16.tif", 5, 16, 1, 5, pixels(lambda q: pack("<5H", *(v * 257 for v in INKS[q]), 999)), [0])
    # A thumbnail first: the full picture is the next page, or below the first, or a sensor's.
    small = pixels(lambda q: b"\x80\x80\x80", 16, 12)
    for name, below, meaning, reduced in (("next.tif", False, 2, 1), ("below.tif", True, 2, 1), ("raw.dng", True, 32803, 1),
                                          ("untagged.tif", False, 2, None), ("called-full.tif", False, 2, 0)):
        at = 8 + len(rgb) + len(small)
        full = picture(rgb, 8, 3, 8, 1, meaning, [])
        first = picture(small, 8 + len(rgb), 3, 8, 1, 2, [] if reduced is None else [(254, 4, [reduced])], 16, 12)
        place = at + len(directory(first + ([(330, 4, [0])] if below else []), at, 0))
        if below:
            first.append((330, 4, [place]))
        save(name, b"II*\0" + struct.pack("<I", at) + rgb + small +
             directory(first, at, 0 if below else place) + directory(full, place, 0))


# --- PNG ------------------------------------------------------------------------------------------------------------
def png(name: str, *chunks: tuple[bytes, bytes], after: Sequence[tuple[bytes, bytes]] = ()) -> None:
    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    rows = b"".join(b"\0" + pixels(lambda q: bytes(COLOURS[q]))[y * WIDTH * 3:(y + 1) * WIDTH * 3]
                    for y in range(HEIGHT))
    save(name, b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">2I5B", WIDTH, HEIGHT, 8, 2, 0, 0, 0)) +
         b"".join(chunk(*c) for c in chunks) + chunk(b"IDAT", zlib.compress(rows)) +
         b"".join(chunk(*c) for c in after) + chunk(b"IEND", b""))


def pngs() -> None:
    profile = (b"iCCP", b"p3\0\0" + zlib.compress(profile_of("p3.tif")))
    adobe = (b"cHRM", struct.pack(">8I", 31270, 32900, 64000, 33000, 21000, 71000, 15000, 6000))
    linear, usual = (b"gAMA", struct.pack(">I", 100000)), (b"gAMA", struct.pack(">I", 45455))
    p3, srgb = (b"cICP", bytes([12, 13, 0, 1])), (b"cICP", bytes([1, 13, 0, 1]))
    png("plain.png")
    png("turned.png", after=[(b"eXIf", b"II*\0\x08\0\0\0" + directory([(0x112, 3, [3])], 8, 0))])
    png("icc-cut.png", (b"iCCP", b"p3\0\0" + zlib.compress(profile_of("p3.tif")[:300])))
    png("cicp-p3.png", p3)
    png("cicp-narrow.png", (b"cICP", bytes([1, 13, 0, 0])))
    png("icc-p3.png", profile, linear)
    png("cicp-over-icc.png", srgb, profile)
    png("icc-over-rest.png", profile, (b"gAMA", struct.pack(">I", 100000)), adobe)
    png("srgb-over-gamma.png", (b"sRGB", b"\0"), linear, adobe)
    png("gamma-1.png", linear)
    png("gamma-usual.png", usual)
    png("chrm-adobe.png", adobe, (b"gAMA", struct.pack(">I", 45471)))


# --- JPEG, GIF, BMP, JPEG 2000 --------------------------------------------------------------------------------------
def grey_profile() -> bytes:
    """A grey profile of gamma 1: what it is used for becomes lighter."""
    tags = [(b"desc", b"desc\0\0\0\0\0\0\0\x02g\0" + b"\0" * 80), (b"cprt", b"text\0\0\0\0none\0\0\0\0"),
            (b"wtpt", b"XYZ \0\0\0\0" + struct.pack(">3I", 0xf6d6, 0x10000, 0xd32d)),
            (b"kTRC", b"curv\0\0\0\0\0\0\0\0")]
    at, table, data = 128 + 4 + 12 * len(tags), b"", b""
    for name, content in tags:
        table += name + struct.pack(">2I", at + len(data), len(content))
        data += content + b"\0" * (-len(content) % 4)
    head = struct.pack(">I4sI4s4s4s12s4s", at + len(data), b"lcms", 0x02400000, b"mntr", b"GRAY", b"XYZ ",
                       b"\x07\xe4\0\1\0\1\0\0\0\0\0\0", b"acsp")
    head += b"\0" * 28 + struct.pack(">3I", 0xf6d6, 0x10000, 0xd32d) + b"\0" * 48
    return head + struct.pack(">I", len(tags)) + table + data


def exif(space: int, index: bytes) -> bytes:
    main = directory([(0x8769, 4, [26])], 8, 0)
    below = directory([(0xa001, 3, [space]), (0xa005, 4, [56])], 26, 0)
    return b"Exif\0\0II*\0\x08\0\0\0" + main + below + directory([(1, 1, list(index + b"\0"))], 56, 0).replace(
        struct.pack("<HHI", 1, 1, 4), struct.pack("<HHI", 1, 2, 4))


def jpegs() -> None:
    rgb = Image.frombytes("RGB", (WIDTH, HEIGHT), pixels(lambda q: bytes(COLOURS[q])))
    grey = Image.frombytes("L", (WIDTH, HEIGHT), pixels(lambda q: bytes([GREYS[q]])))
    inks = Image.frombytes("CMYK", (WIDTH, HEIGHT), pixels(lambda q: bytes(INKS[q])))
    profiles = {"rgb": ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes(), "grey": grey_profile()}
    profiles["cmyk"] = profile_of("cmyk.tif")
    profiles["cut"] = profile_of("p3.tif")[:300]
    for colours, image in (("rgb", rgb), ("grey", grey), ("cmyk", inks)):
        image.save(f"{FOLDER}/{colours}-none.jpg", quality=98, subsampling=0)
        for name, profile in profiles.items():
            if name != colours:
                image.save(f"{FOLDER}/{colours}-with-{name}.jpg", quality=98, subsampling=0, icc_profile=profile)
    grey.save(f"{FOLDER}/grey-with-grey.jpg", quality=98, icc_profile=profiles["grey"])
    grey.save(f"{FOLDER}/grey-with-rgb.png", icc_profile=profiles["rgb"])
    rgb.save(f"{FOLDER}/adobe-rgb.jpg", quality=98, subsampling=0, exif=exif(65535, b"R03"))
    rgb.save(f"{FOLDER}/uncalibrated.jpg", quality=98, subsampling=0, exif=exif(65535, b"R98"))
    rgb.save(f"{FOLDER}/rgb.bmp")
    rgb.save(f"{FOLDER}/rgb.jp2", irreversible=False)
    rgb.save(f"{FOLDER}/stream.j2k", irreversible=False)
    rgba = rgb.copy()
    rgba.putalpha(Image.frombytes("L", (WIDTH, HEIGHT), pixels(lambda q: bytes([ALPHA[q]]))))
    rgba.save(f"{FOLDER}/alpha.jp2", irreversible=False)
    grey.save(f"{FOLDER}/grey.jp2", irreversible=False)
    with open(f"{FOLDER}/rgb.jp2", "rb") as file:
        whole = file.read()
    save("cut.jp2", whole[:len(whole) - 40])
    srgb = b"colr" + bytes([1, 0, 0]) + struct.pack(">I", 16)
    assert whole.count(srgb) == 1
    save("lab.jp2", whole.replace(srgb, srgb[:7] + struct.pack(">I", 14)))
    save("box-behind.jp2", whole + struct.pack(">I4s16s", 24, b"uuid", b"0123456789abcdef"))
    # The header of a picture that needs 8 GB: its sizes in the container and in the codestream.
    size, box = struct.pack(">2I", WIDTH, HEIGHT), whole.index(b"ihdr") + 4
    large, stream = bytearray(whole), whole.index(b"\xff\x51") + 6
    large[box:box + 8] = struct.pack(">2I", 17000, 17000)
    for at in (stream, stream + 16):  # of the image, and of its tile
        assert large[at:at + 8] == size
        large[at:at + 8] = struct.pack(">2I", 17000, 17000)
    save("large.jp2", bytes(large))
    # A canvas of 800x600, of which a frame covers the upper left part.
    buffer = io.BytesIO()
    Image.new("RGB", (420, 340), COLOURS[0]).save(buffer, "GIF")
    for width, height in ((800, 600), (700, 500)):
        data = bytearray(buffer.getvalue())
        data[6:10] = struct.pack("<2H", width, height)
        save(f"canvas-{width}.gif", bytes(data))
    # A canvas that is smaller than its frame: it grows.
    buffer = io.BytesIO()
    rgb.quantize(8).save(buffer, "GIF")
    data = bytearray(buffer.getvalue())
    data[6:10] = struct.pack("<2H", 40, 30)
    save("canvas-small.gif", bytes(data))


tiffs()
pngs()
jpegs()
