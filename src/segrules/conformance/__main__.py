"""`python -m segrules.conformance`: the cases, put to segrules or to a host's adapter."""

import argparse
import sys
from collections.abc import Callable, Sequence
from pkgutil import resolve_name

from segrules.conformance.case import Answer, Case, load_cases
from segrules.conformance.runner import ask_compiled, ask_reference, run_cases


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the cases, print the answers that differ, and return 0 if none does."""
    parser = argparse.ArgumentParser(
        prog="python -m segrules.conformance",
        description="Put the conformance cases to segrules, or to an adapter of your own.",
    )
    parser.add_argument(
        "--ask",
        metavar="MODULE:FUNCTION",
        help="a function that takes a case and returns a verdict or a bool",
    )
    parser.add_argument(
        "--only", metavar="START", default="", help="cases whose ids start with this"
    )
    parser.add_argument("--list", action="store_true", help="print the cases and ask nothing")
    options = parser.parse_args(arguments)
    cases = [case for case in load_cases() if case.id.startswith(options.only)]
    if not cases:
        parser.error(f"no case has an id that starts with `{options.only}`")
    if options.list:
        _print(*(f"{case.id}: {case.sentence}" for case in cases))
        return 0
    asked: dict[str, Callable[[Case], Answer]] = {
        "reference": ask_reference,
        "compiled": ask_compiled,
    }
    if options.ask is not None:
        try:
            asked = {options.ask: resolve_name(options.ask)}
        except (AttributeError, ImportError, ValueError) as error:
            parser.error(f"--ask {options.ask}: {error}")
    reports = {name: run_cases(ask, cases) for name, ask in asked.items()}
    _print(*(f"{name}\n{report}" for name, report in reports.items()))
    return 0 if all(reports.values()) else 1


def _print(*lines: str) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)


if __name__ == "__main__":
    sys.exit(main())
