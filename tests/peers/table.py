"""The comparison as a table to read and as CSV."""
import csv
import io
import math
import statistics
import textwrap
from dataclasses import dataclass
from typing import Any

from peers.measure import Row
from peers.ratio import ratio
from peers.worker_start import Start


@dataclass
class Cost:
    """One program's figures, per image. None: not measured."""
    cpu_ms: float             # median over units of the rounds' median
    mean_cpu_ms: float
    images_per_s: float
    peak_mib: float | None    # median over units of the rounds' median
    most_mib: float | None
    ratio: tuple[float, float, float]


def knee_cost(knee: Row, unit: tuple[str, ...]) -> float:
    """knee's CPU ms for the images of another program's unit."""
    costs = knee.each(lambda s: s.cpu_ms)
    return sum(costs[(path,)] for path in unit)


def cost(row: Row, knee: Row) -> Cost:
    cpu, wall = row.each(lambda s: s.cpu_ms), row.each(lambda s: s.wall_ms)
    images = sum(len(unit) for unit in cpu)
    peaks = [s.peak_mib for samples in row.units.values() for s in samples]
    known = [peak for peak in peaks if peak is not None]
    whole = len(known) == len(peaks)
    return Cost(statistics.median(cpu[unit] / len(unit) for unit in cpu), sum(cpu.values()) / images,
                1000 * images / sum(wall.values()), statistics.median(known) if whole else None,
                max(known) if whole else None, ratio([knee_cost(knee, unit) for unit in cpu], list(cpu.values())))


def mean_ssim(row: Row | None, rendition: str = "") -> float | None:
    values = [v for name, each in row.ssim.items() if rendition in ("", name) for v in each] if row else []
    return statistics.mean(values) if values else None


def number(value: float | None, digits: int, unknown: str = "-") -> str:
    return unknown if value is None or math.isnan(value) else f"{value:.{digits}f}"


HEAD = ("", "jobs", "overlays", "images/s", "CPU ms", "mean", "MiB", "ratio", "95%", "SSIM")


def cells(row: Row, knee: Row, quality: Row | None) -> list[str]:
    if row.tool.trouble:
        return [row.tool.name, f"not measured: {row.tool.trouble}"]
    found = cost(row, knee)
    value, low, high = found.ratio
    interval = "" if row is knee or math.isnan(low) else f"{low:.2f} to {high:.2f}"
    return [row.tool.name, str(row.tool.call.jobs), row.tool.call.overlays, number(found.images_per_s, 2),
            number(found.cpu_ms, 1), number(found.mean_cpu_ms, 1), number(found.peak_mib, 0), number(value, 2),
            interval,
            number(mean_ssim(quality), 4)]


def text_table(lines: list[list[str]]) -> str:
    """Columns of equal width, names to the left, numbers to the right; a line of two cells runs on."""
    full = [line for line in lines if len(line) > 2]
    widths = [max(len(line[i]) for line in full) for i in range(len(full[0]))]
    name = max(len(line[0]) for line in lines)
    out = []
    for line in lines:
        if len(line) == 2:
            out.append(f"{line[0]:{name}}  {line[1]}")
            continue
        out.append("  ".join(f"{cell:{name if i == 0 else w}}" if i in (0, 2) else f"{cell:>{w}}"
                             for i, (cell, w) in enumerate(zip(line, widths))).rstrip())
    return "\n".join(out)


def start_lines(starts: list[Start]) -> str:
    lines = [["worker start, ms", "workers", "", "median", "least", "most"]]
    for start in starts:
        if start.trouble:
            lines.append([start.name, f"not measured: {start.trouble}"])
        else:
            lines.append([start.name, str(start.workers), "", number(statistics.median(start.times_ms), 1),
                          number(min(start.times_ms), 1), number(max(start.times_ms), 1)])
    return text_table(lines)


