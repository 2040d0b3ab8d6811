"""Read XML that came from outside: no document type, no entities, nothing endless."""

from typing import NoReturn
from xml.etree.ElementTree import Element, TreeBuilder
from xml.parsers import expat

from accounts.rules import Refused

MOST_BYTES = 20_000_000
MOST_ELEMENTS = 500_000
DEEPEST = 30
LONGEST_TEXT = 10_000


def read(data: bytes) -> Element:
    """Return the outermost element; names are as Python writes them: {namespace}name.

    Raises:
        Refused: it is no XML, too large, or holds a document type, entities or processing instructions.
    """
    if len(data) > MOST_BYTES:
        raise Refused(f"The file has more than {MOST_BYTES // 1_000_000} MB. Ask the bank for it in parts.")
    reader = _Reader()
    try:
        return reader.read(data)
    except (expat.ExpatError, ValueError, LookupError) as error:
        raise Refused(f"The file is not XML as the bank writes it: {error}.") from error


class _Reader:
    """Feed a tree builder from expat, and refuse what a bank never sends."""

    def __init__(self) -> None:
        self.built, self.depth, self.elements, self.length = TreeBuilder(), 0, 0, 0

    def read(self, data: bytes) -> Element:
        parser = expat.ParserCreate(namespace_separator="}")
        parser.StartElementHandler, parser.EndElementHandler = self._begin, self._end
        parser.CharacterDataHandler = self._text
        parser.StartDoctypeDeclHandler = parser.ProcessingInstructionHandler = self._refuse
        parser.EntityDeclHandler = parser.ExternalEntityRefHandler = self._refuse
        parser.Parse(data, True)
        return self.built.close()

    def _begin(self, name: str, attributes: dict[str, str]) -> None:
        self.depth, self.elements, self.length = self.depth + 1, self.elements + 1, 0
        if self.depth > DEEPEST or self.elements > MOST_ELEMENTS:
            raise Refused("The file is built deeper or longer than a bank's report is.")
        self.built.start(_python_name(name), {_python_name(key): value for key, value in attributes.items()})

    def _end(self, name: str) -> None:
        self.depth, self.length = self.depth - 1, 0
        self.built.end(_python_name(name))

    def _text(self, text: str) -> None:
        self.length += len(text)
        if self.length > LONGEST_TEXT:
            raise Refused("A text in the file is longer than a bank's report allows.")
        self.built.data(text)

    def _refuse(self, *_: object) -> NoReturn:
        raise Refused("The file declares a document type or entities, which a bank's report never does.")


def _python_name(name: str) -> str:
    return "{" + name if "}" in name else name
