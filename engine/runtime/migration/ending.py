"""Whether a case can still end after it was moved: its tokens, on the net of the new drawing."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

from engine.infra.errors import said
from engine.intake.prove.onward import BORDER, Onward, Standing, onward
from engine.runtime.mapping.shape import Shape, Token
from engine.runtime.notes import Note

_STUCK = said(
    "At “{step}” the case would wait for something that can't come any more, and never end.")
_TWICE = said(
    "“{step}” would be done twice: two tokens of this case go on where the new version has "
    "one. Withdraw one of them.")
_ENDLESS = said("The case could never end from there in the new version.")
#: Situations of which the answer is kept: hundreds of cases stand in a few.
_KEPT = 512


def standing(shape: Shape, tokens: Sequence[Token]) -> tuple[Standing, ...]:
    """The tokens by the scope in which they stand, each scope with what runs in it."""
    hosts = {token.id: token for token in tokens}
    found: dict[object, tuple[str, list[tuple[str, str]]]] = {}
    for token in tokens:
        if token.loop is not None or token.role == "ended":
            continue
        host = hosts.get(token.around) if token.around is not None else None
        scope = shape.places[host.at].holds if host is not None else shape.top
        source = BORDER if token.role == "border" else token.source
        found.setdefault(token.around, (scope, []))[1].append((token.at, source))
    return tuple(sorted({Standing(scope, tuple(sorted(where)))
                         for scope, where in found.values()},
                        key=lambda each: (each.scope, each.tokens)))


@lru_cache(maxsize=_KEPT)
def look_onward(adapted: bytes, process: str, stands: tuple[Standing, ...]) -> Onward:
    """`onward`, remembered."""
    return onward(adapted, process, stands)


def against(found: Onward, before: Onward) -> list[Note]:
    """What speaks against the move, in words: what it brings, not what was so `before` it."""
    notes = [] if before.stuck else [Note(_STUCK, new={"step": each}) for each in found.stuck]
    if not before.twice:
        notes += [Note(_TWICE, new={"step": each}) for each in found.twice]
    if found.endless and not notes and before.ends:
        notes.append(Note(_ENDLESS))
    return notes
