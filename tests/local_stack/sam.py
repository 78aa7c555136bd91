"""The real `sam build` and `sam deploy`, pointed at this machine."""

import os
import platform
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import yaml

from tests.local_stack.aws import Account
from tests.local_stack.processes import run

PROJECT = Path(__file__).resolve().parents[2]
SAM = PROJECT / ".tools/sam/bin/sam"
STACK_NAME = "wix-admin"

ARCHITECTURE = "arm64" if platform.machine() in {"arm64", "aarch64"} else "x86_64"
"""This machine's processor, in Lambda's words: the functions run here."""


@dataclass(frozen=True, slots=True)
class Artifacts:
    """What `sam build` made."""

    folder: Path

    @property
    def template(self) -> Path:
        return self.folder / "template.yaml"

    def read_template(self) -> dict[str, Any]:
        """The built template; SAM writes it without short-form functions."""
        template: dict[str, Any] = yaml.safe_load(self.template.read_text())
        return template

    @property
    def layers(self) -> tuple[Path, ...]:
        """The packages of each layer, as /opt/python has them."""
        return self._packages("WixAdminLayer", "WixAuthLayer", "WixWebhooksLayer")

    def layers_of(self, function: str) -> tuple[Path, ...]:
        """The packages of the layers that a function has, by its name in the template."""
        template = self.read_template()
        of_all = template["Globals"]["Function"]["Layers"]
        own = template["Resources"][function]["Properties"].get("Layers", [])
        return self._packages(*(layer["Ref"] for layer in (*of_all, *own)))

    def function(self, logical_id: str) -> Path:
        """A function's files, as /var/task has them."""
        return self.folder / logical_id

    def _packages(self, *layers: str) -> tuple[Path, ...]:
        return tuple(self.folder / layer / "python" for layer in layers)


def build(folder: Path, logs: Path, architecture: str = ARCHITECTURE) -> Artifacts:
    """Build the layers and functions into a folder.

    Raises:
        ProcessError: If the build failed.
    """
    _run(
        [
            "build",
            "--template-file", PROJECT / "template.yaml",
            "--build-dir", folder,
            "--parameter-overrides", f"Architecture={architecture}",
        ],
        environment={"ARCH": architecture},
        cwd=PROJECT,
        log=logs / "sam-build.log",
    )  # fmt: skip
    return Artifacts(folder)


def deploy(
    template: Path, account: Account, bucket: str, parameters: Mapping[str, str], logs: Path
) -> None:
    """Deploy a built template.

    Raises:
        ProcessError: If the deployment failed.
    """
    _run(
        [
            "deploy", "--language-extensions",
            "--template-file", template,
            "--stack-name", STACK_NAME,
            "--s3-bucket", bucket,
            "--capabilities", "CAPABILITY_IAM", "CAPABILITY_AUTO_EXPAND",
            "--no-confirm-changeset", "--no-fail-on-empty-changeset", "--no-progressbar",
            "--parameter-overrides", *(f"{name}={value}" for name, value in parameters.items()),
        ],
        environment=account.environment(),
        cwd=template.parent,
        log=logs / "sam-deploy.log",
    )  # fmt: skip


def _run(
    arguments: Sequence[str | Path], *, environment: dict[str, str], cwd: Path, log: Path
) -> None:
    # It leaves an empty folder behind for each function.
    with TemporaryDirectory() as temporary:
        run(
            [SAM, *arguments],
            environment=_environment() | environment | {"TMPDIR": temporary},
            cwd=cwd,
            log=log,
        )


def without_types(template: Mapping[str, Any], types: Set[str]) -> tuple[dict[str, Any], list[str]]:
    """A template without the resources of some types, and what was left out.

    Only resources that nothing refers to can be left out; `DependsOn` does not count, and outputs
    of theirs are left out with them. Loops stay as they are.
    """
    written: dict[str, Any] = template["Resources"]
    resources = {name: body for name, body in written.items() if isinstance(body, dict)}
    left_out = {name: body["Type"] for name, body in resources.items() if body["Type"] in types}
    kept = written | {
        name: _without_dependencies(body, left_out.keys()) for name, body in resources.items()
    }
    for name in left_out:
        del kept[name]
    outputs = {
        name: output
        for name, output in template.get("Outputs", {}).items()
        if output["Value"].get("Fn::GetAtt", [None])[0] not in left_out
    }
    rest = {**template, "Resources": kept, "Outputs": outputs}
    return rest, [f"{name} ({kind})" for name, kind in left_out.items()]


def _without_dependencies(body: dict[str, Any], names: Set[str]) -> dict[str, Any]:
    if "DependsOn" not in body:
        return body
    wanted = body["DependsOn"]
    kept = [name for name in ([wanted] if isinstance(wanted, str) else wanted) if name not in names]
    rest = {key: value for key, value in body.items() if key != "DependsOn"}
    return rest | ({"DependsOn": kept} if kept else {})


def _environment() -> dict[str, str]:
    """Ours, with the project's tools first and without another account's settings."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    path = [str(PROJECT / ".venv/bin"), str(SAM.parent), os.environ.get("PATH", "")]
    settings = {"SAM_CLI_TELEMETRY": "0", "SAM_CLI_POLL_DELAY": "0.2", "NO_COLOR": "1"}
    return kept | settings | {"PATH": os.pathsep.join(path)}
