"""The comparison's own arithmetic and layout, with known answers, as TAP."""
import csv
import io
import math
import os
import random
import sys
import tempfile

from PIL import Image

import peers.recipe
from peers import table
from peers.measure import Row, groups_of, measure, photographs, start
from peers.ratio import ratio, t95
from peers.tools import Call, Sample, Tool, Unmeasured, first_version
from peers.worker_start import Start
from tap import equal, near, run

RECIPE = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../pipeline/recipes/web.recipe")


class Fake(Tool):
    """Costs cpu_ms an image; refuses an image of a certain name."""

    def __init__(self, name: str, cpu_ms: float, whole: bool = False, refuses: str = "", broken: str = "") -> None:
        super().__init__(Call(name, "none", "", 2 if whole else 1, whole))
        self.cpu_ms, self.refuses, self.broken, self.version = cpu_ms, refuses, broken, f"{name} 1.0"
        self.done: list[str] = []

    def start(self) -> None:
        if self.broken:
            raise Unmeasured(self.broken)

    def run(self, paths: list[str]) -> Sample:
        if self.refuses in paths:
            raise Unmeasured("no such colours")
        self.done += paths
        return Sample(self.cpu_ms * len(paths), 2 * self.cpu_ms * len(paths), None if self.name == "blind" else 10.0)


def test_ratio_of_equal_and_doubled_costs() -> None:
    equal(ratio([1, 2, 3], [1, 2, 3]), (1, 1, 1))
    equal(ratio([1, 2, 3], [2, 4, 6]), (2, 2, 2))


def test_ratio_by_hand() -> None:
    # value 6/4; residuals 2 - 1.5 and 4 - 4.5: squares sum to 0.5; sqrt(2/1 * 0.5) / 4 = 0.25.
    value, low, high = ratio([1, 3], [2, 4])
    near(value, 1.5)
    near(low, 1.5 - 12.706 * 0.25)
    near(high, 1.5 + 12.706 * 0.25)


def test_ratio_of_one_pair_has_no_interval() -> None:
    value, low, high = ratio([2], [5])
    assert value == 2.5 and math.isnan(low) and math.isnan(high)


def test_interval_covers() -> None:
    chance, inside = random.Random(4), 0
    for _ in range(1000):
        ours = [chance.uniform(50, 150) for _ in range(12)]
        _, low, high = ratio(ours, [2 * o + chance.gauss(0, 20) for o in ours])
        inside += low <= 2 <= high
    assert 920 <= inside <= 975, f"{inside} of 1000 intervals cover"


def test_t_far_out() -> None:
    near(t95(40), 2.021, 0.002)
    near(t95(120), 1.980, 0.002)


def test_recipe_words_and_sizes() -> None:
    recipe = peers.recipe.load(RECIPE)
    equal([r.words() for r in recipe.renditions], ["large:inside:2048:2048:jpeg:85", "medium:inside:1024:1024:jpeg:82",
                                                  "thumb:cover:320:320:webp:80"])
    large, _, thumb = recipe.renditions
    equal(large.size((4000, 3000)), (2048, 1536))
    equal(large.size((300, 200)), (300, 200))
    equal(thumb.size((4000, 200)), (320, 200))
    equal(large.output("a/b.jpg"), "large/a/b.jpg.jpg")
    equal(peers.recipe.share("16%"), 0.16)


def test_plain_recipe_has_the_same_renditions() -> None:
    with tempfile.TemporaryDirectory() as folder:
        recipe = peers.recipe.load(RECIPE)
        peers.recipe.write_plain(recipe, f"{folder}/plain.recipe")
        plain = peers.recipe.load(f"{folder}/plain.recipe")
    equal([r.words() for r in plain.renditions], [r.words() for r in recipe.renditions])
    assert not any(r.watermark or r.caption for r in plain.renditions)
    assert "watermark" not in plain.parser and "caption" not in plain.parser and "limits" in plain.parser


def test_photographs_are_spread_over_sizes() -> None:
    with tempfile.TemporaryDirectory() as folder:
        for i in range(9):
            Image.new("RGB", (1000 + 100 * (8 - i), 1000)).save(f"{folder}/{i}.jpg", "JPEG")
        Image.new("RGB", (900, 900)).save(f"{folder}/small.jpg", "JPEG")
        Image.new("L", (1100, 1100)).save(f"{folder}/grey.jpg", "JPEG")
        Image.new("RGB", (1100, 1100)).save(f"{folder}/named.jpg", "PNG")
        equal(photographs(folder, 3), ["1.jpg", "4.jpg", "7.jpg"])
        equal(len(photographs(folder, 50)), 9)


