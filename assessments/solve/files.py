"""Read a question from a JSON file and write the answer, whole or not at all."""

import json
import os
import re
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any, NoReturn

HALF_A_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")


class BadInput(ValueError):
    """Say in plain English what is wrong with a file or what it holds, where it stands and how to mend it."""


def read_json(path: Path, number: Callable[[str], Any] = float) -> Any:
    """Return what a JSON file holds, decimals read by `number`; raise BadInput where it is not whole or not JSON."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
        data = json.loads(text, parse_float=number, parse_constant=_refuse_constant)
        if HALF_A_CHARACTER.search(text):
            json.dumps(data, ensure_ascii=False, default=str).encode()
        return data
    except OSError as error:
        raise BadInput(f"{path} cannot be read: {error.strerror}.") from error
    except UnicodeEncodeError as error:
        raise BadInput(f"{path} holds half a character, such as \\ud800. Write the character whole.") from error
    except UnicodeDecodeError as error:
        raise BadInput(f"{path} is not UTF-8 text: byte {error.start} cannot be read. Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        place = f"line {error.lineno}, column {error.colno}"
        raise BadInput(f"{path} is not whole JSON: {error.msg} at {place}. It may have been cut short.") from error
    except RecursionError as error:
        raise BadInput(f"{path} is nested too deeply to be a question.") from error
    except ValueError as error:
        raise BadInput(f"{path}: {error}") from error


def _refuse_constant(name: str) -> NoReturn:
    raise BadInput(f"{name} is not a number that can be used. Replace it.")


def must_be_writable(path: Path) -> None:
    """Raise BadInput when no file can be written at the path, before any work is done for it."""
    if not path.parent.is_dir():
        raise BadInput(f"{path} cannot be written: there is no folder {path.parent}. Make it first.")
    if path.is_dir():
        raise BadInput(f"{path} cannot be written: it is a folder. Name a file in it.")
    if not os.access(path.parent, os.W_OK):
        raise BadInput(f"{path} cannot be written: the folder {path.parent} may not be written to.")


def write_json(path: Path, data: Any) -> None:
    """Write JSON beside the path and move it into place, so that there is never half a file."""
    part = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        part.write_text(json.dumps(data, ensure_ascii=False) + "\n", encoding="utf-8")
        part.replace(path)
    except OSError as error:
        part.unlink(missing_ok=True)
        raise BadInput(f"{path} cannot be written: {error.strerror}.") from error


def name_of(value: Any, place: str) -> str:
    """Return an id, a word or a whole number, as a word."""
    if type(value) is not int and not (isinstance(value, str) and value):
        raise BadInput(f"{place} is {value!r}: it must be a word in quotation marks, or a whole number.")
    return str(value)


def ids_as_given(rows: Iterable[Mapping[str, Any]]) -> dict[str, str | int]:
    """Return the id of each row as a word → as the file has it, to answer with what was asked with."""
    return {str(row["id"]): row["id"] for row in rows}


def kind_of(value: Any) -> str:
    """Name the kind of a JSON value in words."""
    names = {dict: "an object", list: "a list", str: "a text", bool: "true or false", type(None): "null"}
    return names.get(type(value), f"the number {value!r}")
