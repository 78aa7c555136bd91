"""Clients of AWS services, all from one session of the process."""

import functools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from botocore.session import Session


@functools.cache
def aws_session() -> "Session":
    """Give the process's botocore session, whose `create_client` makes what boto3 calls a client.

    boto3 itself is left out: it only adds 59 modules that no client needs, which made a function
    up to a fifth slower to its first answer. One session, as each reads botocore's data anew.
    """
    # Part of Lambda's runtime and slow to import: only whoever calls AWS pays for it.
    from botocore.session import get_session  # noqa: PLC0415 - see above

    return get_session()
