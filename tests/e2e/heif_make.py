"""A picture of an odd size with soft waves, saturated patches and a mark in one corner; and the same with alpha that
falls along a side, and a hole. Arguments: the PNGs to write."""
import sys

import numpy
from PIL import Image, ImageDraw

WIDTH, HEIGHT = 301, 203


def main() -> None:
    y, x = numpy.mgrid[0:HEIGHT, 0:WIDTH].astype(float)
    bands = [128 + 90 * numpy.sin(x / (19 + 4 * band) + band) * numpy.cos(y / (23 - 3 * band)) for band in range(3)]
    picture = Image.fromarray(numpy.stack(bands, axis=2).clip(0, 255).astype(numpy.uint8))
    draw = ImageDraw.Draw(picture)
    for number, colour in enumerate(((220, 30, 40), (30, 170, 60), (40, 60, 210), (230, 210, 40))):
        draw.ellipse((20 + 65 * number, 90, 70 + 65 * number, 150), fill=colour)
    draw.rectangle((0, 0, 60, 30), fill=(240, 240, 240))
    picture.save(sys.argv[1])
    alpha = Image.fromarray((numpy.clip(1.5 - x / WIDTH, 0, 1) * 255).astype(numpy.uint8))
    ImageDraw.Draw(alpha).ellipse((140, 20, 200, 110), fill=0)
    picture.putalpha(alpha)
    picture.save(sys.argv[2])


if __name__ == "__main__":
    main()
