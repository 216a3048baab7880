"""What becomes of each token of a case under a plan, with the reason in words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from engine.infra.errors import said
from engine.runtime.mapping.plan import Ways
from engine.runtime.mapping.shape import Place, Token
from engine.runtime.notes import Note

#: Kept: it goes on as it stood. Entered: it comes to its step anew. Withdrawn: it is dropped.
#: Dissolved: what it stood for isn't there any more, what stands in it goes on around it.
Fate = Literal["kept", "entered", "withdrawn", "dissolved", "refused"]


@dataclass(frozen=True)
class Verdict:
    """What becomes of one token: `to` is the place it goes to, `source` where it then came from
    (ids inside); `why` says why it is refused, or what is lost."""

    token: Token
    fate: Fate
    to: str = ""
    source: str = ""
    why: Note | None = None


UNDECIDED = said(
    "Where “{step}” goes is not decided: choose a step of the new version, or withdraw it.")
_OTHER_KIND = said(
    "“{step}” is another kind of element in the new version: choose whether it begins "
    "there anew, or where else it goes.")
_OTHER_LOOP = said(
    "“{step}” is repeated in another way in the new version: choose to begin it anew, "
    "or where else it goes.")
_STANDS = said("A step failed at “{step}”, where no case can be moved: deal with that first.")
_NO_ARROW = said(
    "A token came to “{join}” from “{step}”; in the new version no such arrow leads to "
    "“{to}”: choose where it goes, or withdraw it.")
_IN_LOOP = said(
    "“{to}” stands in a part that is repeated; a token can't be put into the middle of "
    "it.")
_LEFT_LOOP = said(
    "“{step}” stands in a part that is repeated; the new version doesn't repeat it, so "
    "that each repetition would go on by itself.")
_NOTHING_LEFT = said("Nothing would be left to do in this case; cancel it instead.")
_EMPTY = said("Nothing would be left to do in “{step}”; withdraw or move it as a whole.")
_NOT_THERE = said("The event “{step}” is not on the border of “{to}” in the new version.")


def judge(ways: Ways, tokens: Sequence[Token]) -> list[Verdict]:
    """A verdict on every token, in the order in which they are given."""
    return list(_Judge(ways, tokens).run())


def refusals(verdicts: Sequence[Verdict]) -> list[Note]:
    """Why the case can't be moved; empty when it can."""
    return unique(v.why for v in verdicts if v.fate == "refused" and v.why)


def unique(notes: Iterable[Note]) -> list[Note]:
    """Each note once."""
    found: list[Note] = []
    for note in notes:
        if note not in found:
            found.append(note)
    return found


