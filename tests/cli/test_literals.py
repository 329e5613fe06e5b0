import tomllib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from segrules.cli.errors import MisuseError
from segrules.cli.literals import rewrite_rules
from segrules.language.formatter import format_rule
from segrules.language.parser import parse
from segrules.results import Source


def canonical(rule: str) -> str:
    return format_rule(parse(Source(rule)))


def rewrite(text: str) -> str:
    return rewrite_rules(text, "segments.toml", canonical)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[segments.a]\nrule='a=1'", '[segments.a]\nrule="a = 1"'),
        ("segments.a.rule = 'a=1' # c", 'segments.a.rule = "a = 1" # c'),
        (
            "segments = {a = {rule = 'a=1', name = 'N'}}",
            "segments = {a = {rule = \"a = 1\", name = 'N'}}",
        ),
        ('[segments]\n\'a b\'."rule" = "a=1"', '[segments]\n\'a b\'."rule" = "a = 1"'),
        ("[segments.rule]\nrule = 'rule=1'", '[segments.rule]\nrule = "rule = 1"'),
        (
            '[segments.a]\nrule = """a=1\nand \\\n   b=2"""',
            "[segments.a]\nrule = '''\na = 1\nAND b = 2\n'''",
        ),
        ("[segments.a]\nrule = '''a='x'''' # c", "[segments.a]\nrule = \"a = 'x'\" # c"),
        (
            "[segments.a]\r\nrule='a=1 and b=2'\r\n",
            "[segments.a]\r\nrule='''\r\na = 1\r\nAND b = 2\r\n'''\r\n",
        ),
        ('[segments.a]\nrule = \'a = "\\""\'', "[segments.a]\nrule = '''\na = '\"'\n'''"),
        ("[segments.a]\nrule = 'a=\"\\u00e9\\\\\"'", "[segments.a]\nrule = '''\na = 'é\\\\'\n'''"),
    ],
)
def test_only_the_rule_changes(text: str, expected: str) -> None:
    """The canonical form takes the place of the rule, in every way that TOML can write one."""
    assert rewrite(text) == expected
    assert rewrite(expected) == expected


@pytest.mark.parametrize(
    "text",
    [
        "[segments.a]\nrule = 'a = 1'\n",
        '[segments.a]\nrule = """\na = 1"""\n',
        "[segments.a]\nrule = '''\na = 1\nAND b = 2'''\n",
        "[segments.a]\nrule = 'a = 1'\ndescription = '''\nrule = 'a=1'\n'''",
        "[segments.a]\nrule = 'a = 1'\nname = \"rule = 'a=1'\"\n# rule = 'a=1'\n",
    ],
)
def test_what_is_canonical_stays_as_it_is_written(text: str) -> None:
    """Canonical rules keep the author's quotes, and text that only looks like a rule is kept."""
    assert rewrite(text) == text


def test_three_quotes_in_a_rule() -> None:
    """A comment may hold the quotes that would end a literal string."""
    written = rewrite("[segments.a]\nrule = \"a=1 # '''\\\\\"\n")
    assert written == '[segments.a]\nrule = """\na = 1  # \'\'\'\\\\\n"""\n'


@given(
    st.text(
        st.characters(exclude_categories=["Cs"]) | st.sampled_from("'\"\\\n\t\r\x00"), max_size=12
    ),
    st.sampled_from(["rule = {}\nname = 'n'", 'name = "rule = \'"\nrule = {}', "rule={} # '''"]),
)
def test_any_text_survives(text: str, form: str) -> None:
    """For any new text of a rule, the file holds that text, and the rest as before."""
    before = "[segments.a]\n" + form.format('"old"')
    after = rewrite_rules(before, "segments.toml", lambda rule: text if rule == "old" else rule)
    data = tomllib.loads(after)["segments"]["a"]
    assert data["rule"].strip("\n") == text.strip("\n")
    assert data.get("name") == tomllib.loads(before)["segments"]["a"].get("name")


def test_what_cannot_be_vouched_for_is_refused() -> None:
    """A rewriting with a result other than meant raises an error."""
    counter = iter(range(9))
    with pytest.raises(MisuseError, match=r"segments\.toml: cannot be formatted"):
        rewrite_rules("[segments.a]\nrule = 'a'", "segments.toml", lambda _: f"{next(counter)}")
