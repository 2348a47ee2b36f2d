"""Which programs are compared, and how each is called for the recipe's renditions."""
import json
import os
import shlex
from dataclasses import dataclass

from PIL import Image

from peers.recipe import EXTENSIONS, Recipe, share
from peers.tools import Call, Served, Spawned, Tool

HERE = os.path.dirname(os.path.abspath(__file__))


@dataclass
class Setting:
    recipe: Recipe
    plain_recipe: str  # file: the recipe without overlays
    overlays: bool     # whether programs that can shall make them
    root: str          # folder of the inputs
    out: str           # folder of the outputs, one folder in it for each program
    programs: str      # folder of knee_one, knee_start, floor
    modules: str       # folder that has node_modules/sharp
    sharp_missing: str  # what to say when it is not there
    core: int          # CPU for programs that use one

    def folder(self, name: str) -> str:
        path = os.path.join(self.out, "".join(c if c.isalnum() else "-" for c in name))
        os.makedirs(path, exist_ok=True)
        return path

    def file(self, overlays: bool) -> str:
        return self.recipe.path if overlays else self.plain_recipe

    def call(self, name: str, overlays: str, jobs: int = 1, whole: bool = False) -> Call:
        """One job at a time is bound to one CPU."""
        return Call(name, overlays, self.folder(name), jobs, whole or jobs > 1, self.core if jobs == 1 else None)


def knee(setting: Setting, name: str, overlays: bool, processes: int = 1) -> Tool:
    call = setting.call(name, "watermark, caption" if overlays else "none", processes)
    return Served(call, [f"{setting.programs}/knee_one", setting.file(overlays), setting.root, call.out], processes)


def pillow(setting: Setting, name: str, *options: str, workers: int = 0) -> Tool:
    call = setting.call(name, "watermark, caption" if setting.overlays else "none", max(1, workers), workers > 0)
    return Served(call, ["/usr/bin/python3", "-m", "peers.pillow", "--recipe", setting.file(setting.overlays), "--root",
                         setting.root, "--out", call.out, "--workers", str(workers), *options])


def sharp(setting: Setting, name: str, concurrency: int) -> Tool:
    parser, mark = setting.recipe.parser, None
    if setting.overlays and "watermark" in parser:
        group = parser["watermark"]
        mark = {"file": os.path.join(setting.recipe.folder, group["file"]), "width": share(group["width"]),
                "opacity": share(group["opacity"]), "margin": share(group["margin"])}
    call = setting.call(name, "watermark" if mark else "none", concurrency)
    call.needs = (f"{setting.modules}/node_modules/sharp/package.json", setting.sharp_missing)
    words = {"root": setting.root, "out": call.out, "extensions": EXTENSIONS, "watermark": mark,
             "renditions": [vars(r) for r in setting.recipe.renditions]}
    program = os.path.join(HERE, "sharp.mjs")
    return Served(call, ["node", program, setting.modules, str(concurrency), json.dumps(words)])


def make_folders(setting: Setting, out: str, path: str) -> None:
    for rendition in setting.recipe.renditions:
        os.makedirs(os.path.dirname(os.path.join(out, rendition.output(path))), exist_ok=True)


def vipsthumbnail(setting: Setting, name: str, jobs: int) -> Tool:
    """A process for each rendition, each from the input, which the JPEG decoder reduces; a job is an image."""
    call = setting.call(name, "none", jobs, whole=True)

    def line(path: str) -> str:
        make_folders(setting, call.out, path)
        commands = []
        for r in setting.recipe.renditions:
            crop = ["--smartcrop", "centre"] if r.fit == "cover" else []
            target = f"{os.path.join(call.out, r.output(path))}[Q={r.quality},strip]"
            commands.append(shlex.join(["vipsthumbnail", os.path.join(setting.root, path), "--size",
                                        f"{r.width}x{r.height}>", *crop, "--export-profile", "srgb", "-o", target]))
        return " && ".join(commands)

    def command(paths: list[str]) -> tuple[list[str], str]:
        return ["parallel", "--will-cite", "-j", str(jobs)], "".join(line(path) + "\n" for path in paths)

    versions = [["vipsthumbnail", "--version"], ["parallel", "--version"]]
    return Spawned(call, versions, command, {"VIPS_CONCURRENCY": "1"})


def graphicsmagick(setting: Setting, name: str) -> Tool:
    """One process makes all renditions, each from the larger one; the size hint lets the JPEG decoder reduce."""
    call = setting.call(name, "none")

    def command(paths: list[str]) -> tuple[list[str], str]:
        [path] = paths
        make_folders(setting, call.out, path)
        largest = max(setting.recipe.renditions, key=lambda r: r.width * r.height)
        file = os.path.join(setting.root, path)
        with Image.open(file) as image:
            # With a hint larger than the picture, "-resize WxH>" would enlarge it.
            hint = ["-size", f"{largest.width}x{largest.height}"] if largest.scale(image.size) < 1 else []
        words = ["gm", "convert", *hint, file, "-auto-orient", "+profile", "*"]
        for number, r in enumerate(setting.recipe.renditions, 1):
            box = f"{r.width}x{r.height}"
            words += ["-resize", f"{box}^", "-gravity", "center", "-crop", f"{box}+0+0"] if r.fit == "cover" else [
                "-resize", f"{box}>"]
            words += ["-quality", str(r.quality)]
            last = number == len(setting.recipe.renditions)
            words += [os.path.join(call.out, r.output(path))] if last else ["-write", os.path.join(call.out, r.output(path))]
        return words, ""

    return Spawned(call, [["gm", "version"]], command, {"OMP_NUM_THREADS": "1"})


def floor(setting: Setting, name: str) -> Tool:
    call = Call(name, "none", "", core=setting.core)
    return Served(call, [f"{setting.programs}/floor", setting.root, *[r.words() for r in setting.recipe.renditions]])


def all_tools(setting: Setting) -> list[Tool]:
    """knee first: the others are compared with it."""
    tools = [knee(setting, "knee", setting.overlays)]
    if setting.overlays:
        tools.append(knee(setting, "knee, no overlays", False))
    return tools + [
        knee(setting, "knee, 2 workers", setting.overlays, 2),
        pillow(setting, "Pillow, draft", "--draft"),
        pillow(setting, "Pillow, no draft"),
        pillow(setting, "Pillow, pool of 1", "--draft", workers=1),
        pillow(setting, "Pillow, pool of 2", "--draft", workers=2),
        sharp(setting, "sharp, concurrency 1", 1),
        sharp(setting, "sharp, concurrency 2", 2),
        vipsthumbnail(setting, "vipsthumbnail, parallel -j1", 1),
        vipsthumbnail(setting, "vipsthumbnail, parallel -j2", 2),
        graphicsmagick(setting, "GraphicsMagick"),
        floor(setting, "floor: codecs alone")]


def tools_for_quality(setting: Setting) -> list[Tool]:
    """One of each kind: other numbers of workers give the same pictures."""
    return [knee(setting, "knee", False), pillow(setting, "Pillow, draft", "--draft"),
            pillow(setting, "Pillow, no draft"), sharp(setting, "sharp, concurrency 1", 1),
            vipsthumbnail(setting, "vipsthumbnail, parallel -j1", 1), graphicsmagick(setting, "GraphicsMagick")]
