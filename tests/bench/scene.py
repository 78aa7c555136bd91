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
from tests.actions import ROUTED
from tests.bench.events import event_for
from tests.lambda_runtime import FunctionProcess
from tests.lambda_runtime.process import IN_THE_RUNTIME
from tests.local_stack import Account, Artifacts
from tests.local_stack.emulator import emulator
from tests.local_stack.stack import CREDENTIAL
from tests.samples import WAITING_DOMAIN, WAITING_SERVICE
from tests.wix_simulator import WixSimulator
from tests.wix_simulator.errors import Json

PROJECT = Path(__file__).resolve().parents[2]
REFERENCE = Path(__file__).parent / "reference"

LEFT_OUT = frozenset({"redrive_quarantine"})
"""Only an operator calls it, and then for minutes: nobody minds how it starts."""

AREAS = {
    path.stem: path.parent.name
    for path in sorted(PROJECT.glob("functions/*/*.py"))
    if path.stem not in LEFT_OUT
}
FUNCTIONS = tuple(AREAS)

MODULES = {
    "check_credentials": "credentials",
    "approve_member": "members",
    "approve_pending_members": "chores",
    "block_member": "members",
    "cancel_booking": "bookings",
    "confirm_booking": "bookings",
    "confirm_pending_bookings": "chores",
    "create_member": "members",
    "create_product": "products",
    "decline_booking": "bookings",
    "delete_member": "members",
    "update_inventory": "stock",
    "report_low_stock": "chores",
    "fulfill_approved_order": "approved_orders",
    "fulfill_dispatched_shipment": "dispatched_shipments",
    "receive_webhook": "webhooks",
    "reschedule_booking": "bookings",
    **{action.stem: "readers" for action in ROUTED if not action.writes},
}
"""Where a function's reference is, if not among the writers."""

TABLE = "effects"
BUS = "bench"


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
    account: Account
    environment: dict[str, str]
    log: Path

    def ours(self, function: str) -> Target:
        root = self.artifacts.function(logical_id(function))
        return Target(function, f"{function}.handler", root, function)

    def reference(self, function: str) -> Target:
        handler = f"reference.{MODULES.get(function, 'writers')}.{function}"
        return Target(f"{function}/reference", handler, self.references, function)

    def other(self, module: str) -> Target:
        return Target(module, f"reference.{module}.handler", self.references, "get_order")

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
            packages=self.artifacts.layers_of(logical_id(target.function)),
            environment={**self.environment, **(environment or {})},
            log=self.log,
        )

    def event(self, function: str) -> Json:
        """What the function is given to do, about a new order."""
        return event_for(AREAS[function], function, self.wix)


def logical_id(function: str) -> str:
    """The function's name in the template."""
    return f"{function.title().replace('_', '')}Function"


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
        "APPROVE_MEMBERS": WAITING_DOMAIN,
        "AUTO_FULFILL": "digital",
        "CONFIRM_BOOKINGS": WAITING_SERVICE,
        "CREDENTIAL_MAX_AGE_DAYS": "180",
        "LOW_STOCK_THRESHOLD": "3",
        "POWERTOOLS_SERVICE_NAME": "bench",
        "POWERTOOLS_METRICS_NAMESPACE": "WixAdmin",
    }
