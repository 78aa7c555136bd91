"""Colours for a terminal, and none for a file, a pipe, or who sets NO_COLOR."""

import os
import sys

GREEN, RED, BOLD = 32, 31, 1


def styled(text: str, style: int) -> str:
    plain = os.environ.get("NO_COLOR") or not sys.stdout.isatty()
    return text if plain else f"\033[{style}m{text}\033[0m"
