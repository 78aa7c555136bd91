"""Everything that a measured process needs around it: AWS, Wix, artifacts, and events to answer."""

import compileall
import json
import shutil
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import awslambdaric

from tests import canaries
from tests.lambda_runtime import FunctionProcess
from tests.lambda_runtime.process import IN_THE_RUNTIME
from tests.local_stack import Account, Artifacts, Progress, build
from tests.local_stack.emulator import emulator
from tests.local_stack.stack import CREDENTIAL
from tests.wix_simulator import WixSimulator, line

PROJECT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "reference"

FUNCTIONS = tuple(sorted(path.stem for path in (PROJECT / "functions/orders").glob("*.py")))
READERS = frozenset({"get_order", "query_orders"})

SAMPLE_ORDER = "a1a1a1a1-0000-4000-8000-00000000000a"
SAMPLE_PAYMENT = "b0b0b0b0-0000-4000-8000-000000000001"
SAMPLE_LINE = "00000000-0000-0000-0000-000000000001"
SAMPLE_TRACKING = "1Z999AA10123456784"
"""What the sample events name, to be replaced by what is in the shop."""

TABLE = "effects"


@dataclass(frozen=True, slots=True)
class Target:
    """A handler to measure, and which function's events it answers."""

    name: str
    handler: str
    task_root: Path
    function: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The running stand-ins, and what was built."""

    artifacts: Artifacts
    references: Path
    wix: WixSimulator
    environment: dict[str, str]
    log: Path

    def ours(self, function: str) -> Target:
        root = self.artifacts.function(logical_id(function))
        return Target(function, f"{function}.handler", root, function)

    def reference(self, function: str) -> Target:
        module = "readers" if function in READERS else "writers"
        handler = f"reference.{module}.{function}"
        return Target(f"{function}/reference", handler, self.references, function)

    def other(self, module: str) -> Target:
        return Target(module, f"reference.{module}.handler", self.references, "get_order")

    def process(self, target: Target) -> FunctionProcess:
        """The handler in a fresh process that has the layers and what Lambda has, no more."""
        return FunctionProcess(
            target.handler,
            task_root=target.task_root,
            packages=self.artifacts.layers_of(logical_id(target.function)),
            environment=self.environment,
            log=self.log,
        )

    def event(self, function: str) -> dict[str, Any]:
        """The function's sample HTTP request, for a new order."""
        payments = () if function == "record_payment" else None
        goods = [line(2, "12.50", id=SAMPLE_LINE), line(price="9.99"), line(3, price="4.25")]
        order = self.wix.add_order(lines=goods, payments=payments)
        text = (PROJECT / f"events/orders/{function}.http.json").read_text()
        real = {SAMPLE_ORDER: order["id"], SAMPLE_TRACKING: f"1Z{uuid.uuid4().hex[:16].upper()}"}
        if paid := self.wix.payment_ids(order["id"]):
            real[SAMPLE_PAYMENT] = paid[0]
        for sample, there in real.items():
            text = text.replace(sample, there)
        event: dict[str, Any] = json.loads(text)
        event["requestContext"]["requestTimeEpoch"] = round(time.time() * 1000)
        if function not in READERS:
            key = str(uuid.uuid4())
            event["headers"]["Idempotency-Key"] = key
            event["multiValueHeaders"]["Idempotency-Key"] = [key]
        return event


def logical_id(function: str) -> str:
    """The function's name in the template."""
    return f"{function.title().replace('_', '')}Function"


@contextmanager
def scene(folder: Path, logs: Path, progress: Progress) -> Iterator[Scene]:
    """Build and start everything; stop it when the block ends.

    Raises:
        ProcessError: If something cannot be built or started.
    """
    with progress.step("Building the layers and functions"):
        artifacts = build(folder / "build", logs)
    with progress.step("Compiling what Lambda's runtime and the references would have compiled"):
        _compile_runtime()
        shutil.copytree(REFERENCE, folder / "reference")
        compileall.compile_dir(folder / "reference", quiet=2)
    with WixSimulator(seed=7) as wix, emulator(folder, logs) as account:
        wix.seed_orders(100)
        yield Scene(artifacts, folder, wix, _environment(account, wix.url), logs / "functions.log")


def _compile_runtime() -> None:
    """Write byte code beside boto3 and the rest, as the runtime's own has it too."""
    installed = Path(awslambdaric.__file__).parents[1]
    for name in IN_THE_RUNTIME:
        path = installed / name
        if path.is_dir():
            compileall.compile_dir(path, quiet=2)
        else:
            compileall.compile_file(path, quiet=2)


def _environment(account: Account, wix_url: str) -> dict[str, str]:
    secret = account.client("secretsmanager").create_secret(
        Name="wix", SecretString=json.dumps(CREDENTIAL)
    )
    account.client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    return account.environment() | {
        "WIX_API_URL": wix_url,
        "WIX_SECRET_ARN": secret["ARN"],
        "WIX_SITE_ID": canaries.SITE_ID,
        "EFFECTS_TABLE_NAME": TABLE,
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "WixAdmin",
    }
