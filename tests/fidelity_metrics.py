"""Similarity of two pictures: SSIM and PSNR, for the tests and for `make peers`.

Pictures are arrays of 8-bit values, height x width (grey) or height x width x 3 (RGB). Both pictures must have the same
shape; others are refused (ValueError), because geometry is tested separately.

SSIM: Wang, Bovik, Sheikh, Simoncelli, "Image quality assessment: from error visibility to structural similarity", IEEE
Transactions on Image Processing 13 (2004): Gaussian window of 11 x 11 and standard deviation 1.5, K1 0.01, K2 0.03,
L 255, mean over the places where the whole window lies within the picture; on luma (BT.601), as there. Without the
paper's optional reduction to 256 pixels: stricter on large pictures than programs that use it. In float32: good to
4 places.
PSNR: over all values of all channels; infinite for equal pictures.
"""
import math
from typing import Any

import numpy
import numpy.typing
from PIL import Image

Picture = numpy.typing.NDArray[numpy.uint8]
Plane = numpy.typing.NDArray[numpy.float32]

WINDOW = 11
SIGMA = 1.5
C1 = (0.01 * 255) ** 2
C2 = (0.03 * 255) ** 2
# Rows processed at a time, so that the data of a strip stay in the processor's cache.
STRIP = 32


def read_rgb(path: str) -> Picture:
    """The picture as stored, as 8-bit RGB; an orientation tag is left alone. OSError when it cannot be read."""
    with Image.open(path) as image:
        return numpy.asarray(image.convert("RGB"), dtype=numpy.uint8)


def luma(picture: Picture) -> Plane:
    """BT.601 luma of an RGB picture, unrounded; a grey picture as it is."""
    if picture.ndim == 2:
        return picture.astype(numpy.float32)
    weights = numpy.array([0.299, 0.587, 0.114], dtype=numpy.float32)
    return numpy.asarray(picture[..., :3].astype(numpy.float32) @ weights, dtype=numpy.float32)


def _same_shape(one: numpy.typing.NDArray[Any], other: numpy.typing.NDArray[Any]) -> None:
    if one.shape != other.shape:
        raise ValueError(f"pictures of different shape: {one.shape} and {other.shape}")


def _half_window() -> list[float]:
    """The Gaussian's weights from its centre outwards; the whole window's sum is 1."""
    weights = [math.exp(-(i * i) / (2 * SIGMA * SIGMA)) for i in range(WINDOW // 2 + 1)]
    total = weights[0] + 2 * sum(weights[1:])
    return [w / total for w in weights]


def _smooth(plane: Plane, half: list[float]) -> Plane:
    """Weighted mean of the window around each place where it fits."""
    reach = len(half) - 1
    high, wide = plane.shape[0] - 2 * reach, plane.shape[1] - 2 * reach
    rows = plane[reach:reach + high] * numpy.float32(half[0])
    for i in range(1, reach + 1):
        rows += (plane[reach - i:reach - i + high] + plane[reach + i:reach + i + high]) * numpy.float32(half[i])
    result = rows[:, reach:reach + wide] * numpy.float32(half[0])
    for i in range(1, reach + 1):
        result += (rows[:, reach - i:reach - i + wide] + rows[:, reach + i:reach + i + wide]) * numpy.float32(half[i])
    return result


def _ssim_strip(one: Plane, other: Plane, half: list[float]) -> float:
    """Sum of the index over the places of a strip."""
    # Only the sum of both variances is needed, and values around zero keep float32 exact enough.
    one, other = one - numpy.float32(128), other - numpy.float32(128)
    mean_one, mean_other = _smooth(one, half), _smooth(other, half)
    squares = _smooth(one * one + other * other, half) - mean_one * mean_one - mean_other * mean_other
    product = _smooth(one * other, half) - mean_one * mean_other
    mean_one, mean_other = mean_one + numpy.float32(128), mean_other + numpy.float32(128)
    index = ((2 * mean_one * mean_other + numpy.float32(C1)) * (2 * product + numpy.float32(C2))
             / ((mean_one * mean_one + mean_other * mean_other + numpy.float32(C1)) * (squares + numpy.float32(C2))))
    return float(index.sum(dtype=numpy.float64))


def ssim(one: Picture, other: Picture) -> float:
    """Mean structural similarity of luma: 1 for equal pictures. ValueError: other shape, or smaller than the window."""
    _same_shape(one, other)
    if min(one.shape[:2]) < WINDOW:
        raise ValueError(f"picture of {one.shape[1]} x {one.shape[0]} is smaller than the window of {WINDOW}")
    first, second, half = luma(one), luma(other), _half_window()
    rows, total = one.shape[0] - WINDOW + 1, 0.0
    for top in range(0, rows, STRIP):
        end = min(top + STRIP, rows) + WINDOW - 1
        total += _ssim_strip(first[top:end], second[top:end], half)
    return total / (rows * (one.shape[1] - WINDOW + 1))


def psnr(one: Picture, other: Picture) -> float:
    """Peak signal to noise ratio in dB over all channels; math.inf for equal pictures. ValueError: other shape."""
    _same_shape(one, other)
    difference = one.astype(numpy.int32) - other.astype(numpy.int32)
    mean_square = float((difference * difference).mean())
    return math.inf if mean_square == 0 else 10 * math.log10(255 * 255 / mean_square)
