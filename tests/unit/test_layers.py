"""The layers as built: complete, compiled, for the right processor, and small."""

import io
import marshal
import struct
import subprocess
import tomllib
import zipfile
from importlib.util import MAGIC_NUMBER
from pathlib import Path

import pytest

from tests.layers import WITH_PACKAGES, build_layer
from tests.local_stack import Artifacts
from tests.local_stack.sam import ARCHITECTURE, PROJECT

UNCHECKED_HASH = 0b01
"""Byte code that is used without a look at its source."""

MACHINES = {"x86_64": 62, "arm64": 183}
"""What an ELF file calls each processor."""

MAXIMUM_BYTES = 15_000_000


def machines(layer: Path) -> set[int]:
    """The processors that a layer's compiled libraries are for."""
    return {struct.unpack_from("<H", so.read_bytes(), 18)[0] for so in layer.rglob("*.so")}


def source_files() -> dict[Path, int]:
    folders = (PROJECT / name for name in ("layers", "shared", "functions", "requirements"))
    return {
        path: path.stat().st_mtime_ns
        for folder in folders
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_every_module_has_byte_code_that_lambda_takes_as_it_is(artifacts: Artifacts) -> None:
    for layer in artifacts.layers:
        modules = list(layer.rglob("*.py"))
        assert modules
        for module in modules:
            compiled = module.parent / "__pycache__" / f"{module.stem}.cpython-313.pyc"
            content = compiled.read_bytes()
            assert content[:4] == MAGIC_NUMBER, module
            assert int.from_bytes(content[4:8], "little") == UNCHECKED_HASH, module
            code = marshal.loads(content[16:])  # noqa: S302 - what we have just compiled
            assert code.co_filename == f"/opt/python/{module.relative_to(layer)}"


def test_a_layer_holds_its_package_and_the_others_none_of_it(artifacts: Artifacts) -> None:
    admin, auth, webhooks = artifacts.layers

    assert [path.name for path in admin.iterdir()] == ["wix_admin"]
    for layer, source in (
        (admin, PROJECT / "shared/wix_admin"),
        (auth, PROJECT / "layers/wix_auth/wix_auth"),
        (webhooks, PROJECT / "layers/wix_webhooks/wix_webhooks"),
    ):
        assert [path.name for path in layer.glob("wix_*")] == [source.name]
        assert {path.relative_to(source) for path in source.rglob("*.py")} == {
            path.relative_to(layer / source.name) for path in (layer / source.name).rglob("*.py")
        }


def test_what_one_layer_carries_no_other_brings_along(artifacts: Artifacts) -> None:
    _, auth, webhooks = artifacts.layers

    shared = {path.name for path in auth.iterdir()} & {path.name for path in webhooks.iterdir()}

    assert shared == set()


def test_what_the_runtime_has_is_not_shipped(artifacts: Artifacts) -> None:
    shipped = {path.name for layer in artifacts.layers for path in layer.iterdir()}

    assert shipped.isdisjoint({"boto3", "botocore", "s3transfer", "urllib3", "bin", "tests"})


def test_the_layers_are_small(artifacts: Artifacts) -> None:
    size = 0
    for layer in artifacts.layers:
        archive = io.BytesIO()
        with zipfile.ZipFile(archive, "w", zipfile.ZIP_DEFLATED) as packed:
            for path in layer.rglob("*"):
                packed.write(path, path.relative_to(layer.parent))
        size += archive.tell()

    assert size < MAXIMUM_BYTES


def test_the_libraries_are_for_the_processor_that_was_asked_for(artifacts: Artifacts) -> None:
    _, auth, webhooks = artifacts.layers

    assert machines(auth) == machines(webhooks) == {MACHINES[ARCHITECTURE]}


@pytest.mark.parametrize("architecture", MACHINES)
@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_a_layer_is_built_for_either_processor_on_any(
    tmp_path: Path, log_folder: Path, name: str, architecture: str
) -> None:
    before = source_files()

    layer = build_layer(name, architecture, tmp_path, log_folder)

    assert machines(layer) == {MACHINES[architecture]}
    assert source_files() == before


@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_an_unknown_processor_is_refused(tmp_path: Path, log_folder: Path, name: str) -> None:
    with pytest.raises(subprocess.CalledProcessError):
        build_layer(name, "mips", tmp_path, log_folder)


@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_who_installs_a_package_gets_what_its_layer_carries(name: str) -> None:
    package = tomllib.loads((PROJECT / f"layers/{name}/pyproject.toml").read_text())["project"]
    carried = (PROJECT / f"requirements/{name}.in").read_text().splitlines()

    assert set(package["dependencies"]) <= set(carried)


@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_a_package_has_the_projects_version(name: str) -> None:
    project, package = (
        tomllib.loads((PROJECT / path / "pyproject.toml").read_text())["project"]
        for path in (".", f"layers/{name}")
    )

    for field in ("version", "requires-python", "license"):
        assert package[field] == project[field]
