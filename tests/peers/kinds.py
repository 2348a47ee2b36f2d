"""CPU time per image of knee and of sharp for every kind of picture: the same files, the renditions of one recipe
without overlays, one CPU, side by side in one run. Prints a table and writes it as CSV.
"""
import argparse
import csv
import io
import os
import statistics
import sys
import tempfile

import peers.options
import peers.recipe
from peers import kinds_make
from peers.catalogue import Setting, knee, pillow, sharp
from peers.compare import write
from peers.measure import Row, measure, photographs, start
from peers.quality import measure_quality
from peers.table import text_table

HEAD = ["kind", "files", "", "knee ms", "sharp ms", "knee/sharp", "knee MiB", "SSIM knee", "sharp", "Pillow"]
# SSIM where all three read the same picture: Pillow has no 16-bit colour and another way from CMYK, sharp puts what is
# transparent onto black.
SAME_PICTURE = ("JPEG photographs", "JPEG Display P3", "WebP lossy", "WebP lossless", "PNG RGB", "PNG palette",
                "TIFF LZW", "GIF")


def arguments() -> argparse.Namespace:
    parser = peers.options.parser("kinds", __doc__, "folder of photographs, from which files of every kind are made")
    parser.add_argument("--files", type=int, default=12, help="files of each kind (12)")
    parser.add_argument("--quality-files", type=int, default=3, help="files of each kind compared by SSIM (3); 0: none")
    parser.add_argument("--kinds", default="", help="only kinds whose name has this text")
    parser.add_argument("--keep", help="folder in which the files stay for the next run")
    return parser.parse_args()


def cpu_ms(row: Row) -> float | None:
    return statistics.mean(row.each(lambda sample: sample.cpu_ms).values()) if row.units and not row.tool.trouble else None


def peak_mib(row: Row) -> float | None:
    peaks = [s.peak_mib for samples in row.units.values() for s in samples if s.peak_mib is not None]
    return max(peaks) if peaks else None


def timed(setting: Setting, paths: list[str], rounds: int) -> list[Row]:
    rows = [Row(knee(setting, "knee", False)), Row(sharp(setting, "sharp, concurrency 1", 1))]
    start(rows, (paths[0],))
    measure(rows, [(path,) for path in paths], rounds)
    return rows


def compared(setting: Setting, kind: str, paths: list[str]) -> list[float | None]:
    """SSIM of knee, sharp and Pillow."""
    if not paths or kind not in SAME_PICTURE:
        return [None] * 3
    rows = [Row(knee(setting, "knee", False)), Row(sharp(setting, "sharp, concurrency 1", 1)),
            Row(pillow(setting, "Pillow, no draft"))]
    start(rows, (paths[0],))
    measure_quality(rows, setting.recipe, setting.root, paths)
    return [statistics.mean(v for each in row.ssim.values() for v in each) if row.ssim else None for row in rows]


def line(kind: str, count: int, rows: list[Row], ssim: list[float | None]) -> list[str]:
    def text(value: float | None, digits: int) -> str:
        return "-" if value is None else f"{value:.{digits}f}"

    ours, theirs = cpu_ms(rows[0]), cpu_ms(rows[1])
    return [kind, str(count), "", text(ours, 1), text(theirs, 1), text(ours / theirs if ours and theirs else None, 2),
            text(peak_mib(rows[0]), 0), *[text(value, 4) for value in ssim]]


def csv_text(lines: list[list[str]]) -> str:
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["kind", "files", "knee_cpu_ms", "sharp_cpu_ms", "ratio", "knee_peak_mib", "ssim_knee", "ssim_sharp",
                     "ssim_pillow"])
    for cells in lines:
        writer.writerow(["" if cell == "-" else cell for i, cell in enumerate(cells) if i != 2])
    return file.getvalue()


def measured(options: argparse.Namespace, folder: str, work: str) -> list[list[str]]:
    recipe = peers.recipe.load(options.recipe)
    peers.recipe.write_plain(recipe, f"{work}/plain.recipe")
    found = photographs(options.root, options.files)
    if not found:
        sys.exit(f"kinds: no colour JPEG photograph of a megapixel or more below {options.root}")
    lines = []
    for kind, paths in kinds_make.make(options.root, found, folder, options.kinds).items():
        setting = Setting(recipe, f"{work}/plain.recipe", False, folder, f"{work}/out", options.programs,
                          options.modules, options.sharp_missing, options.core)
        rows = timed(setting, paths, options.rounds)
        if rows[0].tool.trouble:
            sys.exit(f"kinds: {kind}: without knee there is nothing to compare with: {rows[0].tool.trouble}")
        lines.append(line(kind, len(paths), rows, compared(setting, kind, paths[:options.quality_files])))
    return lines


def main() -> int:
    options = arguments()
    options.root = os.path.realpath(options.root)
    with tempfile.TemporaryDirectory(prefix="knee-kinds-") as work:
        lines = measured(options, os.path.realpath(options.keep or f"{work}/in"), work)
    print(f"files made from photographs, {options.rounds} rounds, recipe {os.path.basename(options.recipe)} without "
          "overlays; CPU ms per image, mean\n")
    print(text_table([HEAD, *lines]))
    ratios = [float(cells[5]) for cells in lines if cells[5] != "-"]
    if ratios:
        print(f"\nknee/sharp: mean over kinds {statistics.mean(ratios):.2f}, worst {max(ratios):.2f}")
    write(options.csv, csv_text(lines))
    print(f"\n{os.path.relpath(options.csv)} holds the same for programs")
    return 0


if __name__ == "__main__":
    sys.exit(main())
