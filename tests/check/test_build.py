"""What a layer holds does not depend on what builds it."""

from hashlib import sha256
from pathlib import Path

import pytest

from tests.layers import WITH_PACKAGES, build_layer


def contents(layer: Path) -> dict[str, str]:
    """What a layer holds, but for what an installer writes about itself."""
    own = {"INSTALLER", "RECORD", "REQUESTED", "uv_cache.json"}
    return {
        str(path.relative_to(layer)): sha256(path.read_bytes()).hexdigest()
        for path in layer.rglob("*")
        if path.is_file() and path.name not in own
    }


@pytest.mark.parametrize("name", WITH_PACKAGES)
def test_pip_and_uv_make_the_same_layer(tmp_path: Path, log_folder: Path, name: str) -> None:
    with_uv = build_layer(name, "arm64", tmp_path / "uv", log_folder)
    with_pip = build_layer(name, "arm64", tmp_path / "pip", log_folder, "UV=")

    assert contents(with_pip) == contents(with_uv)
