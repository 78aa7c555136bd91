"""Everything that a measured process needs around it: AWS, Wix, artifacts, and events to answer."""

import compileall
import json
import shutil
from base64 import b64encode
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import awslambdaric

from tests import canaries
from tests.bench.events import event_for
from tests.lambda_runtime import FunctionProcess
from tests.lambda_runtime.process import IN_THE_RUNTIME
from tests.local_stack import Account, Artifacts
from tests.local_stack.emulator import emulator
from tests.local_stack.stack import CREDENTIAL
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.errors import Json

PROJECT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "reference"

KINDS = {
    "read": "orders/get_order",
    "query": "orders/query_orders",
    "write": "orders/refund_order",
    "batch": "products/create_product",
    "webhook": "webhooks/receive_webhook",
    "schedule": "schedules/report_low_stock",
}
"""One action of each kind, which is what is measured: others of the kind start alike."""

TABLE = "effects"
BUS = "bench"


@dataclass(frozen=True, slots=True)
class Target:
    """A handler to measure, and which action's events it answers."""

    name: str
    handler: str
    task_root: Path
    action: str


@dataclass(frozen=True, slots=True)
class Scene:
    """The running stand-ins, and what was built."""

    artifacts: Artifacts
    references: Path
    wix: WixSimulator
    account: Account
    environment: dict[str, str]
    log: Path

    def ours(self, action: str) -> Target:
        """The function that is deployed."""
        root = self.artifacts.function(logical_id(action))
        return Target(action, f"{_module(action)}.handler", root, action)

    def reference(self, action: str) -> Target:
        """The handler that does the same job with bare libraries."""
        return self._beside(f"{action}/reference", _module(action), action)

    def other(self, module: str) -> Target:
        """A handler that does not what any of ours does, and is told to read an order."""
        return self._beside(module, module, KINDS["read"])

    def _beside(self, name: str, module: str, action: str) -> Target:
        return Target(name, f"reference.{module}.handler", self.references, action)

    def process(
        self, target: Target, environment: Mapping[str, str] | None = None
    ) -> FunctionProcess:
        """The handler in a fresh process that has the layers and what Lambda has, no more.

        Args:
            environment: Variables to set besides the scene's, or in place of them.
        """
        return FunctionProcess(
            target.handler,
            task_root=target.task_root,
            packages=self.artifacts.layers_of(logical_id(target.action)),
            environment={**self.environment, **(environment or {})},
            log=self.log,
        )

    def event(self, action: str) -> Json:
        """What the function is given to do, about something new."""
        return event_for(action, self.wix)


def logical_id(action: str) -> str:
    """The function's name in the template."""
    return f"{_module(action).title().replace('_', '')}Function"


def _module(action: str) -> str:
    return action.rpartition("/")[2]


@contextmanager
def scene(artifacts: Artifacts, folder: Path, logs: Path) -> Iterator[Scene]:
    """Start everything, and have compiled what on AWS is; stop it when the block ends.

    Raises:
        ProcessError: If something cannot be started.
    """
    _compile_runtime()
    shutil.copytree(REFERENCE, folder / "reference")
    compileall.compile_dir(folder / "reference", quiet=2)
    with WixSimulator(seed=7) as wix, emulator(folder, logs) as account:
        wix.seed_orders(100)
        environment = _environment(account, wix)
        yield Scene(artifacts, folder, wix, account, environment, logs / "functions.log")


def _compile_runtime() -> None:
    """Write byte code beside boto3 and the rest, as the runtime's own has it too."""
    installed = Path(awslambdaric.__file__).parents[1]
    for name in IN_THE_RUNTIME:
        path = installed / name
        if path.is_dir():
            compileall.compile_dir(path, quiet=2)
        else:
            compileall.compile_file(path, quiet=2)


def _environment(account: Account, wix: WixSimulator) -> dict[str, str]:
    """What the template sets, of all functions together."""
    secret = account.client("secretsmanager").create_secret(
        Name="wix", SecretString=json.dumps(CREDENTIAL)
    )
    account.client("dynamodb").create_table(
        TableName=TABLE,
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PAY_PER_REQUEST",
    )
    account.client("events").create_event_bus(Name=BUS)
    queue = account.client("sqs").create_queue(QueueName="any")["QueueUrl"]
    return account.environment() | {
        "WIX_API_URL": wix.url,
        "WIX_SECRET_ARN": secret["ARN"],
        "WIX_SITE_ID": canaries.SITE_ID,
        "EFFECTS_TABLE_NAME": TABLE,
        "EVENT_BUS_NAME": BUS,
        "QUEUE_URL": queue,
        "DEAD_LETTER_QUEUE_URL": queue,
        "QUARANTINE_URL": queue,
        "WIX_WEBHOOK_PUBLIC_KEYS": b64encode(wix.webhooks.public_key.encode()).decode(),
        "WIX_INSTANCE_IDS": canaries.INSTANCE_ID,
        "LOW_STOCK_THRESHOLD": "3",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "WixAdmin",
    }