class _Judge:
    def __init__(self, ways: Ways, tokens: Sequence[Token]) -> None:
        self._ways = ways
        self._tokens = {token.id: token for token in tokens}
        self._done: dict[UUID, Verdict] = {}

    def run(self) -> Iterator[Verdict]:
        verdicts = [self._of(token) for token in self._tokens.values()]
        left = [v for v in verdicts if v.fate == "entered" or (
            v.fate == "kept" and v.token.role not in ("around", "border", "ended"))]
        refused = any(v.fate == "refused" for v in verdicts)
        for verdict in verdicts:
            if not refused and not left:
                yield self._refused(verdict.token, Note(_NOTHING_LEFT))
            elif not refused and verdict.fate == "kept" and verdict.token.role == "around" \
                    and not self._holds_any(verdict.token, left):
                yield self._refused(verdict.token, self._note(_EMPTY, verdict.token))
            else:
                yield verdict

    def _holds_any(self, host: Token, left: Sequence[Verdict]) -> bool:
        """Whether something goes on inside of a sub-process."""
        return any(each is host for v in left for each in self._around(v.token))

    def _around(self, token: Token) -> Iterator[Token]:
        outer = token.around
        while outer is not None:
            yield self._tokens[outer]
            outer = self._tokens[outer].around

    def _of(self, token: Token) -> Verdict:
        if token.id not in self._done:
            self._done[token.id] = self._judge(token)
        return self._done[token.id]

    def _judge(self, token: Token) -> Verdict:
        if token.role == "other":
            return self._refused(token, self._note(_STANDS, token))
        lost = self._lost(token)
        if lost is not None:
            return lost
        if token.loop is not None:
            return self._instance(token)
        by_role = {"around": self._host, "border": self._border, "ended": self._ended}
        return by_role.get(token.role, self._leaf)(token)

    def _lost(self, token: Token) -> Verdict | None:
        """What stands in a sub-process that doesn't go on, goes with it."""
        for host in self._around(token):
            outer = self._of(host)
            if outer.fate in ("withdrawn", "entered"):
                return Verdict(token, "withdrawn")
            if outer.fate == "refused":
                return Verdict(token, "refused", why=outer.why)
        return None

    def _leaf(self, token: Token) -> Verdict:
        """A token that rests at a step or gateway, or a loop with all its instances."""
        choice, old = self._ways.choice(token.at), self._ways.before.places.get(token.at)
        new = self._ways.target(token.at)
        if choice is not None and not choice.to and not (old and old.inserted):
            return Verdict(token, "withdrawn")
        if new is None or old is None:
            why = self._ways.plan.undecided.get(old.drawn if old else "", "gone")
            return self._refused(token, self._note(
                _OTHER_KIND if why == "other_kind" else UNDECIDED, token))
        chosen = choice is not None and choice.how == "chosen"
        outside = self._misplaced(token, new)
        if outside is not None:
            return self._refused(token, outside)
        if choice is not None and choice.anew or (
                chosen and (old.nature, old.loop) != (new.nature, new.loop)):
            return Verdict(token, "entered", new.inside)
        if old.nature != new.nature:
            return self._refused(token, self._note(_OTHER_KIND, token))
        if old.loop != new.loop:
            return self._refused(token, self._note(_OTHER_LOOP, token))
        if token.role == "arrived":
            return self._arrived(token, new)
        return Verdict(token, "kept", new.inside)

    def _arrived(self, token: Token, new: Place) -> Verdict:
        """A token that waits at a join for others stays on the arrow on which it came."""
        source = self._ways.target(token.source)
        if source is not None and source.inside in new.arrows:
            return Verdict(token, "kept", new.inside, source.inside)
        old = self._ways.before.places[token.at]
        gone = {each for each in old.arrows if self._arrow_of(each) not in new.arrows}
        fresh = [each for each in new.arrows
                 if each not in {self._arrow_of(one) for one in old.arrows}]
        if gone == {token.source} and len(fresh) == 1:
            # The one arrow that is new stands where the one that is gone stood.
            return Verdict(token, "kept", new.inside, fresh[0])
        came = self._ways.before.places.get(token.source)
        return self._refused(token, Note(_NO_ARROW, old={
            "join": old.drawn, "step": came.drawn if came else old.drawn},
            new={"to": new.drawn}))

    def _arrow_of(self, inside: str) -> str | None:
        place = self._ways.target(inside)
        return place.inside if place is not None else None

    def _instance(self, token: Token) -> Verdict:
        """One instance of a loop goes where the loop goes."""
        loop = self._of(self._tokens[token.loop or token.id])
        fate: Fate = loop.fate if loop.fate in ("kept", "refused") else "withdrawn"
        return Verdict(token, fate, loop.to if fate == "kept" else "", why=loop.why)

    def _host(self, token: Token) -> Verdict:
        """A sub-process goes on where there is one for it; else its tokens go on around it."""
        new, old = self._ways.target(token.at), self._ways.before.places.get(token.at)
        choice = self._ways.choice(token.at)
        if choice is not None and not choice.to:
            return Verdict(token, "withdrawn")
        if new is None or old is None or self._misplaced(token, new) is not None:
            return Verdict(token, "dissolved")
        alike = (new.nature, new.loop) == (old.nature, old.loop)
        if choice is not None and (choice.anew or (choice.how == "chosen" and not alike)):
            return Verdict(token, "entered", new.inside)
        return Verdict(token, "kept", new.inside) if alike else Verdict(token, "dissolved")

    def _border(self, token: Token) -> Verdict:
        host = self._of(self._tokens[token.on]) if token.on in self._tokens else None
        new = self._ways.target(token.at)
        if host is not None and host.fate == "kept" and new is not None \
                and new.border_of == host.to:
            return Verdict(token, "kept", new.inside)
        if host is not None and host.fate == "refused":
            return Verdict(token, "withdrawn")
        why = self._note(_NOT_THERE, token) if host is not None and host.to else None
        if why is not None and host is not None:
            why = Note(why.text, old=why.old, new={"to": self._ways.after.places[host.to].drawn})
        return Verdict(token, "withdrawn", why=why)

    def _ended(self, token: Token) -> Verdict:
        """A token that came to the end waits there for the others of its scope."""
        kept = all(self._of(host).fate == "kept" for host in self._around(token))
        return Verdict(token, "kept" if kept else "withdrawn")

    def _misplaced(self, token: Token, new: Place) -> Note | None:
        """Why a token may not go to `new`: instances of a loop are neither left nor entered."""
        kept = {verdict.to for verdict in map(self._of, self._around(token))
                if verdict.fate == "kept"}
        loops = {place.inside for place in self._ways.after.around(new, kept) if place.loop}
        if not loops <= kept:
            return Note(_IN_LOOP, new={"to": new.drawn})
        here = [host for host in self._around(token) if host.loop is not None]
        if len(loops) < len(here):
            return self._note(_LEFT_LOOP, token)
        return None

    def _note(self, sentence: str, token: Token) -> Note:
        place = self._ways.before.places.get(token.at)
        return Note(sentence, old={"step": place.drawn if place is not None else token.at})

    def _refused(self, token: Token, why: Note) -> Verdict:
        return Verdict(token, "refused", why=why)
