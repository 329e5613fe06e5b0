"""The house keeps its order: who may import whom, and what the core never does."""

import ast
import importlib
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

import segrules

ROOT = Path(segrules.__file__).parent
FLOORS = [
    "language",
    "data",
    "meaning",
    "facts",
    "schema",
    "evaluation",
    "plan",
    "rule",
    "cohorts",
    "ids",
    "audience",
]
"""The core from the ground up: each may import those before it, and itself."""

ROOMS = [
    {"catalogue"},
    {"upkeep"},
    {"records"},
    {"core"},
    {"operations"},
    {"segments", "lists", "cohorts", "customers", "audiences"},
    {"engine"},
]
"""`audience/` from the ground up: rooms on one step do not import each other."""

CORE = sorted(p for f in FLOORS for p in [*ROOT.glob(f"{f}/**/*.py"), *ROOT.glob(f"{f}.py")])
AUDIENCE = sorted({*ROOT.glob("audience/**/*.py")} - {ROOT / "audience" / "__init__.py"})
ALL = sorted(ROOT.rglob("*.py"))


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"))


def name_of(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def imports(path: Path) -> Iterator[tuple[str, ast.stmt]]:
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.Import):
            yield from ((alias.name, node) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: imports are absolute"
            for alias in node.names:
                yield resolve(node.module or "", alias.name), node


def resolve(package: str, name: str) -> str:
    """Return the module that an import is of: a name in a package may be a module."""
    inner = ROOT.parent.joinpath(*package.split("."), f"{name}.py")
    return f"{package}.{name}" if inner.exists() else package


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_floors(path: Path) -> None:
    """A floor imports only floors below it, and never a leaf."""
    own = FLOORS.index(path.relative_to(ROOT).parts[0].removesuffix(".py"))
    for module, _ in imports(path):
        assert module != "segrules", f"{name_of(path)} goes through the door for hosts"
        if module.startswith("segrules."):
            assert module.split(".")[1] in FLOORS[: own + 1], f"{name_of(path)} imports {module}"


@pytest.mark.parametrize("path", AUDIENCE, ids=name_of)
def test_rooms(path: Path) -> None:
    """A room of `audience/` imports only rooms on the steps below it, and itself."""
    own = room_of(name_of(path))
    step = next((n for n, rooms in enumerate(ROOMS) if own in rooms), None)
    assert step is not None, f"{name_of(path)} has no place among ROOMS"
    allowed = {own}.union(*ROOMS[:step])
    for module, _ in imports(path):
        if module.startswith("segrules.audience."):
            room = room_of(module.removeprefix("segrules."))
            assert room in allowed, f"{name_of(path)} imports {module}"


def room_of(module: str) -> str:
    return module.split(".")[1]


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_imports_stand_at_the_top(path: Path) -> None:
    """No function in the core imports anything."""
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            inner = [n for n in ast.walk(node) if isinstance(n, ast.Import | ast.ImportFrom)]
            assert not inner


def test_lark() -> None:
    """Only the parser imports lark."""
    users = {
        name_of(path)
        for path in ALL
        for module, _ in imports(path)
        if module.split(".")[0] == "lark"
    }
    assert users == {"language.parser"}


def test_matplotlib() -> None:
    """Only the heat map imports matplotlib; others may name its types."""
    users = {
        name_of(path)
        for path in ALL
        for module, node in imports(path)
        if module.split(".")[0] == "matplotlib" and not is_for_types(path, node)
    }
    assert users == {"insight.heatmap"}


def test_rich() -> None:
    """Only the screen with colour imports rich."""
    users = {
        name_of(path)
        for path in ALL
        for module, _ in imports(path)
        if module.split(".")[0] == "rich"
    }
    assert users == {"cli.rich_screen"}


@pytest.mark.parametrize("path", sorted(ROOT.glob("insight/**/*.py")), ids=name_of)
def test_insight_knows_no_engine(path: Path) -> None:
    """Reports need rules, facts and cohorts, and nothing of an engine, by any door."""
    assert not [module for module, _ in imports(path) if module.startswith("segrules.audience")]
    front_doors = {"segrules", "segrules.errors", "segrules.results"}
    for module, node in imports(path):
        if module in front_doors and isinstance(node, ast.ImportFrom):
            door = importlib.import_module(module)
            for alias in node.names:
                home = getattr(door, alias.name).__module__
                assert not home.startswith("segrules.audience"), f"{alias.name} lives in {home}"


@pytest.mark.parametrize("path", CORE, ids=name_of)
def test_no_clock(path: Path) -> None:
    """No core module reads a clock, sleeps, or draws by chance, but for the name of a feed."""
    tree = parse(path)
    drawn = {m for m, _ in imports(path)} & {"time", "random", "secrets", "uuid"}
    assert drawn <= ({"secrets"} if name_of(path) == "audience.records.feed" else set())
    asked = {
        node.value.id
        for node in ast.walk(tree)
        if isinstance(node, ast.Attribute)
        and node.attr in {"now", "utcnow", "today"}
        and isinstance(node.value, ast.Name)
    }
    assert not asked & {"datetime", "date"}


def test_dependencies() -> None:
    """The core imports its four dependencies and the standard library, nothing else."""
    allowed = {"segrules", "lark", "attrs", "cattrs", "dateutil"}
    foreign = {
        module.split(".")[0]
        for path in CORE
        for module, _ in imports(path)
        if module.split(".")[0] not in allowed and not is_standard(module)
    }
    assert foreign == set()


def is_standard(module: str) -> bool:
    return module.split(".", maxsplit=1)[0] in sys.stdlib_module_names


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_sizes(path: Path) -> None:
    """No file is over 400 lines, and no function over 50; the engine may have 600.

    It is a façade, three quarters of it docstrings: slices of it would be harder to find one's
    way in.
    """
    longest = 600 if name_of(path) == "audience.engine" else 400
    assert path.read_text("utf-8").count("\n") <= longest
    for node in ast.walk(parse(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            documented = ast.get_docstring(node) is not None and len(node.body) > 1
            first = node.body[1 if documented else 0]
            length = (node.end_lineno or 0) - first.lineno + 1
            assert length <= 50, f"{node.name} has {length} lines"


def test_nothing_evaluates_text() -> None:
    """Nothing in the library evaluates text as code."""
    for path in ALL:
        names = {n.id for n in ast.walk(parse(path)) if isinstance(n, ast.Name)}
        assert not names & {"eval", "exec", "compile", "__import__"}, path


def test_no_cycles() -> None:
    """Modules import each other in one direction, wherever the import stands."""
    graph = {
        name_of(path): {
            module.removeprefix("segrules.")
            for module, _ in imports(path)
            if module.startswith("segrules.")
        }
        for path in ALL
        if path.name != "__init__.py"
    }
    done: set[str] = set()

    def visit(module: str, trail: tuple[str, ...]) -> None:
        assert module not in trail, " → ".join([*trail, module])
        if module not in done:
            for other in graph.get(module, ()):
                visit(other, (*trail, module))
            done.add(module)

    for module in graph:
        visit(module, ())


@pytest.mark.parametrize("path", ALL, ids=name_of)
def test_no_imports_for_types_alone(path: Path) -> None:
    """No module hides an import of another module of the library under `if TYPE_CHECKING`."""
    own = [(module, node) for module, node in imports(path) if module.startswith("segrules")]
    assert [module for module, node in own if is_for_types(path, node)] == []


def is_for_types(path: Path, node: ast.stmt) -> bool:
    """Tell whether an import stands under `if TYPE_CHECKING`."""
    return node.lineno in lines_for_types(path)


@cache
def lines_for_types(path: Path) -> set[int]:
    return {
        inner.lineno
        for block in ast.walk(parse(path))
        if isinstance(block, ast.If)
        and isinstance(block.test, ast.Name)
        and block.test.id == "TYPE_CHECKING"
        for inner in block.body
    }
