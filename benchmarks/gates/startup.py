"""What `import segrules` takes, in a process of its own that finds everything compiled."""

import os
import subprocess
import sys
from compileall import compile_dir
from pathlib import Path
from shutil import copytree, ignore_patterns
from statistics import median
from tempfile import TemporaryDirectory
from typing import Final

import segrules
from benchmarks.results import Row, at_most, require_equal
from benchmarks.scale import Scale

PROCESSES: Final = 15
PROGRAM: Final = """
from time import process_time
start = process_time()
import {module}
taken = process_time() - start
print(taken, {module}.__file__)
"""


def measure(scale: Scale) -> tuple[Row, ...]:  # noqa: ARG001  # it is as large as it is
    """Measure the import of segrules, and of lark alone, in turn."""
    package = Path(segrules.__file__).parent
    with TemporaryDirectory() as folder:
        home = Path(folder).resolve()
        copytree(package, home / "segrules", ignore=ignore_patterns("__pycache__"))
        compile_dir(home, quiet=1)
        taken: dict[str, list[float]] = {"segrules": [], "lark": []}
        for _ in range(PROCESSES):
            for module, each in taken.items():
                seconds, place = _import(module, home)
                each.append(seconds)
                if module == "segrules":
                    require_equal("the copy", str(home / "segrules" / "__init__.py"), place)
    ours, lark = (median(each) * 1000 for each in taken.values())
    note = f"lark alone {lark:.0f} ms"
    figures = {"segrules_ms": ours, "lark_ms": lark}
    return (Row("import", "import segrules", at_most(120, "ms"), ours, "ms", note, figures),)


def _import(module: str, home: Path) -> tuple[float, str]:
    """Return the CPU seconds of an import in a fresh process, and where it came from."""
    environment = {**os.environ, "PYTHONPATH": str(home)}
    done = subprocess.run(  # noqa: S603  # this Python, and words of our own
        [sys.executable, "-c", PROGRAM.format(module=module)],
        env=environment,
        cwd=home,
        check=True,
        capture_output=True,
        text=True,
    )
    seconds, place = done.stdout.split(maxsplit=1)
    return float(seconds), place.strip()
