"""Which pictures are right: a line for each file of AVIF and HEIC, "right" or how it is not, and what was looked at.
Arguments: the source, the same with alpha, the files, knee's outputs from their planes and by way of RGB."""
import os
import sys

import numpy
import numpy.typing
from PIL import Image

Pixels = numpy.typing.NDArray[numpy.float64]

# The part of the source that is shown: left, top, width, height.
PARTS = {
    "cropped": (100, 60, 132, 120), "cropped-edge": (0, 0, 200, 130), "cropped-odd": (101, 61, 133, 121),
    "cropped-turned": (100, 60, 132, 120), "left": (0, 0, 300, 200), "grid": (0, 0, 256, 192),
    "hevc-on": (0, 0, 300, 200), "hevc-off": (0, 0, 300, 200),
}
TURNS = {"turned-1": 1, "turned-2": 2, "turned-3": 3, "cropped-turned": 3}
# From the source, and between the paths. Outputs of both have halved chroma, which the patches' edges show; grey has
# none.
LEAST_DB, LEAST_GREY_DB, LEAST_BETWEEN_DB = 31.0, 45.0, 33.0
# How much further from the source than by way of RGB: of halved chroma that is converted to other colours, more.
MOST_LOSS_DB, MOST_CONVERTED_LOSS_DB = 0.3, 2.5
CONVERTED = ("icc", "p3")
# Files that have alpha are named as those that do not.
ALPHA = "-alpha"


def load(path: str) -> Pixels:
    """Over white, which is the recipe's background, too."""
    with Image.open(path) as image:
        if image.mode == "RGBA":
            image = Image.alpha_composite(Image.new("RGBA", image.size, "white"), image)
        return numpy.asarray(image.convert("RGB"), dtype=numpy.float64)


def psnr(a: Pixels, b: Pixels) -> float:
    return float(10 * numpy.log10(255 ** 2 / max(1e-9, ((a - b) ** 2).mean())))


def wanted(name: str, source: Pixels) -> Pixels:
    """What a file of that name shows."""
    if name in PARTS:
        left, top, width, height = PARTS[name]
        source = source[top:top + height, left:left + width]
    if name.startswith("400"):
        source = numpy.repeat((source @ numpy.array([0.299, 0.587, 0.114]))[:, :, None], 3, axis=2)
    source = numpy.rot90(source, TURNS.get(name.replace("-flipped", "").replace("-mirrored", ""), 0))
    if name.endswith("flipped"):
        return source[::-1]
    return source[:, ::-1] if name.endswith("mirrored") else source


def judge(name: str, source: Pixels, planes: Pixels, rgb: Pixels) -> str:
    right = wanted(name, source)
    if planes.shape != right.shape or rgb.shape != right.shape:
        return f"{planes.shape}, {rgb.shape}, wanted {right.shape}"
    db, other, between = psnr(planes, right), psnr(rgb, right), psnr(planes, rgb)
    least = LEAST_GREY_DB if name.startswith("400") else LEAST_DB
    loss = MOST_CONVERTED_LOSS_DB if name in CONVERTED else MOST_LOSS_DB
    if db < least or db < other - loss or between < LEAST_BETWEEN_DB:
        return f"{db:.1f} dB from the source (wanted {least:.0f}; by RGB {other:.1f}), {between:.1f} from RGB"
    return "right"


def main() -> None:
    sources = load(sys.argv[1]), load(sys.argv[2])
    files, outputs, others = sys.argv[3:]
    for file in sorted(os.listdir(files)):
        name = os.path.splitext(file)[0]
        source = sources[name.endswith(ALPHA)]
        verdict = judge(name.removesuffix(ALPHA), source, load(os.path.join(outputs, file + ".jpg")),
                        load(os.path.join(others, file + ".jpg")))
        print(f"{verdict}\t{file}", flush=True)


if __name__ == "__main__":
    main()
