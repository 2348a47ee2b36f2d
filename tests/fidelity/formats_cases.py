"""The table of all kinds: what is made, and what must come out of it."""
from formats_make import (BACKGROUND, BLACK, BT709, GREYS, H264, HEIGHT, QUARTERS, TO_709, WIDTH, Case, animation, bilevel, cjpeg, clear, deep_grey,
                          film, jxl, late_gif, magick, oriented, pillow, png, still, text, turned, vips, vips_two)

CLEAR = QUARTERS[:3] + [BACKGROUND]
CLEAR_GREYS = GREYS[:3] + [BACKGROUND]
BILEVEL = [(255,) * 3 if c[0] >= 128 else (0,) * 3 for c in GREYS]
# What Little CMS, asked through Pillow, makes of the quarters in libvips' profile for print and back: blue and white
# have lost.
INKED = [(190, 70, 60), (69, 150, 90), (68, 92, 158), (206, 205, 205)]
SQUEEZED = (WIDTH * 2, HEIGHT)


def rounded(depth: int) -> list[tuple[int, ...]]:
    """Greys of that number of bits."""
    top = (1 << depth) - 1
    return [tuple(round(round(v * top / 255) * 255 / top) for v in c) for c in GREYS]


JPEG = [
    Case("jpeg-444.jpg", pillow(quality=95, subsampling=0)),
    Case("jpeg-420.jpg", pillow(quality=95, subsampling=2)),
    Case("jpeg-422.jpg", pillow(quality=95, subsampling=1)),
    Case("jpeg-progressive.jpg", pillow(quality=95, progressive=True)),
    Case("jpeg-grey.jpg", pillow("L", quality=95), colours=GREYS),
    Case("jpeg-grey-progressive.jpg", pillow("L", quality=95, progressive=True), colours=GREYS),
    Case("jpeg-restart.jpg", cjpeg("-restart", "2")),
    Case("jpeg-arithmetic.jpg", cjpeg("-arithmetic")),
    Case("jpeg-rgb.jpg", cjpeg("-rgb")),
    Case("jpeg-cmyk-profile.jpg", vips("icc_transform", "cmyk", "--input-profile", "srgb", save="[Q=95]"), colours=INKED, tolerance=3),
    Case("jpeg-cmyk.jpg", vips("icc_transform", "cmyk", "--input-profile", "srgb", save="[Q=95,strip]"), colours=INKED, tolerance=3),
    Case("jpeg-ycck.jpg", magick("-colorspace", "CMYK", "-quality", "95"), tolerance=60),
    Case("jpeg-p3.jpg", vips("icc_transform", "p3", "--input-profile", "srgb", save="[Q=95]"), tolerance=6),
    *[Case(f"jpeg-orientation-{i}.jpg", oriented(i)) for i in range(1, 9)],
]
PNG = [
    *[Case(f"png-grey-{depth}.png", png(depth, 0), colours=rounded(depth), tolerance=1) for depth in (1, 2, 4, 8, 16)],
    *[Case(f"png-palette-{depth}.png", png(depth, 3), tolerance=1) for depth in (2, 4, 8)],
    Case("png-palette-clear.png", png(8, 3, transparent=True), colours=CLEAR, tolerance=1),
    *[Case(f"png-rgb-{depth}.png", png(depth, 2), tolerance=1) for depth in (8, 16)],
    *[Case(f"png-grey-alpha-{depth}.png", png(depth, 4), colours=CLEAR_GREYS, tolerance=1) for depth in (8, 16)],
    *[Case(f"png-rgba-{depth}.png", png(depth, 6), colours=CLEAR, tolerance=1) for depth in (8, 16)],
    Case("png-p3-16.png", vips_two(["colourspace", "rgb16"], ["icc_transform", "p3", "--input-profile", "srgb", "--depth", "16"]), tolerance=2),
    Case("png-interlaced.png", vips("copy", save="[interlace]"), tolerance=1),
]
WEBP = [
    Case("webp-lossy.webp", pillow(quality=95), tolerance=6),
    Case("webp-lossless.webp", pillow(lossless=True), tolerance=1),
    Case("webp-alpha.webp", clear(lossless=True, exact=True), colours=CLEAR, tolerance=1),
    Case("webp-alpha-lossy.webp", clear(quality=95), colours=CLEAR, tolerance=8),
    Case("webp-animated.webp", animation("WEBP"), tolerance=2),
]
TIFF = [
    *[Case(f"tiff-{name}.tif", vips("copy", save=f"[compression={name}]"), tolerance=1) for name in ("none", "lzw", "deflate", "packbits")],
    Case("tiff-jpeg.tif", vips("copy", save="[compression=jpeg,Q=95]")),
    Case("tiff-tiles.tif", vips("copy", save="[tile,tile-width=32,tile-height=32]"), tolerance=1),
    Case("tiff-pyramid.tif", vips("copy", save="[tile,pyramid,tile-width=32,tile-height=32]"), tolerance=1),
    Case("tiff-bigtiff.tif", vips("copy", save="[bigtiff]"), tolerance=1),
    Case("tiff-16.tif", vips("colourspace", "rgb16"), tolerance=1),
    Case("tiff-float.tif", vips("linear", "0.00392156862745098", "0"), tolerance=1),
    Case("tiff-grey-16.tif", deep_grey, colours=GREYS, tolerance=1),
    Case("tiff-big-endian.tif", magick("-endian", "MSB"), tolerance=1),
    Case("tiff-planes.tif", magick("-interlace", "plane"), tolerance=1),
    Case("tiff-palette.tif", magick("-type", "palette"), tolerance=1),
    Case("tiff-bilevel.tif", bilevel, colours=BILEVEL, tolerance=1),
    Case("tiff-cmyk.tif", vips("icc_transform", "cmyk", "--input-profile", "srgb"), colours=INKED, tolerance=1),
    Case("tiff-alpha.tif", clear(), colours=CLEAR, tolerance=1),
    Case("tiff-pages.tif", magick("-size", "20x20", "xc:red"), tolerance=1),
]
OTHERS = [
    Case("gif-still.gif", pillow("P"), tolerance=2),
    Case("gif-animated.gif", animation("GIF"), tolerance=2),
    Case("gif-as-clip.gif", late_gif, tolerance=2, recipe="gif"),
    Case("gif-black-first.gif", late_gif, colours=[(0, 0, 0)] * 4, tolerance=2),
    Case("avif.avif", vips("heifsave", "--compression", "av1", "--Q", "90", "--bitdepth", "8"), tolerance=6),
    Case("avif-10.avif", still("-c:v", "libaom-av1", "-crf", "8", "-pix_fmt", "yuv420p10le"), tolerance=6),
    Case("heic.heic", vips("heifsave", "--compression", "hevc", "--Q", "90", "--bitdepth", "8"), tolerance=6),
    Case("bmp.bmp", pillow(), tolerance=1),
    Case("jxl.jxl", vips("jxlsave", "--Q", "90"), tolerance=6),
    Case("jxl-lossless.jxl", vips("jxlsave", "--lossless"), tolerance=1),
    Case("jxl-alpha.jxl", jxl(clear(), "-d", "0"), colours=CLEAR, tolerance=1),
    Case("jxl-grey-16.jxl", jxl(png(16, 0), "-d", "0"), colours=GREYS, tolerance=1),
    Case("jp2.jp2", vips("jp2ksave", "--lossless"), tolerance=1),
    Case("jpeg-in-disguise.png", pillow(format="JPEG", quality=95)),
    Case("no-ending", pillow(format="PNG"), tolerance=1),
]
CLIPS = [
    Case("h264.mp4", film(*H264), tolerance=6),
    Case("h264-709.mp4", film(*H264, *BT709, filters=TO_709), tolerance=6),
    Case("h264-full.mp4", film("-c:v", "libx264", "-qp", "8", "-pix_fmt", "yuvj420p", "-color_range", "pc",
                               filters="scale=out_range=pc:flags=accurate_rnd"), tolerance=6),
    Case("h264-black-first.mp4", film(*H264, before=BLACK), tolerance=6),
    Case("h264-grey-first.mkv", film(*H264, before=BLACK.replace("black", "gray")), tolerance=6),
    Case("h264-square.mov", film(*H264), tolerance=6),
    Case("h264-wide-pixels.mp4", film(*H264, filters="setsar=2"), size=SQUEEZED, tolerance=6),
    Case("h264-offset.mp4", film(*H264, before="color=red:size=160x96:rate=12:duration=0.5,format=rgb24"), tolerance=6, recipe="late"),
    *[Case(f"turned-{degrees}.mp4", turned(degrees), size=(WIDTH, HEIGHT) if degrees == 180 else (HEIGHT, WIDTH), tolerance=6,
           colours=[QUARTERS[i] for i in order])
      for degrees, order in ((90, (1, 3, 0, 2)), (180, (3, 2, 1, 0)), (270, (2, 0, 3, 1)))],
    Case("hevc-10-bit.mkv", film("-c:v", "libx265", "-x265-params", "qp=8:log-level=none:pools=none", "-pix_fmt", "yuv420p10le"), tolerance=6),
    Case("hevc-2020.mp4", film("-c:v", "libx265", "-x265-params", "qp=8:log-level=none:pools=none", "-colorspace", "bt2020nc",
                               "-color_primaries", "bt2020", "-color_trc", "bt2020-10",
                               filters=TO_709 + ",colorspace=all=bt2020:trc=bt2020-10:iall=bt709:format=yuv420p10"), tolerance=12),
    Case("vp8.webm", film("-c:v", "libvpx", "-crf", "4", "-b:v", "2M"), tolerance=8),
    Case("vp9.webm", film("-c:v", "libvpx-vp9", "-lossless", "1"), tolerance=6),
    Case("mjpeg.avi", film("-c:v", "mjpeg", "-q:v", "2"), tolerance=8),
    Case("mpeg4.avi", film("-c:v", "mpeg4", "-q:v", "2"), tolerance=8),
    Case("prores.mov", film("-c:v", "prores_ks"), tolerance=6),
    Case("png-alpha.mov", film("-c:v", "png", "-pix_fmt", "rgba", filters="format=rgba,geq=r='r(X,Y)':g='g(X,Y)':b='b(X,Y)':"
                               "a='255*(1-gte(X,W/2)*gte(Y,H/2))'"), colours=CLEAR, tolerance=2),
]
REFUSED = [
    Case("svg.svg", text('<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"/>\n'), refused="SVG"),
    Case("pdf.pdf", text("%PDF-1.4\n"), refused="PDF"),
    Case("playlist.m3u8", text("#EXTM3U\n#EXTINF:1,\n/etc/passwd\n"), refused="a text"),
    Case("text.jpg", text("no picture\n"), refused="a text"),
]
CASES = JPEG + PNG + WEBP + TIFF + OTHERS + CLIPS + REFUSED
