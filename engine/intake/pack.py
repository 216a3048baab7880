"""Packs: a folder, a zip or a single drawing, to files by path within the pack."""

from __future__ import annotations

import io
import re
import unicodedata
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath

from engine.infra.errors import Invalid, TooLarge
from engine.intake.naming import named
from engine.intake.read import office
from engine.intake.settings import JourneySettings, default_prefix, read_toml

DRAWING = "journey.bpmn"
SETTINGS = "journey.toml"
MAX_FILES = 200
MAX_PATH = 255
MAX_BYTES = 30 * 1024 * 1024
#: What zips of Word, Excel, PowerPoint and Visio hold.
_OFFICE = "[Content_Types].xml"
_KEPT = (".bpmn", ".xml", ".dmn", ".json", ".form", ".toml", ".md")


@dataclass(frozen=True)
class Pack:
    """A drawing, its settings where it has some, and its other files."""

    drawing: bytes
    settings: JourneySettings | None = None
    files: Mapping[str, bytes] = field(default_factory=dict)
    name: str = ""


def from_upload(filename: str, data: bytes) -> Pack:
    """A pack from an uploaded .bpmn, .xml or .zip. Raises Invalid or TooLarge."""
    if is_zip(data):
        return pack_of(unzipped(data), filename)
    return Pack(data, name=_stem(filename))


def from_path(path: Path) -> Pack:
    """A pack from a folder, a .zip or a .bpmn file on this machine. Raises Invalid."""
    if path.is_dir():
        found = {str(PurePosixPath(each.relative_to(path))): each.read_bytes()
                 for each in sorted(path.rglob("*"))
                 if each.is_file() and each.suffix in _KEPT}
        return pack_of(found, path.name)
    try:
        return from_upload(path.name, path.read_bytes())
    except OSError as error:
        raise Invalid("{path} can't be read: {reason}", path=str(path),
                      reason=error.strerror or str(error)) from error


def check_path(path: str) -> None:
    """Raises Invalid for a path that no pack may hold beside its drawing and settings."""
    parts = PurePosixPath(path).parts
    if (not parts or path.startswith("/") or ".." in parts or len(path) > MAX_PATH
            or path in (DRAWING, SETTINGS) or PurePosixPath(path).suffix not in _KEPT):
        raise Invalid("A pack can't hold a file called {path}.", path=path[:80], field="path")


def check_size(files: Mapping[str, bytes]) -> None:
    """Raises TooLarge when a pack holds too many files, or too much."""
    if len(files) > MAX_FILES or sum(map(len, files.values())) > MAX_BYTES:
        raise TooLarge("A pack holds at most {files} files and 30 MB.", files=MAX_FILES)


def default_settings(pack: Pack, process_id: str, process_name: str) -> JourneySettings:
    """Settings for a drawing that came without: named after its process, else its file."""
    title = named(process_name, pack.name, process_id)
    key = _slug(title) or _slug(pack.name) or _slug(process_id) or "journey"
    return JourneySettings(key=key, name={"en": title}, prefix=default_prefix(key))


def another(fresh: JourneySettings, pack: Pack, key: str, number: int) -> JourneySettings:
    """Settings for the `number`th journey of one name: the file tells it from the others."""
    title = fresh.name["en"]
    mark = pack.name if pack.name and pack.name.casefold() != title.casefold() else str(number)
    return replace(fresh, key=key, name={"en": f"{title} ({mark})"})


def is_zip(data: bytes) -> bool:
    """Whether these are the bytes of a zip."""
    return data[:4] == b"PK\x03\x04"


def pack_of(found: Mapping[str, bytes], name: str) -> Pack:
    """The pack in a folder's files by path. Raises Invalid when it holds no one drawing."""
    drawings = [path for path in found if path.endswith(".bpmn")]
    if DRAWING in found:
        drawing = DRAWING
    elif len(drawings) == 1:
        drawing = drawings[0]
    else:
        raise Invalid("A pack holds one drawing called journey.bpmn; {name} holds {count}.",
                      name=name, count=len(drawings))
    settings = read_toml(found[SETTINGS]) if SETTINGS in found else None
    others = {path: data for path, data in found.items() if path not in (drawing, SETTINGS)}
    return Pack(found[drawing], settings, others, _stem(name))


def unzipped(data: bytes) -> dict[str, bytes]:
    """The files of a zip by path, below the folder that holds them all.

    Raises Invalid or TooLarge for a zip that can't be read safely.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        entries = [each for each in archive.infolist() if not each.is_dir()]
        if len(entries) > MAX_FILES or sum(e.file_size for e in entries) > MAX_BYTES:
            raise TooLarge("The zip holds more than {files} files or 30 MB.", files=MAX_FILES)
        if any(each.filename == _OFFICE for each in entries):
            raise office()
        found = {}
        for entry in entries:
            path = PurePosixPath(entry.filename)
            if path.is_absolute() or ".." in path.parts:
                raise Invalid("The zip holds a path that leads outside: {path}",
                              path=entry.filename)
            if len(str(path)) > MAX_PATH:
                raise Invalid("The zip holds a path of more than {limit} characters: {path}",
                              limit=MAX_PATH, path=str(path)[:80])
            if path.suffix in _KEPT and "__MACOSX" not in path.parts:
                with archive.open(entry) as source:
                    found[str(path)] = source.read(MAX_BYTES)
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError) as error:
        raise Invalid("The zip can't be opened: it is damaged, cut off or locked with a password, "
                      "or it is no zip. Pack the files again and upload that.") from error
    return _below_common_folder(found)


def _below_common_folder(found: dict[str, bytes]) -> dict[str, bytes]:
    """A zip of a folder has all its files below that folder."""
    tops = {path.split("/")[0] for path in found}
    if len(tops) == 1 and all("/" in path for path in found):
        return {path.split("/", 1)[1]: data for path, data in found.items()}
    return found


def _stem(filename: str) -> str:
    return PurePosixPath(filename.replace("\\", "/")).stem[:120]


def _slug(title: str) -> str:
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60].strip("-")
