"""What the other programs have to make: the renditions of a recipe, read from the recipe itself."""
import configparser
import os
from dataclasses import dataclass

EXTENSIONS = {"jpeg": "jpg", "webp": "webp", "png": "png"}


def share(text: str) -> float:
    return float(text[:-1]) / 100 if text.endswith("%") else float(text)


@dataclass
class Rendition:
    name: str
    fit: str
    width: int
    height: int
    format: str
    quality: int
    watermark: bool
    caption: bool
    progressive: bool
    optimise: bool

    def scale(self, size: tuple[int, int]) -> float:
        x, y = self.width / size[0], self.height / size[1]
        return min(1.0, max(x, y) if self.fit == "cover" else min(x, y))

    def size(self, input_size: tuple[int, int]) -> tuple[int, int]:
        if self.fit == "cover":
            return min(input_size[0], self.width), min(input_size[1], self.height)
        scale = self.scale(input_size)
        return max(1, round(input_size[0] * scale)), max(1, round(input_size[1] * scale))

    def output(self, path: str) -> str:
        """Where the output goes, within the folder of outputs: as knee names it."""
        return f"{self.name}/{path}.{EXTENSIONS[self.format]}"

    def words(self) -> str:
        """For programs that do not read recipes."""
        return f"{self.name}:{self.fit}:{self.width}:{self.height}:{self.format}:{self.quality}"


@dataclass
class Recipe:
    path: str
    parser: configparser.ConfigParser
    renditions: list[Rendition]

    @property
    def folder(self) -> str:
        return os.path.dirname(os.path.abspath(self.path))


def load(path: str) -> Recipe:
    parser = configparser.ConfigParser(interpolation=None)
    with open(path, encoding="utf-8") as file:
        parser.read_file(file)
    renditions = []
    for name in parser.sections():
        if name.startswith("rendition "):
            group = parser[name]
            renditions.append(Rendition(
                name.removeprefix("rendition "), group["fit"], group.getint("width"), group.getint("height"),
                group["format"], group.getint("quality", 82), group.getboolean("watermark", False),
                group.getboolean("caption", False), group.getboolean("progressive", False),
                group.getboolean("optimise", False)))
    return Recipe(path, parser, renditions)


def write_plain(recipe: Recipe, path: str) -> None:
    """The same recipe without watermark and caption."""
    plain = configparser.ConfigParser(interpolation=None)
    for name in recipe.parser.sections():
        if name not in ("watermark", "caption"):
            plain[name] = {k: v for k, v in recipe.parser[name].items() if k not in ("watermark", "caption")}
    with open(path, "w", encoding="utf-8") as file:
        plain.write(file, space_around_delimiters=False)