NOTE = """\
ratio     CPU time of knee's one worker = 1.00: sums over the same images, with the 95% interval over such images.
CPU ms    user and system time of all the program's processes and threads for an image: median and mean. knee, Pillow,
          sharp and the floor are warm: their start is left out. vipsthumbnail (with GNU parallel's own part) and
          GraphicsMagick start a process for each rendition or image, and that is in; vipsthumbnail makes each
          rendition from the input and converts profiles to sRGB, as knee, Pillow and sharp do.
images/s  by wall clock; one job is bound to one CPU, more run on all.
MiB       peak resident memory of the largest process: median over images.
SSIM      of luma against renditions by Pillow (whole decode, Lanczos from the whole picture, not encoded), {quality}
          images, no overlays anywhere, mean of the renditions. Pillow's rows share the reference's scaler and codecs.
overlays  none: the program was asked for less than knee. sharp: no caption; GraphicsMagick: no conversion to sRGB.
floor     libjpeg-turbo decodes (scaled, to planes), libjpeg-turbo and libwebp encode planes that were scaled off the
          clock: no scaling, orientation, colour, digest or storing.
start     of a pool, until all workers have watermark and font, from a parent that has its libraries loaded; spawn
          loads them again in each worker."""


def report(rows: list[Row], quality: dict[str, Row], starts: list[Start], quality_images: int) -> str:
    lines = [list(HEAD)] + [cells(row, rows[0], quality.get(row.tool.name)) for row in rows]
    versions = [textwrap.fill(row.tool.version, 108, subsequent_indent=" " * 12) for row in rows if row.tool.version]
    parts = [text_table(lines), NOTE.format(quality=quality_images), start_lines(starts),
             "versions  " + "\n          ".join(dict.fromkeys(versions))]
    troubles = [f"no SSIM of {row.tool.name}: {row.tool.trouble}" for row in dict.fromkeys(quality.values())
                if row.tool.trouble]
    return "\n\n".join(parts + troubles)


def csv_text(rows: list[Row], quality: dict[str, Row], starts: list[Start], renditions: list[str]) -> str:
    """A line for each program; empty cells were not measured, and "trouble" says why."""
    file = io.StringIO()
    names = ["program", "version", "jobs", "overlays", "images", "rounds", "images_per_s", "cpu_ms_median",
             "cpu_ms_mean", "peak_mib_median", "peak_mib_most", "ratio", "ratio_low", "ratio_high", "ssim",
             *[f"ssim_{name}" for name in renditions], "start_ms_median", "trouble"]
    writer = csv.DictWriter(file, names, lineterminator="\n")
    writer.writeheader()
    for row in rows:
        writer.writerow(csv_row(row, rows[0], quality.get(row.tool.name), renditions))
    for start in starts:
        words = {"program": f"worker start: {start.name}", "jobs": start.workers, "trouble": start.trouble}
        if start.times_ms:
            words["start_ms_median"] = number(statistics.median(start.times_ms), 3)
        writer.writerow(words)
    return file.getvalue()


def samples_csv_text(rows: list[Row]) -> str:
    """Every sample: a line for each program, image (or group, its paths separated by tabs) and round."""
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(["program", "round", "images", "cpu_ms", "wall_ms", "peak_mib", "paths"])
    for row in rows:
        for unit, samples in row.units.items():
            for turn, sample in enumerate(samples, 1):
                writer.writerow([row.tool.name, turn, len(unit), number(sample.cpu_ms, 3), number(sample.wall_ms, 3),
                                 number(sample.peak_mib, 1, ""), "\t".join(unit)])
    return file.getvalue()


def csv_row(row: Row, knee: Row, quality: Row | None, renditions: list[str]) -> dict[str, Any]:
    words: dict[str, Any] = {"program": row.tool.name, "version": row.tool.version, "jobs": row.tool.call.jobs,
                             "overlays": row.tool.call.overlays, "trouble": row.tool.trouble}
    if not row.tool.trouble:
        found = cost(row, knee)
        words |= {"images": sum(len(unit) for unit in row.units), "rounds": max(len(s) for s in row.units.values()),
                  "images_per_s": number(found.images_per_s, 4), "cpu_ms_median": number(found.cpu_ms, 3),
                  "cpu_ms_mean": number(found.mean_cpu_ms, 3), "peak_mib_median": number(found.peak_mib, 1, ""),
                  "peak_mib_most": number(found.most_mib, 1, "")}
        words |= dict(zip(("ratio", "ratio_low", "ratio_high"), (number(v, 4, "") for v in found.ratio)))
    words["ssim"] = number(mean_ssim(quality), 5, "")
    words |= {f"ssim_{name}": number(mean_ssim(quality, name), 5, "") for name in renditions}
    return words
