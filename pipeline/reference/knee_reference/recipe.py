"""Recipes: the same files as knee's (docs/formats.md); knee recipe check finds every mistake in them."""
import configparser
import os
import re
from dataclasses import dataclass, fields, replace
from typing import NamedTuple, TypeVar

ENDINGS = {"jpeg": ".jpg", "webp": ".webp", "png": ".png"}
FONT_FOLDERS = ("/usr/share/fonts/truetype/dejavu", "/usr/share/fonts/truetype", "/usr/local/share/fonts")
MOST = 16384  # pixels of a side
ESCAPES = {r"\s": " ", r"\n": "\n", r"\t": "\t", r"\r": "\r", r"\\": "\\"}
Kind = TypeVar("Kind")


class Refused(ValueError):
    """What is wrong in a recipe, or why an item is not processed."""


@dataclass(frozen=True)
class Whole:  # [recipe] and [limits]: fields are keys, with their types and defaults; so below
    name: str = ""
    background: str = "#ffffff"
    clip_offset_s: float = 0
    keep: str = ""
    animated_gif: str = "first"
    megapixels: float = 100
    megabytes: float = 256


@dataclass(frozen=True)
class Overlay:  # [watermark] and [caption]; shares are of the rendition's width
    file: str = ""
    font: str = ""
    text: str = "{stem}"
    width: float = 0.18
    size: float = 0.016
    opacity: float = 0.6
    margin: float = 0.025
    position: str = ""


@dataclass(frozen=True)
class Rendition:
    title: str = ""  # no key: what stands behind "rendition" in the group's name
    name: str = "{rendition}/{path}.{ext}"  # pattern of the outputs' paths
    fit: str = "inside"
    gravity: str = "centre"
    width: int = 0
    widths: str = ""
    height: int = MOST
    aspect: str = ""
    format: str = "jpeg"
    quality: int = 82
    compression: int = 6
    subsampling: str = "420"
    sharpen: float = 0
    enlarge: bool = False
    progressive: bool = False
    optimise: bool = False
    watermark: bool = False
    caption: bool = False

    def scale(self, size: tuple[int, int]) -> float:
        """By which a picture of that size is reduced, or enlarged."""
        x, y = self.width / size[0], self.height / size[1]
        scale = max(x, y) if self.fit == "cover" else min(x, y)
        return scale if self.enlarge else min(scale, 1.0)

    def output(self, path: str) -> str:
        """The path of an item's output within OUT."""
        folder, last = os.path.split(path)
        words = {"path": path, "folder": folder, "stem": os.path.splitext(last)[0], "rendition": self.title,
                 "width": str(self.width), "height": str(self.height), "ext": ENDINGS[self.format][1:]}
        pattern = self.name if folder else self.name.replace("{folder}/", "")
        made = re.sub(r"\{\{|\}\}|\{(\w+)\}", lambda m: words[m[1]] if m[1] else m[0][0], pattern)
        return made if made.endswith(ENDINGS[self.format]) else made + ENDINGS[self.format]


class Recipe(NamedTuple):
    whole: Whole
    watermark: Overlay
    caption: Overlay
    renditions: tuple[Rendition, ...]


def value(kind: type, text: str) -> str | int | float | bool:
    if kind is bool:
        return {"true": True, "false": False}[text]
    if kind is float and text.endswith("%"):
        return float(text[:-1]) / 100
    return re.sub(r"\\.", lambda m: ESCAPES[m[0]], text) if kind is str else int(text) if kind is int else float(text)


def read(kind: type[Kind], where: str, group: dict[str, str]) -> Kind:
    types = {f.name: f.type for f in fields(kind) if f.name != "title"}
    try:
        return kind(**{key: value(types[key], text) for key, text in group.items()})
    except (KeyError, ValueError) as error:
        raise Refused(f"{where}: unknown key or value: {error}") from None


def ladder(where: str, rendition: Rendition) -> list[Rendition]:
    """One for each width; those of a ladder are called by it."""
    try:
        across, down = (int(number) for number in (rendition.aspect or "1:0").split(":"))
        widths = [int(number) for number in (rendition.widths or str(rendition.width)).split(",")]
        made = [replace(rendition, title=f"{rendition.title}-{w}" if rendition.widths else rendition.title, width=w,
                        height=round(w * down / across) if down else rendition.height) for w in widths]
        outputs = [r.output("folder/stem.jpg") for r in made]
    except (KeyError, ValueError, ZeroDivisionError) as error:
        raise Refused(f"{where}: {error} is no size, name, or format of {', '.join(ENDINGS)}") from None
    if any(re.search(r"(^|/)[./]", path) or "stem" not in path for path in outputs):
        raise Refused(f"{where}: name={rendition.name}: give a plain path within OUT that has {{path}} or {{stem}}")
    if rendition.fit not in ("inside", "cover", "contain") or not all(0 < r.width <= MOST >= r.height > 0 for r in made):
        raise Refused(f"{where}: give inside, cover or contain, and width and height in pixels, from 1 to {MOST}")
    return made


def found(where: str, name: str, *folders: str) -> str:
    for path in (os.path.join(folder, name) for folder in folders):
        if os.path.isfile(path):
            return path
    raise Refused(f"{where}: the file '{name}' is in none of {', '.join(folders)}")


def load(path: str) -> Recipe:
    parser = configparser.ConfigParser(delimiters="=", comment_prefixes="#", interpolation=None, default_section="")
    try:
        with open(path, encoding="utf-8-sig") as file:
            parser.read_file(file)
    except (OSError, UnicodeError, configparser.Error) as error:
        raise Refused(f"recipe {path}: {error}") from None
    groups, where = {name: dict(parser[name]) for name in parser.sections()}, f"recipe {path}: [%s]"
    whole = read(Whole, where % "recipe", groups.pop("recipe", {}) | groups.pop("limits", {}))
    watermark, caption = (read(Overlay, where % name, {"position": position} | groups.pop(name, {}))
                          for name, position in (("watermark", "bottom-right"), ("caption", "bottom-left")))
    renditions: list[Rendition] = []
    for name, keys in groups.items():
        word, _, title = name.partition(" ")
        if word != "rendition":
            raise Refused(f"{where % name}: unknown group")
        renditions += ladder(where % name, replace(read(Rendition, where % name, keys), title=title))
    if not renditions or len({r.output("a/b.c") for r in renditions}) < len(renditions):
        raise Refused(f"recipe {path}: no rendition in it, or two whose outputs have one name")
    folder = os.path.dirname(os.path.abspath(path))
    mark = found(where % "watermark", watermark.file, folder) if any(r.watermark for r in renditions) else ""
    font = found(where % "caption", caption.font, folder, *FONT_FOLDERS) if any(r.caption for r in renditions) else ""
    return Recipe(whole, replace(watermark, file=mark), replace(caption, font=font), tuple(renditions))
