"""Does one thing to many, one by one: none holds up those after it."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from wix_admin.aws.telemetry import logger
from wix_admin.errors import (
    OutcomeUnknownError,
    OutOfTimeError,
    RefusedError,
    WithheldError,
    WixRequestError,
    WixUnavailableError,
)
from wix_admin.problems import code_of

MOST_FAILURES = 3
"""After how many in a row that Wix had no answer for the rest is left."""


@dataclass(slots=True)
class Worked:
    """How far it got, by ids.

    Attributes:
        done: What it was done to.
        failed: What it was not done to, or may not have been, each with a code of problems.
        needless: How many did not need it.
        left: How many were not reached, for want of time or as Wix could not be asked.
    """

    done: list[str] = field(default_factory=list)
    failed: dict[str, str] = field(default_factory=dict)
    needless: int = 0
    left: int = 0


def work_through(ids: Sequence[str], act: Callable[[str], bool]) -> Worked:
    """Do something to each.

    Args:
        ids: What to do it to, each once.
        act: Does it, and tells whether it was needed.

    Raises:
        WixPermissionError: If the credential may not do it.
        wix_auth.WixAuthError: If Wix cannot be called at all.
    """
    worked, in_a_row = Worked(), 0
    for place, each in enumerate(ids):
        try:
            if act(each):
                worked.done.append(each)
            else:
                worked.needless += 1
            in_a_row = 0
        except WithheldError:
            continue
        except OutOfTimeError:
            worked.left = len(ids) - place
            break
        except (WixUnavailableError, OutcomeUnknownError) as error:
            worked.failed[each] = code_of(error)
            in_a_row += 1
            if in_a_row == MOST_FAILURES:
                worked.left = len(ids) - place - 1
                break
        except (WixRequestError, RefusedError) as error:
            worked.failed[each] = code_of(error)
            in_a_row = 0
    if worked.left:
        logger.warning("Not all are reached", extra={"itemsLeft": worked.left})
    return worked
