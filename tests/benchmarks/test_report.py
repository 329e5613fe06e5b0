import gc
import json
from functools import partial
from importlib import import_module
from pathlib import Path

import pytest
from attrs import evolve

from benchmarks.__main__ import main
from benchmarks.gates import memory, startup
from benchmarks.measuring import collector_off, interleave, mean_ratio, middle, ratio
from benchmarks.report import Report, to_data, to_markdown, to_text
from benchmarks.results import TIMES, NotAvailableError, Row, at_least, at_most, say
from benchmarks.scale import FULL, QUICK, Scale

ROWS = (
    Row("live", "live event, N=60", at_least(2), 2.345, TIMES, "fast", {"segments": 60}),
    Row("live", "live event, N=500", at_least(4), 3.9, TIMES),
    Row("memory", "memory", None, None, "", "not available: Engine(retain=...)"),
    Row("import", "import segrules", at_most(120, "ms"), 98.7, "ms"),
    Row("live", "nothing shared", None, 1.5, TIMES),
)
REPORT = Report(QUICK, "2026-03-01", ROWS)


def test_limits() -> None:
    """A gate is met, missed or not measured."""
    assert [row.is_met for row in ROWS] == [True, False, None, True, None]
    assert not REPORT.is_met
    assert evolve(REPORT, rows=ROWS[:1]).is_met


def test_text() -> None:
    """The table says what must be reached and what was, and below it what stands behind that."""
    text = to_text(REPORT)
    assert f"live    live event, N=60   ≥ 2{TIMES}        2.35{TIMES}          yes" in text
    assert f"live    live event, N=500  ≥ 4{TIMES}        3.9{TIMES}           NO" in text
    assert "memory: not available: Engine(retain=...)" in text
    assert text.endswith("2 met, 1 missed, 1 not measured")


def test_markdown() -> None:
    """As Markdown it is a table."""
    assert "| import | import segrules | ≤ 120 ms | 98.7 ms | yes |" in to_markdown(REPORT)


def test_data() -> None:
    """As JSON it has the machine, the seed, the sizes and every figure."""
    data = json.loads(json.dumps(to_data(REPORT)))
    assert data["date"] == "2026-03-01"
    assert data["scale"]["store"]["customers"] == QUICK.store.customers
    assert data["rows"][0]["figures"] == {"segments": 60}
    assert data["rows"][0]["limit"] == {"direction": "at least", "value": 2, "unit": TIMES}
    assert {"python", "cpus"} <= set(data["machine"])


@pytest.mark.parametrize(
    ("value", "unit", "said"),
    [
        (2.0, TIMES, f"2{TIMES}"),
        (12.345, "%", "12.3%"),
        (1234.5, "ms", "1,234 ms"),
        (0.25, "", "0.25"),
    ],
)
def test_figures(value: float, unit: str, said: str) -> None:
    """Figures have three digits and a unit."""
    assert say(value, unit) == said


def test_rounds_are_interleaved() -> None:
    """Contestants take turns, and another one begins in each round."""
    order: list[str] = []
    contestants = {name: partial(order.append, name) for name in "ab"}
    taken = interleave(contestants, 3)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert {name: len(seconds) for name, seconds in taken.items()} == {"a": 3, "b": 3}


def test_medians() -> None:
    """A ratio is the median of the rounds' ratios; a mean of ratios is geometric."""
    assert ratio((2, 9, 40), (1, 3, 10)) == 3
    assert middle((3, 1, 2), pieces=2, scale=1) == 1
    assert mean_ratio({"a": 2, "b": 8}) == pytest.approx(4)


def test_collector_comes_back() -> None:
    """The collector is at work again after a measurement, whatever happens in it."""

    def fail() -> None:
        with collector_off():
            assert not gc.isenabled()
        assert not gc.isenabled()
        raise RuntimeError

    with pytest.raises(RuntimeError), collector_off():
        fail()
    assert gc.isenabled()


def test_command_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """One gate may be measured alone, and written as JSON and as a table."""
    monkeypatch.setattr(startup, "measure", lambda _: ROWS[3:4])
    file = tmp_path / "report.json"
    assert main(["--quick", "--only", "startup", "--json", str(file), "--markdown"]) == 0
    assert "| import | import segrules | ≤ 120 ms | 98.7 ms | yes |" in capsys.readouterr().out
    assert json.loads(file.read_text())["rows"][0]["reached"] == 98.7


def test_what_is_missing_is_reported(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A part that is not there stops only the gate that needs it, and a missed gate shows."""

    def refuse(_: Scale) -> tuple[Row, ...]:
        raise NotAvailableError("Engine.shrink")

    monkeypatch.setattr(memory, "measure", refuse)
    monkeypatch.setattr(startup, "measure", lambda _: ROWS[1:2])
    assert main(["--quick", "--only", "memory", "startup"]) == 1
    assert "memory: not available: Engine.shrink" in capsys.readouterr().out


def test_full_sizes() -> None:
    """The full store is the one that the gates are about."""
    assert (FULL.store.customers, FULL.store.events, FULL.share) == (50_000, 1_000_000, 1)
    assert QUICK.share < 0.1


def test_chart(tmp_path: Path) -> None:
    """The chart shows both costs, and is the same whenever it is drawn from the same figures."""
    pytest.importorskip("matplotlib")
    draw = import_module("benchmarks.chart").draw
    rows = [
        {
            "gate": "live",
            "what": f"live event, N={segments}",
            "figures": {
                "segments": segments,
                "segrules_us": segments / 5,
                "reevaluation_us": segments,
            },
        }
        for segments in (10, 60, 500)
    ]
    drawn = []
    for name in ("one.svg", "two.svg"):
        draw(rows, tmp_path / name)
        drawn.append((tmp_path / name).read_text())
    assert drawn[0] == drawn[1]
    assert drawn[0].count("<path") > 10
