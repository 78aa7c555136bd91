"""Our packages in somebody else's functions, with nothing else of ours."""

import subprocess
import sys
from pathlib import Path

import pytest
from samtranslator.yaml_helper import yaml_parse

from tests import canaries
from tests.contract.functions import Functions, marks_in
from tests.local_stack import Artifacts
from tests.local_stack.sam import PROJECT
from tests.readme import block
from tests.wix_simulator import WixSimulator

UV = PROJECT / ".tools/uv/bin/uv"

SOMEBODYS_FUNCTION = """
import logging
import os

from wix_auth import wix_http_client

logging.getLogger().setLevel(os.environ["LEVEL"])
wix = wix_http_client(os.environ["WIX_SECRET_ARN"], api_url=os.environ["WIX_API_URL"])


def handler(event, context):
    return wix.get(f"/ecom/v1/orders/{event['orderId']}").json()["order"]["id"]
"""


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, log_folder: Path) -> Path:
    """Both packages in a fresh environment, with what they ask for, in the layers' versions.

    uv has their build backend built in, so that nothing more is needed than for the layers.
    """
    environment = tmp_path_factory.mktemp("installed")
    names = ("wix_auth", "wix_webhooks")
    with (log_folder / "uv.log").open("ab") as log:
        for command in (
            ["venv", "--allow-existing", f"--python={sys.executable}", str(environment)],
            [
                *("pip", "install", f"--python={environment}"),
                *(f"--constraint=requirements/{name}.lock" for name in names),
                *(f"./layers/{name}" for name in names),
            ],
        ):
            subprocess.run(  # noqa: S603 - the project's own tool
                [UV, *command], cwd=PROJECT, stdout=log, stderr=subprocess.STDOUT, check=True
            )
    return environment / "lib/python3.13/site-packages"


@pytest.fixture(params=["layer", "installed"])
def packages(request: pytest.FixtureRequest, artifacts: Artifacts) -> dict[str, Path]:
    """Where each package can be imported from: its layer, or where both were installed."""
    if request.param == "installed":
        both: Path = request.getfixturevalue("installed")
        return {"wix_auth": both, "wix_webhooks": both}
    _, auth, webhooks = artifacts.layers
    return {"wix_auth": auth, "wix_webhooks": webhooks}


@pytest.mark.parametrize("level", ["INFO", "DEBUG"])
def test_it_signs_requests_and_keeps_the_secret_out_of_the_log_at_any_level(
    functions: Functions, artifacts: Artifacts, wix: WixSimulator, tmp_path: Path, level: str
) -> None:
    (tmp_path / "somebodys.py").write_text(SOMEBODYS_FUNCTION)
    order_id = wix.add_order()["id"]
    _, layer, _ = artifacts.layers

    with functions.somebodys("somebodys.handler", tmp_path, layer, LEVEL=level) as process:
        answer = process.invoke({"orderId": order_id})

    assert answer.error is None
    assert answer.result == order_id
    assert level in functions.output(process)
    assert not marks_in(functions.output(process))


def test_the_function_of_its_page_calls_wix(
    functions: Functions, packages: dict[str, Path], wix: WixSimulator, tmp_path: Path
) -> None:
    shown = yaml_parse(block("layers/wix_auth/README.md", "yaml", "OrderNumberFunction"))[
        "Resources"
    ]["OrderNumberFunction"]
    (tmp_path / "index.py").write_text(shown["Properties"]["InlineCode"])
    order = wix.add_order()
    values = functions.values
    variables = {
        "SECRET_ARN": values["WIX_SECRET_ARN"],
        "SITE_ID": values["WIX_SITE_ID"],
        "API_URL": values["WIX_API_URL"],
    }
    assert variables.keys() == shown["Properties"]["Environment"]["Variables"].keys()

    with functions.somebodys(
        "index.handler", tmp_path, packages["wix_auth"], **variables
    ) as process:
        answer = process.invoke({"orderId": order["id"]})

    assert (answer.result, answer.error) == (order["number"], None)


def test_the_function_of_its_page_reads_a_delivery(
    functions: Functions, packages: dict[str, Path], wix: WixSimulator, tmp_path: Path
) -> None:
    (tmp_path / "index.py").write_text(
        block("layers/wix_webhooks/README.md", "python", "WebhookVerifier")
    )
    variables = {"PUBLIC_KEY": wix.webhooks.public_key, "INSTANCE_ID": canaries.INSTANCE_ID}
    token = wix.webhooks.token(entity_id="0de40000-0000-4000-8000-000000000001")

    with functions.somebodys(
        "index.handler", tmp_path, packages["wix_webhooks"], **variables
    ) as process:
        taken = process.invoke({"body": token})
        forged = process.invoke({"body": f"{token[:-8]}AAAAAAAA"})

    assert taken.result == {
        "type": "wix.ecom.v1.order_approved",
        "orderId": "0de40000-0000-4000-8000-000000000001",
    }
    assert forged.error is not None
    assert forged.error.type == "UntrustedError"
