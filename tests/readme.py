"""The pages of the documentation, and what they show for pasting."""

import re
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
FOLDERS = (".", "functions", "shared/openapi", "layers/wix_auth", "layers/wix_webhooks", "tests")
PAGES = {
    str(path.relative_to(PROJECT)): path.read_text()
    for folder in FOLDERS
    for path in sorted((PROJECT / folder).glob("*.md"))
}
"""The text of each page, by its path."""


def block(page: str, language: str, mark: str) -> str:
    """The one block of a page in a language that has a mark in it."""
    blocks = re.findall(rf"```{language}\n(.*?)```", PAGES[page], re.DOTALL)
    [found] = [each for each in blocks if mark in each]
    return str(found)
