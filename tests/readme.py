"""What the README shows for pasting."""

import re
from pathlib import Path

README = (Path(__file__).resolve().parents[1] / "README.md").read_text()


def block(language: str, mark: str) -> str:
    """The one block in a language that has a mark in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)
    [found] = [each for each in blocks if mark in each]
    return str(found)
