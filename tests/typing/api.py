"""What type checkers accept of the public API, and what they must refuse.

mypy reads this file in strict mode. A refused line carries an ignore with the error's code; were
the line accepted, the ignore would be unused, which is an error too.
"""

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta

from segrules import (
    Attribute,
    Change,
    Cohort,
    Customer,
    Engine,
    Event,
    EventType,
    Origin,
    Property,
    Refresh,
    Rule,
    Schema,
    Use,
    Verdict,
    load_segments,
    parse_ids,
    save_segments,
)
from segrules.insight import Activity, Retention, retention
from segrules.results import (
    Applied,
    Cause,
    ChangePage,
    Details,
    Explanation,
    MemberPage,
    SchemaName,
    Triggers,
    Upload,
)
from segrules.syntax import Comparison, Node, Part, RuleText, parts_of, to_text, walk

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def accepted() -> None:
    schema: Schema = Schema(
        attributes={"country": Attribute("text", values=["GB", "US"])},
        events={"purchase": EventType(properties={"total": Property("number")})},
        collections={"orders": "purchase"},
    )
    rule: Rule = Rule("country = 'GB'", schema, segments={}, lists=["press"], cohorts=set())
    both: Rule = rule & ~rule | rule
    event: Event = Event("purchase", at=NOW, properties={"total": 80}, id="e1")
    customer = Customer("c1", attributes={"country": "GB"}, events=[event], lists=["press"])
    matches: bool = both.matches(customer, at=NOW)
    verdict: Verdict = rule.verdict(customer, at=NOW)
    until: datetime | None = verdict.until
    explanation: Explanation = rule.explain(customer, at=NOW, redact=True)
    parts: tuple[Explanation, ...] = explanation.parts
    triggers: Triggers = rule.triggers
    types: frozenset[str] = triggers.events
    lookback: Mapping[str, timedelta | None] = rule.lookback
    tree: RuleText = rule.syntax
    root: Node = tree.root
    values = [part.value for part in walk(tree) if isinstance(part, Comparison)]
    below: tuple[Part, ...] = parts_of(root)
    said: list[str] = [to_text(part) for part in (tree, root, *below)]
    names: tuple[SchemaName, ...] = schema.names()
    operators: list[tuple[str, ...]] = [name.operators for name in names]
    engine = Engine(schema)
    changes: tuple[Change, ...] = engine.add_segment("british", rule)
    changes += engine.apply(event, customer="c1", at=NOW)
    changes += engine.set_attributes("c1", {"country": None}, at=NOW)
    changes += engine.advance_to(NOW)
    causes: list[Cause] = [change.cause for change in changes]
    members: frozenset[str] = engine.members("british")
    rules: list[Rule] = [segment.rule for segment in load_segments("shop.toml", schema)]
    cohort: Cohort = Cohort.capture("british", rule, [customer], at=NOW)
    cohorts: tuple[Cohort, ...] = Cohort.family("f", "purchase", [customer], schema, at=NOW)
    active: list[Cohort] = [cohort & members, members & cohort, cohort - cohorts[0]]
    report: Retention = retention([customer], Activity("purchase", schema), "month", at=NOW)
    several = Activity(("purchase", "signup"), schema)
    report = retention(
        [customer], several, "day", at=NOW, start=Activity.any(schema), periods=[0, 7]
    )
    ids: tuple[str, ...] = parse_ids("c1").ids
    header: tuple[str, ...] | None = parse_ids("c1").header
    kept: Cohort = engine.snapshot("british then", rule, by="ann")
    told: Upload = engine.lists.upload("vip", parse_ids("id\nc1"), mode="replace", unknown="add")
    daily, origin = Refresh.daily(time(3)), Origin("prompt", "the British")
    changes += engine.edit_segment("british", rule, origin=origin, refresh=daily)
    due: datetime | None = engine.segments["british"].next_refresh
    engine.record_use("british", Use("campaign", "Spring sale"))
    save_segments(engine.segments, "shop.toml")
    save_segments(load_segments("shop.toml", schema), "shop.toml")
    uses: tuple[Use, ...] = engine.uses("british")
    print(kept, told, due, uses)  # noqa: T201  # all are used
    print(values, said, operators)  # noqa: T201  # all are used
    print(active, report, ids, header)  # noqa: T201  # all are used
    print(matches, until, parts, types, lookback, causes, members, rules)  # noqa: T201  # all are used


