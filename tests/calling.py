"""The samples of a caller: written out as files, and run as they stand."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.local_stack.aws import REGION, ROOT, Credentials
from tests.readme import block

CLIENTS = "shared/openapi/README.md"
"""The page with the samples of a caller."""

INSTALLED = Path(__file__).resolve().parents[1] / ".tools/samples"
HAS_PACKAGES = shutil.which("node") is not None and (INSTALLED / "ready").exists()
needs_packages = pytest.mark.skipif(
    not HAS_PACKAGES,
    reason="What the samples in JavaScript import is not installed: `make samples` does it and"
    " runs them. It needs Node 20.",
)
LANGUAGES = ("Python", "JavaScript") if HAS_PACKAGES else ("Python",)
EACH_LANGUAGE = ("Python", pytest.param("JavaScript", marks=needs_packages))

CURL_THAT_SIGNS = (7, 75)
PATIENCE_SECONDS = 120


@dataclass(frozen=True, slots=True)
class Caller:
    """A sample in a folder of its own.

    Attributes:
        folder: Where its files are.
        command: What runs a file of them.
        script: The file that it begins with.
    """

    folder: Path
    command: tuple[str, ...]
    script: str

    def run(
        self, *arguments: str, variables: Mapping[str, str]
    ) -> "subprocess.CompletedProcess[str]":
        """Run a file to its end, in a process that has these variables and hardly another."""
        return run([*self.command, *arguments], self.folder, variables)


def exported(api_url: str, credentials: Credentials = ROOT) -> dict[str, str]:
    """What the pages have a caller export."""
    return {
        "ADMIN_API_URL": api_url,
        "ADMIN_API_REGION": REGION,
        "AWS_ACCESS_KEY_ID": credentials.key_id,
        "AWS_SECRET_ACCESS_KEY": credentials.secret,
    }


def caller(language: str, folder: Path) -> Caller:
    """The samples in one language, under the names that their page gives them."""
    if language == "Python":
        (folder / "admin_api.py").write_text(block(CLIENTS, "python", "def call("))
        (folder / "refund.py").write_text(block(CLIENTS, "python", "from admin_api import"))
        return Caller(folder, (sys.executable,), "refund.py")
    link_packages(folder)
    (folder / "admin-api.mjs").write_text(block(CLIENTS, "js", "function call("))
    (folder / "refund.mjs").write_text(block(CLIENTS, "js", 'from "./admin-api.mjs"'))
    return Caller(folder, ("node",), "refund.mjs")


def link_packages(folder: Path) -> None:
    """Give a folder what the samples in JavaScript import."""
    (folder / "node_modules").symlink_to(INSTALLED / "node_modules")


def curl_call() -> str:
    """The call that README shows for a shell; skips the test if curl cannot sign."""
    said = shutil.which("curl") and run(["curl", "--version"], Path.cwd(), {}).stdout
    found = re.match(r"curl (\d+)\.(\d+)", said or "")
    if found is None or (int(found[1]), int(found[2])) < CURL_THAT_SIGNS:
        pytest.skip("README's call for a shell needs curl 7.75 or newer")
    [call] = re.findall(
        r"^\$ (curl (?:.*\\\n)*.*)", block("README.md", "console", "--aws-sigv4"), re.MULTILINE
    )
    return str(call)


def run(
    command: list[str], folder: Path, variables: Mapping[str, str]
) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end, in a process that has these variables and hardly another."""
    return subprocess.run(  # noqa: S603 - what the pages show
        command,
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )
