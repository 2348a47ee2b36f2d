"""Renditions against the same renditions by ImageMagick and by the vips command line, and both engines against each other.
Arguments: the program, an empty folder, pictures... (none: pictures made here). Prints TAP, and a table in its comments."""
import os
import subprocess
import sys
from dataclasses import dataclass

import numpy
from PIL import Image

from fidelity_metrics import psnr, read_rgb, ssim

IDENTICAL = 99.0  # shown for equal pictures


@dataclass
class Rendition:
    name: str
    keys: str
    vips: list[str]  # options of vipsthumbnail
    magick: list[str]  # what convert takes after the input
    # The least mean SSIM and PSNR against any tool, of photographs and of invented pictures: a little below what was
    # measured. The two tools agree no better with each other: the table shows it.
    photographs: tuple[float, float]
    invented: tuple[float, float]

    def ending(self) -> str:
        return "webp" if "webp" in self.keys else "png" if "png" in self.keys else "jpg"


RENDITIONS = [
    Rendition("large", "width=2048\nheight=2048\nquality=85", ["-s", "2048x2048>", "-o", "%s[Q=85,strip]"],
              ["-resize", "2048x2048>", "-sampling-factor", "2x2", "-quality", "85"],
              (0.985, 41), (0.994, 46)),
    Rendition("medium", "width=1024\nheight=1024\nquality=82", ["-s", "1024x1024>", "-o", "%s[Q=82,strip]"],
              ["-resize", "1024x1024>", "-sampling-factor", "2x2", "-quality", "82"],
              (0.985, 40), (0.991, 45)),
    Rendition("thumb", "fit=cover\nwidth=320\nheight=320\nformat=webp\nquality=80", ["-s", "320x320", "-m", "centre", "-o", "%s[Q=80,strip]"],
              ["-resize", "320x320^", "-gravity", "center", "-extent", "320x320", "-quality", "80"],
              (0.980, 36), (0.976, 39)),
]
# The same; what the planes engine does not make sends every item to the other one.
ENGINES = {"planes": "", "vips": "[recipe]\nkeep=icc\n"}


def invented(path: str, seed: int, width: int, height: int) -> None:
    """A picture with the spectrum of a photograph, edges, and no two alike."""
    rng = numpy.random.default_rng(seed)
    planes = []
    across = numpy.arange(width // 2 + 1) / width
    down = numpy.minimum(numpy.arange(height), height - numpy.arange(height)) / height
    fy, fx = numpy.meshgrid(down, across, indexing="ij")
    falloff = 1 / numpy.maximum(numpy.hypot(fx, fy), 1 / width) ** 1.9
    shared = rng.normal(size=(height, width))
    for _ in range(3):
        noise = numpy.fft.irfft2(numpy.fft.rfft2(0.95 * shared + 0.2 * rng.normal(size=(height, width))) * falloff, s=(height, width))
        planes.append((noise - noise.mean()) / noise.std())
    picture = 128 + 45 * numpy.stack(planes, axis=2)
    for _ in range(60):
        x, y, r = rng.integers(0, width), rng.integers(0, height), rng.integers(10, 120)
        picture[max(0, y - r):y + r, max(0, x - r):x + r] += rng.normal(0, 25, 3)
    Image.fromarray(numpy.clip(picture, 0, 255).astype(numpy.uint8)).save(path, quality=95)


def run_knee(knee: str, folder: str) -> None:
    text = "".join(f"[rendition {r.name}]\n{r.keys}\n" for r in RENDITIONS)
    for engine, head in ENGINES.items():
        recipe = os.path.join(folder, engine + ".recipe")
        with open(recipe, "w", encoding="utf-8") as file:
            file.write(head + text)
        subprocess.run([knee, "run", "--quiet", "--recipe", recipe, os.path.join(folder, "in"), os.path.join(folder, engine)], check=True)


def run_others(folder: str, names: list[str]) -> None:
    for tool in ("vips CLI", "ImageMagick"):
        for r in RENDITIONS:
            os.makedirs(os.path.join(folder, tool, r.name))
            for name in names:
                source, target = os.path.join(folder, "in", name), os.path.join(folder, tool, r.name, f"{name}.{r.ending()}")
                command = (["vipsthumbnail", source, *(a.replace("%s", target) for a in r.vips)] if tool == "vips CLI" else
                           ["/usr/bin/convert", source, "-auto-orient", *r.magick, target])
                subprocess.run(command, check=True)


def main() -> None:
    knee, folder, *pictures = sys.argv[1:]
    inputs = os.path.join(folder, "in")
    os.makedirs(inputs)
    for i, picture in enumerate(pictures):
        with open(picture, "rb") as source, open(os.path.join(inputs, f"{i}.jpg"), "wb") as copy:
            copy.write(source.read())
    if not pictures:
        for i, size in enumerate(((2400, 1600), (1500, 2100))):
            invented(os.path.join(inputs, f"{i}.jpg"), i, *size)
    names = sorted(os.listdir(inputs))
    run_knee(knee, folder)
    run_others(folder, names)
    print(f"# {len(names)} {'photographs' if pictures else 'invented pictures'}; mean SSIM (luma) and PSNR (dB, RGB), each against each")
    print(f"# {'rendition':<10} {'of':<8} {'against':<12} {'SSIM':>7} {'least':>7} {'PSNR':>7} {'least':>7}")
    number, good = 0, True
    for r in RENDITIONS:
        for one, other in (("planes", "vips CLI"), ("planes", "ImageMagick"), ("vips", "vips CLI"), ("vips", "ImageMagick"), ("planes", "vips"),
                           ("vips CLI", "ImageMagick")):
            values, shapes = [], True
            for name in names:
                a, b = (read_rgb(os.path.join(folder, tool, r.name, f"{name}.{r.ending()}")) for tool in (one, other))
                shapes = shapes and a.shape == b.shape
                if a.shape == b.shape:
                    values.append((ssim(a, b), min(psnr(a, b), IDENTICAL)))
            means = numpy.mean(values, axis=0) if values else numpy.zeros(2)
            least = numpy.min(values, axis=0) if values else numpy.zeros(2)
            print(f"# {r.name:<10} {one:<8} {other:<12} {means[0]:7.4f} {least[0]:7.4f} {means[1]:7.2f} {least[1]:7.2f}")
            if one == "vips CLI":  # how far apart the references are
                continue
            wanted = r.photographs if pictures else r.invented
            passed = bool(shapes and means[0] >= wanted[0] and means[1] >= wanted[1])
            number, good = number + 1, good and passed
            print(f"{'ok' if passed else 'not ok'} {number} - {r.name}: {one} against {other}: one size, SSIM at least {wanted[0]}, PSNR "
                  f"at least {wanted[1]} dB")
    print(f"1..{number}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
