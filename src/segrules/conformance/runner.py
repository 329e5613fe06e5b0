"""A run of the cases: each put to a function that answers rules, and the answers that differ."""

from collections.abc import Callable, Iterable

from attrs import frozen

from segrules import Verdict
from segrules.conformance.case import Answer, Case, Refusal, load_cases
from segrules.evaluation import reference
from segrules.facts.customer import as_read
from segrules.language.quantities import count
from segrules.language.version import LANGUAGE_VERSION
from segrules.meaning.calendar import NEVER, to_datetime, to_micros
from segrules.rule import condition_of


@frozen
class Disagreement:
    """A case with an answer other than the expected one, or with an error."""

    case: Case
    answer: Answer | Exception

    def __str__(self) -> str:
        case = self.case
        return "\n".join(
            [
                f"{case.id}: {case.sentence}",
                f"  rule: {case.rule}",
                f"  at: {case.at.isoformat()}",
                f"  expected: {_say(case.expected)}",
                f"  answered: {_say(self.answer)}",
            ]
        )


@frozen
class Report:
    """How many cases a run asked, and its disagreements. True if there are none."""

    asked: int
    disagreements: tuple[Disagreement, ...]

    def __bool__(self) -> bool:
        return not self.disagreements

    def __str__(self) -> str:
        agreed = self.asked - len(self.disagreements)
        asked = count(self.asked, "case")
        summary = f"language {LANGUAGE_VERSION}: {agreed:,} of {asked} as expected"
        return "\n".join([*map(str, self.disagreements), summary])


def run_cases(ask: Callable[[Case], Answer], cases: Iterable[Case] | None = None) -> Report:
    """Put cases to a function, and return a report of its answers.

    ask: returns a verdict, or a bool if it does not know until when; an error that it raises is a
    disagreement, unless the case expects one with its `code`. cases: default: all that ship with
    the library.
    """
    chosen = load_cases() if cases is None else tuple(cases)
    disagreements = []
    for case in chosen:
        answer: Answer | Exception
        try:
            answer = ask(case)
        except Exception as error:  # noqa: BLE001  # any error of an adapter is its answer
            answer = error
        if not case.accepts(answer):
            disagreements.append(Disagreement(case, answer))
    return Report(len(chosen), tuple(disagreements))


def ask_compiled(case: Case) -> Verdict:
    """Return the answer of `Rule.verdict`."""
    return case.make_rule().verdict(case.customer, at=case.at)


def ask_reference(case: Case) -> Verdict:
    """Return the answer of the reference evaluator."""
    holds, until = reference.judge(
        condition_of(case.make_rule()),
        as_read(case.customer, case.schema._door),
        to_micros(case.at),
        case.schema._vocabulary.calendar,
    )
    return Verdict(holds, None if until >= NEVER else to_datetime(until))


def _say(answer: Answer | Refusal | Exception) -> str:
    match answer:
        case Refusal(code):
            return f"refused, {code}"
        case Exception():
            return f"{type(answer).__name__}: {answer}"
        case Verdict(holds, until):
            return f"{_say(holds)}, until {until.isoformat() if until else 'further notice'}"
        case _:
            return "holds" if answer else "does not hold"
