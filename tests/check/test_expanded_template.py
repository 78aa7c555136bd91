"""What CloudFormation is given, once SAM has expanded the template."""

import json
import subprocess
from pathlib import Path

from tests import template
from tests.template import PROJECT


def test_the_expanded_template_is_clean(tmp_path: Path) -> None:
    path, expanded = tmp_path / "expanded.json", template.expanded()
    # Nothing asks a mapping any more, once the loops are written out.
    del expanded["Mappings"]
    path.write_text(json.dumps(expanded))

    linter = PROJECT / ".venv/bin/cfn-lint"
    found = subprocess.run([linter, path], capture_output=True, text=True, check=False)  # noqa: S603 - the project's own tool

    assert found.stdout == ""
    assert found.returncode == 0
