"""The document as a file."""

import json
from pathlib import Path
from typing import Any

DOCUMENT = Path(__file__).with_name("admin-api.json")

type Json = dict[str, Any]


def as_text(document: Json) -> str:
    """Write a document the way it is checked in."""
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def checked_in() -> Json:
    """Read the document that callers get."""
    document: Json = json.loads(DOCUMENT.read_text())
    return document
