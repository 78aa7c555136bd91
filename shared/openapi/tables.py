"""`python -m openapi.tables`: writes the tables of the pages that code and template imply.

A page has a table between two markers, the first of which names it:

    <!-- actions: made by `make docs` -->
    <!-- end -->
"""

import ast
import re
from collections.abc import Callable, Iterable, Sequence
from fnmatch import fnmatchcase

from openapi.actions import actions
from openapi.page import filters, recipes
from openapi.problems import gateway_problems
from tests import template
from tests.readme import PAGES
from tests.template import PROJECT, Resource
from wix_admin.problems import KINDS

MADE = re.compile(r"(<!-- (\w+): made by `make docs` -->\n).*?(<!-- end -->)", re.DOTALL)
PERMISSION = " Wix permission - "


def main() -> None:
    """Write the tables of every page."""
    for page, text in PAGES.items():
        (PROJECT / page).write_text(filled(text))


def filled(text: str) -> str:
    """Make the tables of a page again."""
    return MADE.sub(lambda found: f"{found[1]}\n{TABLES[found[2]]()}\n\n{found[3]}", text)


def _actions() -> str:
    rows = [
        (f"`{action}`", _called_by(action, function), _docstring(action), _permission(function))
        for function in template.functions().values()
        for action in [template.action_of(function)]
    ]
    return _table(("Function", "Called by", "What it does", "Wix permission"), rows)


def _called_by(action: str, function: Resource) -> str:
    if action in template.routes():
        return _route(action)
    for event in function.get("Events", {}).values():
        about = event["Properties"]
        match event["Type"]:
            case "ScheduleV2":
                pace = about["ScheduleExpression"].removeprefix("rate(").removesuffix(")")
                on = "" if about["State"] == "ENABLED" else ", if you want it"
                return f"every {pace.removeprefix('1 ')}{on}"
            case "SQS":
                return _sent_by(about["Queue"])
    return "an operator"


def _route(name: str) -> str:
    """Return a route, with what has to be in its query."""
    [action] = [each for each in actions() if each.name == name]
    fields = action.handler.input_type.model_fields.values()
    needed = {str(each.alias) for each in fields if each.is_required()} - {*action.in_path}
    query = [] if action.has_body else [f"{each}=…" for each in sorted(needed)]
    return f"`{action.method} {action.path}{'?' if query else ''}{'&'.join(query)}`"


def _sent_by(queue: Resource) -> str:
    """Return what is put into a queue: events of the bus, or deliveries of Wix."""
    for rule in template.of_type(template.source(), "AWS::Events::Rule").values():
        if queue in [target["Arn"] for target in rule["Properties"]["Targets"]]:
            kinds = rule["Properties"]["EventPattern"]["detail-type"]
            return f"on the event bus: {_code(kinds)}"
    return "what `POST /webhooks/wix` has stored"


def _docstring(action: str) -> str:
    module = ast.parse((PROJECT / "functions" / f"{action}.py").read_text())
    return (ast.get_docstring(module) or "").partition("\n")[0].removesuffix(".")


def _permission(function: Resource) -> str:
    return str(function["Description"]).partition(PERMISSION)[2].removesuffix(".") or "none"


def _callers() -> str:
    source = template.source()
    policies = template.of_type(source, "AWS::IAM::ManagedPolicy")
    rows = [
        (f"`{name}`", output["Description"].partition(".")[0], _allowed(policies[name]))
        for name, output in source["Outputs"].items()
        if name in policies
    ]
    return _table(("Output", "Its caller may", "Functions"), rows)


def _allowed(policy: Resource) -> str:
    """Return the actions that a policy opens, or the event that it allows."""
    [statement] = policy["Properties"]["PolicyDocument"]["Statement"]
    if statement["Action"] == "events:PutEvents":
        kind = statement["Condition"]["StringEquals"]["events:detail-type"]
        return f"the event `{kind}`"
    opened = [each["Fn::Sub"].partition("${StageName}/")[2] for each in statement["Resource"]]
    return _code(
        action.rpartition("/")[2]
        for action, route in template.routes().items()
        if any(fnmatchcase(route, pattern) for pattern in opened)
    )


def _parameters() -> str:
    rows = [
        (
            f"`{name}`",
            f"`{parameter['Default']}`" if parameter.get("Default", "") != "" else "",
            " ".join(parameter["Description"].split()),
        )
        for name, parameter in template.source()["Parameters"].items()
    ]
    return _table(("Parameter", "Default", "What it says"), rows)


def _alarms() -> str:
    alarms = template.of_type(template.source(), "AWS::CloudWatch::Alarm")
    rows = [
        (f"`{name}`", alarm["Properties"]["AlarmDescription"]) for name, alarm in alarms.items()
    ]
    return _table(("Alarm", "Meaning"), rows)


def _codes() -> str:
    own = [(code, kind.status, kind.title, kind.retryable) for code, kind in KINDS.items()]
    others = [
        (code, problem["status"], problem["title"], problem["retryable"])
        for code, problem in gateway_problems().items()
        if code not in KINDS
    ]
    rows = [
        (f"`{code}`", str(status), title, "yes" if retryable else "no")
        for code, status, title, retryable in sorted(own + others, key=lambda each: each[1])
    ]
    return _table(("Code", "Status", "Meaning", "Ask again"), rows)


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [f"| {' | '.join(each)} |" for each in (head, *rows)]
    return "\n".join([lines[0], f"|{'---|' * len(head)}", *lines[1:]])


def _code(names: Iterable[str]) -> str:
    return ", ".join(f"`{each}`" for each in names)


TABLES: dict[str, Callable[[], str]] = {
    "actions": _actions,
    "callers": _callers,
    "parameters": _parameters,
    "alarms": _alarms,
    "codes": _codes,
    "filters": filters,
    "recipes": recipes,
}


if __name__ == "__main__":
    main()
