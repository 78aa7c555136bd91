"""Layers with packages of others, made as `sam build` makes them."""

import os
import subprocess
from pathlib import Path

from tests.local_stack.sam import PROJECT

WITH_PACKAGES = {"wix_auth": "build-WixAuthLayer", "wix_webhooks": "build-WixWebhooksLayer"}
"""The layers that carry packages of others, and what makes them."""


def build_layer(name: str, architecture: str, folder: Path, logs: Path, *variables: str) -> Path:
    """Make a layer in a folder, for either processor.

    Args:
        variables: What else make is told; `UV=` has pip do what uv does.

    Raises:
        CalledProcessError: If it cannot be made.
    """
    path = [PROJECT / ".venv/bin", PROJECT / ".tools/uv/bin"]
    if "UV=" in variables:
        path.reverse()  # pip is beside uv only
    environment = os.environ | {
        "PATH": os.pathsep.join([*map(str, path), os.environ["PATH"]]),
        "ARTIFACTS_DIR": str(folder),
        "ARCH": architecture,
    }
    with (logs / "make.log").open("ab") as log:
        subprocess.run(  # noqa: S603 - the project's own makefile
            ["make", "-f", f"layers/{name}/Makefile", WITH_PACKAGES[name], *variables],  # noqa: S607
            cwd=PROJECT,
            env=environment,
            stdout=log,
            stderr=subprocess.STDOUT,
            check=True,
        )
    return folder / "python"
