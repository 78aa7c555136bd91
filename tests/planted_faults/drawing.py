"""Draws faults: a seed, a module, something that can be done to its code."""

import ast
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import replace
from itertools import takewhile
from pathlib import Path
from random import Random

import libcst as cst
from mutmut.mutation.mutators import mutation_operators

from tests.planted_faults.faults import Fault, functions_of, modules, places_in

SKIPPED = (cst.Annotation, cst.Import, cst.ImportFrom, cst.TypeAlias, cst.TypeParameters)
"""Code in which a fault is nothing that happens."""


def draw(seed: int, root: Path) -> Iterator[Fault]:
    """Draw faults without end: one in each folder, then anywhere, where there is more, more often.

    The same seed draws the same faults in the same code.
    """
    random = Random(seed)  # noqa: S311 - nothing secret
    length = {module: (root / module).stat().st_size for module in modules(root)}
    folders: defaultdict[str, list[str]] = defaultdict(list)
    for module in length:
        folders[module.rpartition("/")[0]].append(module)
    first = [*folders.values()]
    random.shuffle(first)
    seen: set[str] = set()
    while True:
        among = first.pop() if first else [*length]
        [module] = random.choices(among, [length[each] for each in among])
        fault = _drawn(random, root, module)
        if fault is not None and repr(fault) not in seen:
            seen.add(repr(fault))
            yield fault


def _drawn(random: Random, root: Path, module: str) -> Fault | None:
    text = (root / module).read_text()
    tree = cst.parse_module(text)
    changes = _Changes()
    tree.visit(changes)
    if not changes.found:
        return None
    kind = random.choice([*changes.found])
    node, instead = random.choice(changes.found[kind])
    changed = tree.deep_replace(node, instead)
    assert isinstance(changed, cst.Module)
    return _described(module, kind, text, changed.code)


class _Changes(cst.CSTVisitor):  # type: ignore[misc]  # it is installed for `make faults` only
    """Collects what can be done to a module.

    Attributes:
        found: By kind, a node and what may take its place.
    """

    def __init__(self) -> None:
        super().__init__()
        self.found: defaultdict[str, list[tuple[cst.CSTNode, cst.CSTNode]]] = defaultdict(list)

    def on_visit(self, node: cst.CSTNode) -> bool:
        if isinstance(node, SKIPPED):
            return False
        for node_type, operator in mutation_operators:
            if isinstance(node, node_type):
                kind = operator.__name__.removeprefix("operator_")
                self.found[kind] += [(node, instead) for instead in operator(node)]
                if not self.found[kind]:
                    del self.found[kind]
        return True


def _described(module: str, kind: str, text: str, changed: str) -> Fault | None:
    """Say which lines differ; None if what is there now is no code, or the same."""
    try:
        if ast.dump(ast.parse(changed)) == ast.dump(ast.parse(text)):
            return None
    except SyntaxError:
        return None
    was, becomes = text.split("\n"), changed.split("\n")
    start = _same_at_start(was, becomes)
    end = _same_at_start(was[start + 1 :][::-1], becomes[start + 1 :][::-1])
    fault = Fault(
        module,
        functions_of(text)[start],
        kind,
        was[start : len(was) - end],
        becomes[start : len(becomes) - end],
    )
    in_function = [each for each in places_in(text, fault) if each.function == fault.function]
    return replace(fault, nth=[each.line for each in in_function].index(start))


def _same_at_start(some: list[str], others: list[str]) -> int:
    """Count the lines that are the same until one differs."""
    same = takewhile(lambda pair: pair[0] == pair[1], zip(some, others, strict=False))
    return sum(1 for _ in same)
