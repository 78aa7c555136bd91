"""What the document shows of each action: its answer, its dry run and its problems."""

from dataclasses import dataclass
from functools import cache
from http import HTTPStatus

from openapi.actions import Action, actions
from openapi.answers import Reply, Scene, Stage, stage
from openapi.failures import failures_of
from wix_admin.models import Json


@dataclass(frozen=True, slots=True)
class Shown:
    """What an action answered.

    Attributes:
        done: To its sample.
        planned: To the same as a dry run, if it can be asked for one.
        problems: When it failed, by code.
    """

    done: Json
    planned: Json | None
    problems: dict[str, Json]


@cache
def shown() -> dict[str, Shown]:
    """Return what each action answers, by its name; asked once in a process."""
    with stage() as here:
        return {action.name: _shown(here, action) for action in actions()}


def _shown(here: Stage, action: Action) -> Shown:
    planned = here.reply(action, _rehearses) if action.key else None
    problems = {code: here.reply(action, cause) for code, cause in failures_of(action).items()}
    for code, reply in problems.items():
        if reply.body.get("code") != code:
            raise AssertionError(f"{action.name} should fail with {code}, and answered {reply}")
    return Shown(
        _body(action, here.reply(action)),
        _body(action, planned) if planned else None,
        {code: reply.body for code, reply in problems.items()},
    )


def _rehearses(scene: Scene) -> None:
    scene.say(dryRun=True)


def _body(action: Action, reply: Reply) -> Json:
    if reply.status != HTTPStatus.OK:
        raise AssertionError(f"{action.name} should do its sample, and answered {reply}")
    return reply.body
