"""CPU time per image of knee and of other programs: the same photographs, the renditions of one recipe, side by side in
one run. Prints a table and writes it as CSV.
"""
import argparse
import os
import sys
import tempfile

from PIL import Image

import peers.options
import peers.recipe
from peers import table, worker_start
from peers.catalogue import Setting, all_tools, tools_for_quality
from peers.measure import Row, groups_of, measure, photographs, start
from peers.quality import measure_quality
from peers.recipe import Recipe

GROUP = 4


def arguments() -> argparse.Namespace:
    parser = peers.options.parser("compare", __doc__, "folder of photographs")
    parser.add_argument("--images", type=int, default=20, help="photographs taken, evenly over their sizes (20)")
    parser.add_argument("--quality-images", type=int, default=8, help="photographs compared by SSIM (8); 0: none")
    parser.add_argument("--no-overlays", action="store_true", help="no watermark and caption from anyone")
    return parser.parse_args()


def described(root: str, paths: list[str]) -> str:
    megapixels = []
    for path in paths:
        with Image.open(os.path.join(root, path)) as image:
            megapixels.append(image.width * image.height / 1e6)
    megabytes = sum(os.path.getsize(os.path.join(root, path)) for path in paths) / 1e6 / len(paths)
    return (f"{len(paths)} photographs of {min(megapixels):.1f} to {max(megapixels):.1f} megapixels "
            f"(mean {sum(megapixels) / len(paths):.1f}; {megabytes:.1f} MB)")


def compared_quality(setting: Setting, paths: list[str], wanted: int) -> dict[str, Row]:
    """By name of the program as in the table: other numbers of workers give the same pictures."""
    if not wanted:
        return {}
    chosen = paths[::max(1, len(paths) // wanted)][:wanted]
    rows = [Row(tool) for tool in tools_for_quality(setting)]
    print(f"peers: SSIM of {len(chosen)} images", file=sys.stderr)
    start(rows, (chosen[0],))
    measure_quality(rows, setting.recipe, setting.root, chosen)
    by_name = {row.tool.name: row for row in rows}
    for name, same in (("knee, no overlays", "knee"), ("knee, 2 workers", "knee"),
                       ("Pillow, pool of 1", "Pillow, draft"), ("Pillow, pool of 2", "Pillow, draft"),
                       ("sharp, concurrency 2", "sharp, concurrency 1"),
                       ("vipsthumbnail, parallel -j2", "vipsthumbnail, parallel -j1")):
        by_name[name] = by_name[same]
    return by_name


def write(path: str, text: str) -> None:
    os.makedirs(os.path.dirname(os.path.abspath(path)), exist_ok=True)
    temporary = f"{path}.{os.getpid()}"
    with open(temporary, "w", encoding="utf-8") as file:
        file.write(text)
    os.rename(temporary, path)


def setting_for(options: argparse.Namespace, recipe: Recipe, work: str, name: str, overlays: bool) -> Setting:
    return Setting(recipe, f"{work}/plain.recipe", overlays, options.root, f"{work}/{name}", options.programs,
                   options.modules, options.sharp_missing, options.core)


def main() -> int:
    options = arguments()
    options.root = os.path.realpath(options.root)
    recipe = peers.recipe.load(options.recipe)
    paths = photographs(options.root, options.images)
    if not paths:
        sys.exit(f"compare: no colour JPEG photograph of a megapixel or more below {options.root}")
    groups = groups_of(paths, GROUP)
    with tempfile.TemporaryDirectory(prefix="knee-peers-") as work:
        peers.recipe.write_plain(recipe, f"{work}/plain.recipe")
        setting = setting_for(options, recipe, work, "main", not options.no_overlays)
        rows = [Row(tool) for tool in all_tools(setting)]
        start(rows, groups[0])
        measure(rows, groups, options.rounds)
        if rows[0].tool.trouble:
            sys.exit(f"compare: without knee there is nothing to compare with: {rows[0].tool.trouble}")
        quality = compared_quality(setting_for(options, recipe, work, "plain", False), paths, options.quality_images)
        print("peers: worker start", file=sys.stderr)
        starts = worker_start.measured(f"{options.programs}/knee_start", os.path.abspath(options.recipe))
    print(f"{described(options.root, paths)}, {options.rounds} rounds, recipe {os.path.basename(options.recipe)}"
          f"{' without overlays' if options.no_overlays else ''}\n")
    print(table.report(rows, quality, starts, min(options.quality_images, len(paths))))
    write(options.csv, table.csv_text(rows, quality, starts, [r.name for r in recipe.renditions]))
    samples = f"{options.csv.removesuffix('.csv')}-samples.csv"
    write(samples, table.samples_csv_text(rows))
    print(f"\n{os.path.relpath(options.csv)} holds the same for programs, {os.path.relpath(samples)} every sample")
    return 0


if __name__ == "__main__":
    sys.exit(main())