def drafted() -> None:
    """Draft a schema."""
    draft: Schema = Schema.observed([Event("signup", at=NOW), {"id": 7}], max_values=5)
    text: str = draft.to_toml()
    assert text.count("#") == len(draft.notes)


def corrected(engine: Engine, event: Event) -> None:
    """Add an event, correct it and take it back."""
    applied: Applied = engine.apply(event, customer="c1", at=NOW)
    told_late: bool = applied.taken and applied.late and not applied.repeated
    changes: tuple[Change, ...] = engine.amend(
        event, customer="c1", at=NOW, by="ann", missing_ok=True
    )
    changes += engine.retract("purchase", "e1", customer="c1", at=NOW)
    print(told_late, changes)  # noqa: T201  # both are used


def looked_into(
    engine: Engine, rule: Rule, schema: Schema, event: Event, changes: tuple[Change, ...]
) -> None:
    """Look into an engine, and write values as data."""
    british: bool = engine.is_member("british", "c1") and "c1" in engine
    page: MemberPage = engine.members("british", limit=10)
    names: list[str] = [*page, *engine.members("british", after=page.after or "c1", limit=10)]
    token: str | None = changes[0].token
    newer: ChangePage = engine.changes(after=token or engine.changes().token)
    details: list[Details] = list(engine.audiences.values())
    copies = (Event.from_data(event.to_data()), Rule.from_data(rule.to_data(), schema))
    print(british, names, newer, details, copies)  # noqa: T201  # all are used


def refused(rule: Rule, engine: Engine, customer: Customer, event: Event) -> None:
    Rule("country = 'GB'")  # type: ignore[call-arg]  # a rule needs its schema
    rule.matches(customer)  # type: ignore[call-arg]  # time is an argument
    rule.matches(customer, NOW)  # type: ignore[call-arg]  # and named
    rule.matches("c1", at=NOW)  # type: ignore[arg-type]  # of a customer
    rule.verdict(customer, at="now")  # type: ignore[arg-type]  # at an instant
    rule.syntax.root = rule.syntax.root  # type: ignore[misc]  # trees are frozen
    rule.text = "no event"  # type: ignore[misc]  # rules are frozen
    rule & "no event"  # type: ignore[operator]  # rules combine with rules
    engine.retract("purchase", customer="c1", at=NOW)  # type: ignore[call-arg]  # which event
    engine.apply(event)  # type: ignore[call-arg]  # an event is some customer's
    engine.apply("purchase", customer="c1", at=NOW)  # type: ignore[arg-type]  # an event is an Event
    engine.add_segment("british", 5)  # type: ignore[arg-type]  # a rule or its text
    engine.add_segment("british", "x", refresh="daily")  # type: ignore[arg-type]  # a Refresh
    engine.members("british", after="c1")  # type: ignore[call-overload]  # pages have a limit
    engine.changes(after=NOW)  # type: ignore[arg-type]  # a token is text
    engine.lists.upload("vip", "id", mode="set")  # type: ignore[arg-type]  # the modes there are
    engine.record_use("vip", "campaign")  # type: ignore[arg-type]  # a Use
    save_segments({"british": rule}, "shop.toml")  # type: ignore[arg-type]  # Segments
    Origin("guess", "x")  # type: ignore[arg-type]  # the kinds there are
    engine.customers = ()  # type: ignore[misc, assignment]  # answers are read
    Cohort.capture("british", "country = 'GB'", [customer], at=NOW)  # type: ignore[arg-type]  # by a rule
    Cohort.capture("british", rule, [customer])  # type: ignore[call-arg]  # at an instant
    Cohort.from_json("{}") & ["c1"]  # type: ignore[operator]  # ids come as a set
    retention([customer], "purchase", "month", at=NOW)  # type: ignore[arg-type]  # an Activity
    retention([customer], Activity.any(rule), "day", at=NOW)  # type: ignore[arg-type]  # by a schema
    customer.id = "c2"  # type: ignore[misc]  # customers are frozen
    Attribute("txt")  # type: ignore[arg-type]  # the types there are
