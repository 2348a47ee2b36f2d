"""Known answers of fidelity_metrics, as TAP: closed forms, and the paper's formula written out window by window."""
import math
import sys
import tempfile

import numpy
from PIL import Image

from fidelity_metrics import Picture, luma, psnr, read_rgb, ssim
from tap import near, refuses, run


def noise(seed: int, high: int, wide: int, channels: int = 3) -> Picture:
    shape = (high, wide, channels) if channels > 1 else (high, wide)
    return numpy.random.default_rng(seed).integers(0, 256, shape, dtype=numpy.uint8)


def flat(value: int, high: int = 20, wide: int = 30) -> Picture:
    return numpy.full((high, wide, 3), value, dtype=numpy.uint8)


def slow_ssim(one: Picture, other: Picture) -> float:
    """The formula as printed, in double precision."""
    x, y = luma(one).astype(numpy.float64), luma(other).astype(numpy.float64)
    side = numpy.exp(-(numpy.arange(-5, 6) ** 2) / (2 * 1.5 ** 2))
    window = numpy.outer(side, side) / side.sum() ** 2
    c1, c2 = (0.01 * 255) ** 2, (0.03 * 255) ** 2
    values = []
    for top in range(x.shape[0] - 10):
        for left in range(x.shape[1] - 10):
            a, b = x[top:top + 11, left:left + 11], y[top:top + 11, left:left + 11]
            ma, mb = (window * a).sum(), (window * b).sum()
            va, vb = (window * (a - ma) ** 2).sum(), (window * (b - mb) ** 2).sum()
            cov = (window * (a - ma) * (b - mb)).sum()
            values.append((2 * ma * mb + c1) * (2 * cov + c2) / ((ma ** 2 + mb ** 2 + c1) * (va + vb + c2)))
    return float(numpy.mean(values))


def test_equal_pictures_are_1_and_infinite() -> None:
    picture = noise(1, 40, 50)
    near(ssim(picture, picture), 1.0)
    assert psnr(picture, picture) == math.inf


def test_flat_pictures_leave_the_luminance_term() -> None:
    c1 = (0.01 * 255) ** 2
    near(ssim(flat(100), flat(150)), (2 * 100 * 150 + c1) / (100 ** 2 + 150 ** 2 + c1), 5e-5)
    near(ssim(flat(0), flat(255)), c1 / (255 ** 2 + c1), 5e-5)


def test_psnr_of_known_errors() -> None:
    near(psnr(flat(100), flat(101)), 20 * math.log10(255))
    near(psnr(flat(0), flat(255)), 0.0)
    one = flat(10)
    one[..., 0] = 13
    near(psnr(one, flat(10)), 10 * math.log10(255 ** 2 / 3.0))


def test_as_the_formula_written_out() -> None:
    photo = noise(2, 8, 8).repeat(6, axis=0).repeat(6, axis=1)
    damaged = numpy.clip(photo.astype(int) + noise(3, 48, 48) // 8 - 16, 0, 255).astype(numpy.uint8)
    near(ssim(photo, damaged), slow_ssim(photo, damaged), 1e-4)
    assert ssim(photo, damaged) < 0.99
    near(ssim(noise(4, 43, 17, 1), noise(5, 43, 17, 1)), slow_ssim(noise(4, 43, 17, 1), noise(5, 43, 17, 1)), 1e-4)


def test_strips_do_not_show() -> None:
    # 31 to 34 and 64 rows of places: around one and two strips.
    for high in (41, 42, 43, 44, 74):
        one, other = noise(high, high, 12), noise(high + 100, high, 12)
        near(ssim(one, other), slow_ssim(one, other), 1e-4)


def test_symmetric_and_worse_with_more_noise() -> None:
    base = noise(6, 10, 10).repeat(5, axis=0).repeat(5, axis=1)
    little = numpy.clip(base.astype(int) + noise(7, 50, 50) // 32, 0, 255).astype(numpy.uint8)
    much = numpy.clip(base.astype(int) + noise(7, 50, 50) // 4, 0, 255).astype(numpy.uint8)
    near(ssim(base, little), ssim(little, base))
    assert 1 > ssim(base, little) > ssim(base, much)
    assert psnr(base, little) > psnr(base, much)


def test_opposite_structure_is_negative() -> None:
    board = numpy.indices((30, 30)).sum(axis=0) % 2 * 200 + 20
    one, other = board.astype(numpy.uint8), (240 - board).astype(numpy.uint8)
    assert ssim(one, other) < -0.9


def test_other_shapes_are_refused() -> None:
    refuses(lambda: ssim(noise(1, 20, 20), noise(1, 20, 21)), "(20, 20, 3) and (20, 21, 3)")
    refuses(lambda: psnr(noise(1, 20, 20), noise(1, 20, 20, 1)), "different shape")
    refuses(lambda: ssim(noise(1, 10, 40), noise(1, 10, 40)), "40 x 10 is smaller")


def test_read_rgb() -> None:
    picture = noise(8, 12, 15)
    with tempfile.TemporaryDirectory() as folder:
        Image.fromarray(picture).save(f"{folder}/rgb.png")
        Image.fromarray(picture[..., 0]).save(f"{folder}/grey.png")
        assert (read_rgb(f"{folder}/rgb.png") == picture).all()
        assert (read_rgb(f"{folder}/grey.png") == picture[..., :1]).all()


if __name__ == "__main__":
    sys.exit(run(globals()))
