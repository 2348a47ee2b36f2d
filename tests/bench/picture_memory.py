"""What one picture of each kind needs: the peak resident memory of a worker of `knee run --workers 1`, for pictures of
24 megapixels that are made from a photograph. usage: picture_memory.py KNEE PHOTOGRAPH [KIND]"""
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), ".."))
from PIL import Image  # noqa: E402

from peers.kinds_make import KINDS, faded, save, upright, vips  # noqa: E402

SIZE = (6000, 4000)
RECIPE = """[recipe]
name=plain
[rendition large]
fit=inside
width=2048
height=2048
format=jpeg
[rendition medium]
fit=inside
width=1024
height=1024
format=jpeg
[rendition thumb]
fit=cover
width=320
height=320
format=webp
"""


def faded_avif(path: str, to: str) -> None:
    save(faded(path), f"{to}.png", compress_level=1)
    vips("heifsave", f"{to}.png", to, "--compression", "av1", "--effort", "2")
    os.unlink(f"{to}.png")


# In addition to those that `make peers` compares.
MORE: list[tuple[str, str, Callable[[str, str], None]]] = [
    ("JPEG progressive 4:2:0", "jpg", lambda path, to: save(upright(path), to, quality=90, progressive=True)),
    ("JPEG progressive 4:4:4", "jpg",
     lambda path, to: save(upright(path), to, quality=90, progressive=True, subsampling=0)),
    ("WebP lossy with alpha", "webp", lambda path, to: save(faded(path), to, quality=85, method=2)),
    ("WebP lossless with alpha", "webp",
     lambda path, to: save(faded(path), to, lossless=True, quality=10, method=0)),
    ("PNG interlaced", "png", lambda path, to: vips("copy", path, f"{to}[compression=3,interlace]")),
    ("GIF interlaced", "gif", lambda path, to: save(upright(path).quantize(128), to, interlace=1)),
    ("TIFF LZW, one strip", "tif", lambda path, to: vips("copy", path, f"{to}[compression=lzw,tile-height=4000]")),
    ("TIFF LZW, tiles", "tif", lambda path, to: vips("copy", path, f"{to}[compression=lzw,tile]")),
    ("AVIF 4:4:4", "avif", lambda path, to: vips("heifsave", path, to, "--compression", "av1", "--effort", "2",
                                                 "--subsample-mode", "off")),
    ("AVIF with alpha", "avif", faded_avif),
    ("HEIC", "heic", lambda path, to: vips("heifsave", path, to, "--compression", "hevc", "--effort", "2")),
    ("JPEG XL lossy", "jxl", lambda path, to: vips("jxlsave", path, to, "--distance", "1.5", "--effort", "3")),
    ("JPEG XL lossless", "jxl", lambda path, to: vips("jxlsave", path, to, "--lossless", "--effort", "3")),
    ("JPEG 2000", "jp2", lambda path, to: vips("jp2ksave", path, to)),
]


def in_a_child(function: Callable[..., None], *arguments: str) -> None:
    """So that this process stays small: the kernel counts the memory that a program's parent had at its start, too."""
    child = multiprocessing.get_context("fork").Process(target=function, args=arguments)
    child.start()
    child.join()
    if child.exitcode:
        sys.exit(f"picture_memory: {function.__name__} failed")


def enlarge(photograph: str, to: str) -> None:
    with Image.open(photograph) as image:
        image.convert("RGB").resize(SIZE, Image.Resampling.LANCZOS).save(to, compress_level=1)


def peak_mib(knee: str, work: str, picture: str) -> float:
    """Of the largest process."""
    folder = tempfile.mkdtemp(dir=work)
    os.mkdir(f"{folder}/in")
    os.link(picture, f"{folder}/in/{os.path.basename(picture)}")
    process = subprocess.Popen([knee, "run", "-q", "--workers", "1", "--recipe", f"{work}/plain.recipe",
                                f"{folder}/in", f"{folder}/out"], stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return float(usage.ru_maxrss) / 1024 if process.returncode == 0 else float("nan")


def main() -> int:
    knee, photograph = (os.path.realpath(path) for path in sys.argv[1:3])
    wanted = sys.argv[3] if len(sys.argv) > 3 else ""
    with tempfile.TemporaryDirectory(prefix="knee-memory-") as work:
        with open(f"{work}/plain.recipe", "w", encoding="utf-8") as file:
            file.write(RECIPE)
        in_a_child(enlarge, photograph, f"{work}/base.png")
        print(f"{'kind':28} {'file MB':>8} {'MiB':>5}")
        for number, (kind, ending, maker) in enumerate(KINDS + MORE):
            if wanted not in kind or "drawing" in kind:
                continue
            picture = f"{work}/{number}.{ending}"
            in_a_child(maker, f"{work}/base.png", picture)
            print(f"{kind:28} {os.path.getsize(picture) / 1e6:8.1f} {peak_mib(knee, work, picture):5.0f}", flush=True)
            os.unlink(picture)
    return 0


if __name__ == "__main__":
    sys.exit(main())