def test_every_program_does_every_image_in_every_round() -> None:
    rows = [Row(Fake("knee", 10)), Row(Fake("other", 20)), Row(Fake("pool", 30, whole=True)),
            Row(Fake("picky", 5, refuses="c")), Row(Fake("absent", 1, broken="it is not installed"))]
    groups = groups_of(["a", "b", "c", "d", "e"], 2)
    equal(groups, [("a", "b"), ("c", "d"), ("e",)])
    start(rows, groups[0])
    measure(rows, groups, 2)
    equal([row.tool.trouble for row in rows], ["", "", "", "c: no such colours", "it is not installed"])
    equal(sorted(rows[0].units), [("a",), ("b",), ("c",), ("d",), ("e",)])
    equal(sorted(rows[2].units), [("a", "b"), ("c", "d"), ("e",)])
    assert all(len(samples) == 2 for row in rows[:3] for samples in row.units.values())


def test_first_version() -> None:
    equal(first_version("GNU parallel 20221122\nCopyright"), "GNU parallel 20221122")
    equal(first_version("GraphicsMagick 1.3.40 2023-01-14 Q16 x"), "GraphicsMagick 1.3.40")
    equal(first_version("vips-8.14.1"), "vips-8.14.1")


def measured_rows() -> list[Row]:
    rows = [Row(Fake("knee", 10)), Row(Fake("pool", 25, whole=True)), Row(Fake("blind", 20)),
            Row(Fake("absent", 1, broken="it is not installed"))]
    start(rows, ("a",))
    measure(rows, groups_of(["a", "b", "c", "d"], 2), 1)
    rows[0].ssim = {"large": [0.9, 0.7], "thumb": [0.8]}
    return rows


def test_costs_are_per_image() -> None:
    rows = measured_rows()
    cost = table.cost(rows[1], rows[0])
    near(cost.cpu_ms, 25)
    near(cost.mean_cpu_ms, 25)
    near(cost.images_per_s, 20)
    near(cost.ratio[0], 2.5)
    equal(cost.peak_mib, 10.0)
    equal(table.cost(rows[2], rows[0]).peak_mib, None)


def test_table_tells_what_is_not_measured() -> None:
    rows = measured_rows()
    text = table.report(rows, {"knee": rows[0]}, [Start("knee", 2, [3, 1, 2]), Start("pool", 2, [], "no fork")], 2)
    lines = text.splitlines()
    equal(lines[1].split(), ["knee", "1", "none", "50.00", "10.0", "10.0", "10", "1.00", "0.8000"])
    equal(lines[3].split(), ["blind", "1", "none", "25.00", "20.0", "20.0", "-", "2.00", "2.00", "to", "2.00", "-"])
    equal(lines[4].split(maxsplit=1), ["absent", "not measured: it is not installed"])
    assert "knee 1.0" in text and "SSIM" in text and "not measured: no fork" in text
    assert [line.split() for line in lines if line.startswith("knee  ")][1] == ["knee", "2", "2.0", "1.0", "3.0"]


def test_csv_leaves_empty_what_is_not_measured() -> None:
    rows = measured_rows()
    text = table.csv_text(rows, {"knee": rows[0]}, [Start("knee", 2, [3, 1, 2])], ["large", "thumb"])
    lines = list(csv.DictReader(io.StringIO(text)))
    equal([line["program"] for line in lines], ["knee", "pool", "blind", "absent", "worker start: knee"])
    equal((lines[0]["version"], lines[0]["ssim_large"], lines[0]["ssim"]), ("knee 1.0", "0.80000", "0.80000"))
    equal((lines[1]["ratio"], lines[1]["ratio_low"], lines[1]["images"]), ("2.5000", "2.5000", "4"))
    equal((lines[2]["peak_mib_median"], lines[2]["ssim"]), ("", ""))
    equal((lines[3]["cpu_ms_mean"], lines[3]["trouble"]), ("", "it is not installed"))
    equal(lines[4]["start_ms_median"], "2.000")
    samples = list(csv.DictReader(io.StringIO(table.samples_csv_text(rows))))
    equal(len(samples), 4 + 2 + 4)
    equal([samples[4][name] for name in ("program", "images", "cpu_ms", "paths")], ["pool", "2", "50.000", "a\tb"])
    equal(samples[-1]["peak_mib"], "")


if __name__ == "__main__":
    sys.exit(run(globals()))
