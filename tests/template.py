"""The template with its loops written out and as CloudFormation gets it, ready for questions."""

import copy
import json
import re
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from cfnlint.decode import decode_str
from cfnlint.template import Template
from cfnlint.template.transforms._language_extensions import language_extension
from samtranslator.translator.transform import transform

PROJECT = Path(__file__).resolve().parents[1]
TEMPLATE = PROJECT / "template.yaml"

type Resource = dict[str, Any]

CALLERS = {
    "MembersReaderPolicy": {"members/query_members"},
    "MembersAdminPolicy": {
        "members/create_member",
        "members/query_members",
        "members/approve_member",
        "members/block_member",
        "members/delete_member",
    },
    "CatalogReaderPolicy": {"products/query_products", "inventory/query_inventory"},
    "InventoryPolicy": {
        "products/query_products",
        "inventory/query_inventory",
        "inventory/update_inventory",
    },
    "CatalogAdminPolicy": {
        "products/create_product",
        "products/query_products",
        "inventory/update_inventory",
        "inventory/query_inventory",
    },
    "OrdersReaderPolicy": {"orders/get_order", "orders/query_orders"},
    "FulfillmentPolicy": {"orders/get_order", "orders/query_orders", "orders/fulfill_order"},
    "RefundsPolicy": {
        "orders/get_order",
        "orders/query_orders",
        "orders/cancel_order",
        "orders/refund_order",
    },
    "OrdersAdminPolicy": {
        "orders/get_order",
        "orders/query_orders",
        "orders/update_order",
        "orders/cancel_order",
        "orders/refund_order",
        "orders/fulfill_order",
        "orders/record_payment",
    },
    "BookingsReaderPolicy": {"bookings/query_bookings"},
    "BookingsAdminPolicy": {
        "bookings/query_bookings",
        "bookings/confirm_booking",
        "bookings/decline_booking",
        "bookings/cancel_booking",
        "bookings/reschedule_booking",
    },
}
"""What each kind of caller may call."""


class _NoManagedPolicies:
    """The transform looks policies up by name on AWS; the template names none."""

    def load(self) -> dict[str, str]:
        return {}


@cache
def _source() -> dict[str, Any]:
    written, _ = decode_str(TEMPLATE.read_text())
    # It looks at the conditions, and sorts what they compare.
    looked_at = Template(str(TEMPLATE), copy.deepcopy(written), ["us-east-1"])
    problems, looped = language_extension(looked_at)
    if looped is None:
        raise ValueError(problems)
    template: dict[str, Any] = json.loads(json.dumps(written | {"Resources": looped["Resources"]}))
    return template


@cache
def _expanded() -> dict[str, Any]:
    return transformed(source())


def source() -> dict[str, Any]:
    """The template as written, its short forms and loops spelled out."""
    return copy.deepcopy(_source())


def expanded() -> dict[str, Any]:
    """The template after SAM's transform."""
    return copy.deepcopy(_expanded())


def transformed(template: dict[str, Any]) -> dict[str, Any]:
    """A template like ours after SAM's transform."""
    packaged = copy.deepcopy(template)
    for resource in packaged["Resources"].values():
        for name in ("CodeUri", "ContentUri"):
            if name in resource["Properties"]:
                resource["Properties"][name] = "s3://bucket/key"
    parameters = {name: p.get("Default", "") for name, p in packaged["Parameters"].items()}
    expanded: dict[str, Any] = transform(packaged, parameters, _NoManagedPolicies())
    return expanded


def of_type(template: dict[str, Any], kind: str) -> dict[str, Resource]:
    """A template's resources of one type, by name."""
    resources: dict[str, Resource] = template["Resources"]
    return {name: found for name, found in resources.items() if found["Type"] == kind}


def functions() -> dict[str, Resource]:
    """The properties of each function as written, by its name in the template."""
    found = of_type(source(), "AWS::Serverless::Function")
    return {name: function["Properties"] for name, function in found.items()}


def action_of(function: Resource) -> str:
    """`<area>/<action>`, as the function's file is called below `functions/`."""
    area = function["CodeUri"].removeprefix("functions/").strip("/")
    return f"{area}/{function['Handler'].removesuffix('.handler')}"


def actions() -> dict[str, str]:
    """The name in the template of each action's function."""
    return {action_of(function): name for name, function in functions().items()}


def routes() -> dict[str, str]:
    """`METHOD/path` of each action that can be called over HTTP."""
    paths = source()["Resources"]["AdminApi"]["Properties"]["DefinitionBody"]["paths"]
    called = {
        name: f"{method.upper()}{path}"
        for path, operations in paths.items()
        for method, operation in operations.items()
        for name in _named_in(operation["x-amazon-apigateway-integration"]["uri"])
    }
    return {action: called[name] for action, name in actions().items() if name in called}


def needed_by(template: dict[str, Any], *names: str) -> dict[str, Any]:
    """A template of some resources that are none of SAM's, what they need, and their outputs."""
    kept: dict[str, Resource] = {}
    wanted = [*names]
    while wanted:
        name = wanted.pop()
        if name in template["Resources"] and name not in kept:
            kept[name] = template["Resources"][name]
            wanted += _named_in(kept[name])
    rest = template["Parameters"].keys() | kept.keys()
    outputs = {
        name: output
        for name, output in template["Outputs"].items()
        if rest.issuperset(n for n in _named_in(output) if not n.startswith("AWS::"))
    }
    kinds = {name: template[name] for name in ("Parameters", "Conditions")}
    return {**kinds, "Resources": kept, "Outputs": outputs}


def _named_in(value: Any) -> Iterator[str]:
    """What a part of a template refers to, or depends on."""
    match value:
        case {"Ref": str(name)} | {"Fn::GetAtt": [str(name), *_]}:
            yield name
        case {"Fn::Sub": str(text)}:
            yield from (found.partition(".")[0] for found in re.findall(r"\$\{([^}]+)\}", text))
        case dict():
            yield from (name for each in value.values() for name in _named_in(each))
            depends = value.get("DependsOn", [])
            yield from [depends] if isinstance(depends, str) else depends
        case list():
            yield from (name for each in value for name in _named_in(each))


def webhook_api(template: dict[str, Any]) -> dict[str, Resource]:
    """What the webhook API is made of, by name, without its deployment and its stage."""
    name = "WebhookApi"
    resources: dict[str, Resource] = template["Resources"]
    return {name: resources[name]} | {
        part: found
        for part, found in resources.items()
        if found["Type"].startswith("AWS::ApiGateway::")
        and found["Type"].rpartition("::")[2] not in {"Deployment", "Stage"}
        and found["Properties"].get("RestApiId") == {"Ref": name}
    }


def webhook_deployment(template: dict[str, Any]) -> str:
    """What the webhook API's deployment must be called: another name for another API."""
    parts = json.dumps(webhook_api(template), sort_keys=True)
    return f"WebhookDeployment{sha256(parts.encode()).hexdigest()[:10]}"
