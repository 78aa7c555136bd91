"""What no caller should read: the words of our libraries, and how they write what they mean."""

import re

from pydantic_core import _pydantic_core

SIGNS = (
    "pydantic",
    "Input should",
    "Extra inputs",
    "Field required",
    "should match pattern",
    "validation",
    "valid string",
    "valid dictionary",
    "union",
    "literal",
    "Decimal",
    "dict",
    "NoneType",
    "str type",
    "Traceback",
    "^",
    "\\d",
    "[0-9",
    "(?",
)

TEMPLATES = [
    str(each["message_template_python"])
    for each in _pydantic_core.list_all_errors()  # the only list of them, and not a public one
]
SENTENCES = {
    part.strip() for each in TEMPLATES for part in re.split(r"{\w+}", each) if len(part) > 12
}
"""All that the library says of any mistake, without what it fills in."""


def foreign_words(text: str) -> list[str]:
    """Return what in a text is no wording of ours."""
    return [each for each in (*SIGNS, *SENTENCES) if each in text]
