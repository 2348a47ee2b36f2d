"""Every kind of input through `knee run`: right size, right way up, right colours; what is not read is refused with its name.
Arguments: the program, an empty folder. Prints TAP; the table of all kinds is in its comments."""
import os
import subprocess
import sys

import numpy
from formats_cases import CASES
from formats_make import BACKGROUND, Case, Unavailable
from PIL import Image

RECIPES = {
    "plain": "",
    "gif": "animated_gif=clip\n",
    "late": "clip_offset_s=0.6\n",
}
RENDITION = "[rendition r]\nwidth=4000\nheight=4000\nformat=png\n"


def make_all(folder: str) -> dict[str, str]:
    """Makes every input in a folder of its recipe; returns why some could not be made."""
    missing = {}
    for case in CASES:
        inputs = os.path.join(folder, case.recipe)
        os.makedirs(inputs, exist_ok=True)
        path = os.path.join(inputs, case.name)
        try:
            case.make(path)
        except (Unavailable, OSError, ValueError) as error:
            missing[case.name] = str(error)
            if os.path.exists(path):
                os.remove(path)
    return missing


def run_all(knee: str, folder: str) -> dict[str, str]:
    """Runs knee over every folder; returns the reasons of those that failed."""
    reasons = {}
    for name, keys in RECIPES.items():
        recipe, out = os.path.join(folder, name + ".recipe"), os.path.join(folder, name + ".out")
        with open(recipe, "w", encoding="utf-8") as file:
            file.write("[recipe]\nbackground=#%02x%02x%02x\n%s%s" % (*BACKGROUND, keys, RENDITION))
        subprocess.run([knee, "run", "--quiet", "--recipe", recipe, os.path.join(folder, name), out], check=False,
                       stderr=subprocess.DEVNULL)
        failed = os.path.join(out, "FAILED.tsv")
        if os.path.exists(failed):
            with open(failed, encoding="utf-8") as lines:
                for line in list(lines)[1:]:
                    fields = line.rstrip("\n").split("\t")
                    reasons[fields[0]] = fields[3]
    return reasons


def furthest(picture: numpy.typing.NDArray[numpy.uint8], case: Case) -> int:
    """How far the quarters' inner parts are from their colours, at most, by their means; edges and what codecs do to them
    are left out."""
    height, width = picture.shape[:2]
    worst = 0.0
    for i, colour in enumerate(case.colours):
        top, left = i // 2 * height // 2, i % 2 * width // 2
        part = picture[top + height // 8:top + height // 2 - height // 8, left + width // 8:left + width // 2 - width // 8]
        worst = max(worst, float(numpy.abs(part.reshape(-1, 3).astype(float).mean(axis=0) - numpy.array(colour)).max()))
    return round(worst)


def judge(case: Case, folder: str, reasons: dict[str, str]) -> tuple[bool, str]:
    output = os.path.join(folder, case.recipe + ".out", "r", case.name + ".png")
    if case.refused:
        reason = reasons.get(case.name, "")
        return case.refused in reason and not os.path.exists(output), f"refused: {reason or 'NOT'}"
    if case.name in reasons or not os.path.exists(output):
        return False, f"failed: {reasons.get(case.name, 'no output')}"
    with Image.open(output) as image:
        picture = numpy.asarray(image.convert("RGB"), dtype=numpy.uint8)
    size = (picture.shape[1], picture.shape[0])
    if size != case.size:
        return False, f"{size[0]}x{size[1]}, wanted {case.size[0]}x{case.size[1]}"
    worst = furthest(picture, case)
    return worst <= case.tolerance, f"{size[0]}x{size[1]}, colours within {worst} of 255 (at most {case.tolerance})"


def main() -> None:
    knee, folder = sys.argv[1:]
    missing = make_all(folder)
    reasons = run_all(knee, folder)
    good = True
    for number, case in enumerate(CASES, 1):
        if case.name in missing:
            print(f"ok {number} - {case.name} # SKIP {missing[case.name]}")
            continue
        passed, what = judge(case, folder, reasons)
        good = good and passed
        print(f"{'ok' if passed else 'not ok'} {number} - {case.name}: {what}")
    print(f"1..{len(CASES)}")
    sys.exit(not good)


if __name__ == "__main__":
    main()
