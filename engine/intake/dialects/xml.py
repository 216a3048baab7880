"""Reading a tool's extension attributes and elements."""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator

from lxml import etree

from engine.intake.bpmn import Element, child


class Extensions:
    """The extensions of one element that stand in one of `namespaces`."""

    def __init__(self, element: Element, namespaces: Iterable[str]) -> None:
        self._element = element
        self._namespaces = tuple(namespaces)
        self._holder = child(element, "extensionElements")

    def attribute(self, name: str, of: Element | None = None) -> str:
        """The attribute called `name`, without white space around it; "" when there is none."""
        element = self._element if of is None else of
        return next((value.strip() for namespace in self._namespaces
                     if (value := element.get(f"{{{namespace}}}{name}"))), "")

    def elements(self, *path: str) -> list[Element]:
        """The extension elements at `path`: names from the outside to the inside."""
        found = [self._holder] if self._holder is not None else []
        for name in path:
            found = [part for holder in found for part in self.children(holder, name)]
        return found

    def first(self, *path: str) -> Element | None:
        """The first of `elements`."""
        found = self.elements(*path)
        return found[0] if found else None

    def value(self, attribute: str, *path: str) -> str:
        """The plain attribute of the first element at `path`; "" when there is none."""
        found = self.first(*path)
        return found.get(attribute, "").strip() if found is not None else ""

    def children(self, holder: Element, *names: str) -> list[Element]:
        """Children of `holder` in these namespaces, called by one of `names` (any: all)."""
        return [part for part in holder if isinstance(part.tag, str)
                and etree.QName(part).namespace in self._namespaces
                and (not names or etree.QName(part).localname in names)]


def foreign(root: Element, standard: tuple[str, ...],
            read: Container[Element] = ()) -> Iterator[tuple[str, str]]:
    """Namespace and local name of every extension attribute and element of a file, but for the
    elements that are `read`."""
    for element in root.iter():
        if not isinstance(element.tag, str) or element in read:
            continue
        for name in [element.tag, *element.attrib]:
            namespace, _, local = str(name)[1:].partition("}") if str(name)[:1] == "{" else (
                "", "", "")
            if namespace and not namespace.startswith(standard):
                yield namespace, local
