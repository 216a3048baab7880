"""Whether a draft is still the one that somebody saw."""

from __future__ import annotations

from hashlib import sha256

from engine.intake.records import Draft
from engine.intake.settings import to_dict


def fingerprint(draft: Draft) -> str:
    """A hash of all that a draft holds: its drawing, its settings, its files."""
    digest = sha256(draft.drawing + repr(to_dict(draft.settings)).encode())
    for path, content in sorted(draft.files.items()):
        digest.update(path.encode() + b"\0" + content)
    return digest.hexdigest()
