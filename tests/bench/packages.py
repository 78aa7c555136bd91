"""How large the layers are, and whether their byte code is complete."""

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import cache_from_source
from pathlib import Path

MOST_ZIPPED_MB = 15


@dataclass(frozen=True, slots=True)
class Size:
    """All layers together; megabytes of a million bytes."""

    zipped_mb: float
    unzipped_mb: float
    not_compiled: int
    """Python files without byte code, which would be compiled at every cold start."""


def size_of(layers: Sequence[Path]) -> Size:
    files = [path for layer in layers for path in layer.rglob("*") if path.is_file()]
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for path in files:
            archive.write(path)
    sources = [path for path in files if path.suffix == ".py"]
    return Size(
        zipped_mb=packed.tell() / 1e6,
        unzipped_mb=sum(path.stat().st_size for path in files) / 1e6,
        not_compiled=sum(not Path(cache_from_source(path)).exists() for path in sources),
    )
