"""`python -m tests.golden`: what `make golden` runs."""

import io
import logging
import os
from contextlib import redirect_stdout

from tests import template
from tests.golden.files import as_text, file_of, files
from tests.golden.scenes import scenes
from tests.golden.world import world


def main() -> None:
    logging.disable()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    for file in files():
        file.unlink()
    with redirect_stdout(io.StringIO()), world() as there:
        for action in template.actions():
            file = file_of(action)
            file.parent.mkdir(exist_ok=True)
            file.write_text(as_text(scenes(there, action)))


if __name__ == "__main__":
    main()
