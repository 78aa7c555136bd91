"""A fault, as lines of the product and what stands there instead, wherever they are by now."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

PRODUCT = ("functions", "layers", "shared/wix_admin")


@dataclass(frozen=True)
class Fault:
    """A change of a few lines.

    Attributes:
        module: The file that it was drawn in.
        function: The qualified name of the function or class that the lines are in.
        kind: What is done to them.
        was: The lines.
        becomes: What stands there instead.
        nth: Which one it is, from 0, if the function has these lines more than once.
    """

    module: str
    function: str
    kind: str
    was: list[str]
    becomes: list[str]
    nth: int = 0


@dataclass(frozen=True)
class Place:
    """Where the lines of a fault are.

    Attributes:
        module: The file.
        line: The first line's index.
        function: The qualified name of what it is in.
    """

    module: str
    line: int
    function: str


def modules(root: Path) -> list[str]:
    """All modules of the product."""
    found = (path for part in PRODUCT for path in (root / part).rglob("*.py"))
    return sorted(str(path.relative_to(root)) for path in found)


def place_of(fault: Fault, root: Path) -> Place | None:
    """Find a fault's lines: in its function, which may have moved, or else where only they are."""
    everywhere = [
        replace(place, module=module)
        for module in modules(root)
        for place in places_in((root / module).read_text(), fault)
    ]
    in_function = [each for each in everywhere if each.function == fault.function]
    where_it_was = [each for each in in_function if each.module == fault.module]
    for found in (where_it_was, in_function):
        if len({each.module for each in found}) == 1 and fault.nth < len(found):
            return found[fault.nth]
    return everywhere[0] if len(everywhere) == 1 else None


def places_in(text: str, fault: Fault) -> list[Place]:
    """Find a fault's lines in the text of a module, however far they are indented."""
    wanted = [line.strip() for line in fault.was]
    lines = [line.strip() for line in text.split("\n")]
    starts = [
        number for number in range(len(lines)) if lines[number : number + len(wanted)] == wanted
    ]
    names = functions_of(text) if starts else []
    return [Place(fault.module, number, names[number]) for number in starts]


@contextmanager
def planted(fault: Fault, place: Place, root: Path) -> Iterator[None]:
    """Have a fault in the product for as long as the block lasts."""
    file = root / place.module
    text = file.read_text()
    lines = text.split("\n")
    before, now = _indent(fault.was[0]), _indent(lines[place.line])
    changed = [now + line.removeprefix(before) if line.strip() else line for line in fault.becomes]
    lines[place.line : place.line + len(fault.was)] = changed
    file.write_text("\n".join(lines))
    try:
        yield
    finally:
        file.write_text(text)


def functions_of(text: str) -> list[str]:
    """Name for each line of a module the function or class that it is in."""
    names = [""] * (text.count("\n") + 1)

    def fill(node: ast.AST, name: str) -> None:
        for child in ast.iter_child_nodes(node):
            inner = name
            if isinstance(child, ast.FunctionDef | ast.ClassDef):
                inner = f"{name}.{child.name}".removeprefix(".")
                first = min(each.lineno for each in (child, *child.decorator_list))
                last = child.end_lineno or first
                names[first - 1 : last] = [inner] * (last - first + 1)
            fill(child, inner)

    fill(ast.parse(text), "")
    return names


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
