"""What was dropped on Baton at once: drawings, zips and folders, sorted out into packs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import count
from pathlib import PurePosixPath

from engine.infra.errors import DomainError, Invalid, TooLarge
from engine.intake.decision_ids import decision_ids
from engine.intake.pack import MAX_FILES, SETTINGS, Pack, is_zip, pack_of, unzipped

_MODEL = b"http://www.omg.org/spec/BPMN/20100524/MODEL"
_HEAD = 65_536
#: Files that come with a drawing, but are none.
_BESIDE = (".dmn", ".json", ".form", ".toml", ".md")


@dataclass(frozen=True)
class Dropped:
    """One thing of a drop: the pack that it is, or why it is none. `name` is how it was sent."""

    name: str
    found: Pack | None = None
    error: DomainError | None = None

    def pack(self) -> Pack:
        """The pack. Raises the error where it is none."""
        if self.found is None:
            raise self.error or Invalid("The zip holds no drawing.")
        return self.found

    def same_as(self, other: Dropped) -> bool:
        """Whether both hold the same drawing, byte for byte, with the same settings and files."""
        return (self.found is not None and other.found is not None
                and replace(self.found, name="") == replace(other.found, name=""))


def sort_out(files: Sequence[tuple[str, bytes]]) -> list[Dropped]:
    """The packs in a drop of (path, content), in the order of their paths.

    A folder with journey.toml is a pack; every other drawing is one of its own, with the files
    beside it when it is the only drawing of its folder, else with the decisions that it names.
    """
    if len(files) > MAX_FILES:
        return [Dropped(files[0][0], error=TooLarge(
            "These are more than {files} files. Drop fewer at once.", files=MAX_FILES))]
    found: dict[str, bytes] = {}
    broken = []
    for name, content in files:
        path = str(PurePosixPath(name.replace("\\", "/").lstrip("/")))
        if path in found:
            path = _again(path, found)
        if not is_zip(content):
            found[path] = content
            continue
        try:
            inside = unzipped(content)
        except DomainError as error:
            broken.append(Dropped(name, error=error))
            continue
        if not any(_is_drawing(each, data) for each, data in inside.items()):
            broken.append(Dropped(name, error=Invalid("The zip holds no drawing.")))
        found.update({f"{path}/{each}": data for each, data in inside.items()})
    made = [*_packs(found), *broken]
    return sorted(made, key=lambda each: each.name.casefold())


def _again(path: str, found: Mapping[str, bytes]) -> str:
    """Another name for a file that is called like one before: a.bpmn, a (2).bpmn."""
    stem, dot, suffix = path.rpartition(".")
    return next(each for number in count(2)
                if (each := f"{stem or path} ({number}){dot}{suffix if stem else ''}") not in found)


def _packs(found: Mapping[str, bytes]) -> Iterator[Dropped]:
    roots = sorted({_folder(path) for path in found if path.rsplit("/", 1)[-1] == SETTINGS})
    taken: set[str] = set()
    for root in roots:
        inside = {path: data for path, data in found.items()
                  if path not in taken and _below(path, root)}
        taken |= set(inside)
        yield _made(root or SETTINGS, {path[len(root) + bool(root):]: data
                                       for path, data in inside.items()})
    rest = {path: data for path, data in found.items() if path not in taken}
    drawings = [path for path, data in rest.items() if _is_drawing(path, data)]
    for path in drawings:
        yield Dropped(path, Pack(rest[path], files=_beside(path, rest, drawings),
                                 name=PurePosixPath(path).stem))
    if not drawings and not roots:
        for path in rest:
            if not path.endswith(".md"):
                yield Dropped(path, error=Invalid(
                    "This is no drawing. Drop a .bpmn file, a zip or the folder of a pack."))


def _made(name: str, files: Mapping[str, bytes]) -> Dropped:
    try:
        return Dropped(name, pack_of(files, PurePosixPath(name).name))
    except DomainError as error:
        return Dropped(name, error=error)


def _beside(drawing: str, rest: Mapping[str, bytes], drawings: list[str]) -> dict[str, bytes]:
    folder = _folder(drawing)
    inside = {path: data for path, data in rest.items()
              if _below(path, folder) and path.endswith(_BESIDE)}
    if any(each != drawing and _below(each, folder) for each in drawings):
        inside = {path: data for path, data in inside.items()
                  if path.endswith(".dmn") and _names_one_of(rest[drawing], path, data)}
    return {path[len(folder) + bool(folder):]: data for path, data in inside.items()}


def _names_one_of(drawing: bytes, path: str, table: bytes) -> bool:
    try:
        return any(key.encode() in drawing for key in decision_ids({path: table}))
    except DomainError:
        return False


def _is_drawing(path: str, content: bytes) -> bool:
    """By its name; in a folder an .xml by what it says, alone anything that is nothing else."""
    lower = path.lower()
    if lower.endswith((".bpmn", ".bpmn2", ".bpmn20")):
        return True
    if lower.endswith(_BESIDE):
        return False
    return "/" not in path or (lower.endswith(".xml") and _MODEL in content[:_HEAD])


def _folder(path: str) -> str:
    return path.rpartition("/")[0]


def _below(path: str, folder: str) -> bool:
    return not folder or path.startswith(f"{folder}/")
