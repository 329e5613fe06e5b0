"""`segrules schema check`."""

import json
from pathlib import Path

from tests.cli.shop import Shell

BAD = """\
timezone = "Mars/Base"
[attributes]
country = "txt"
spent = { derived = "sum of totl of orders" }
[attributes.stage]
stages = [
  { value = "big", rule = '''
    spent > 5 AND == 1''' },
]
[collections]
orders = "purchase"
[events.purchase]
properties = { total = "number" }
"""


def test_good_schemas(shell: Shell, shop: Path) -> None:
    """A schema that can be used is ok, named by its file or its folder."""
    file = shop / "schema.toml"
    result = shell("schema", "check", file, shop)
    assert result.code == 0
    assert result.out == 2 * f"{file}: ok (5 attributes, 2 event types)\n"
    assert shell("schema", "check", file, "--format", "json").out == "[]\n"
    assert shell("schema", "check", file, "--format", "github").out == ""


def test_findings(shell: Shell, shop: Path) -> None:
    """Everything wrong in every file is printed with its key; a text's finding with its place."""
    bad = shop / "bad.toml"
    bad.write_text(BAD.replace('"txt"', '"text"'))
    result = shell("schema", "check", bad, shop)
    assert result.code == 1
    lines = result.out.splitlines()
    assert lines[0].startswith(f"{bad}: timezone: unknown time zone `Mars/Base`")
    assert lines[1].startswith(f"{bad}:4:29: attributes.spent.derived: unknown property `totl`")
    assert lines[2:4] == [
        '    spent = { derived = "sum of totl of orders" }',
        "                                ^^^^",
    ]
    assert any(each.startswith(f"{bad}:8:19: attributes.stage.stages[0].rule:") for each in lines)
    assert lines[-1] == f"{shop / 'schema.toml'}: ok (5 attributes, 2 event types)"
    data = json.loads(shell("schema", "check", bad, "--format", "json").out)
    assert [(each["key"], each["line"], each["column"]) for each in data][:2] == [
        ("timezone", 1, 1),
        ("attributes.spent.derived", 4, 29),
    ]
    lines = shell("schema", "check", bad, "--format", "github").out.splitlines()
    assert lines[0] == (
        f"::error file={bad},line=1,col=1,endColumn=23,title=schema"
        "::timezone: unknown time zone `Mars/Base` (such as `Europe/London`)"
    )
    assert lines[1] == (
        f"::error file={bad},line=4,col=29,endColumn=33,"
        "title=unknown-property in attributes.spent.derived"
        "::unknown property `totl` of `purchase` events (did you mean `total`?)"
    )
    bad.write_text(BAD)
    assert "attributes.country.type: unknown `txt`" in shell("schema", "check", bad).out
    bad.write_text("[attributes\n")
    assert "is not TOML" in shell("schema", "check", bad).out
    data = json.loads(shell("schema", "check", bad, "--format", "json").out)
    assert [(each["line"], each["column"]) for each in data] == [(1, 12)]


def test_misuse(shell: Shell, tmp_path: Path) -> None:
    """A file that cannot be read, and a folder without a schema, are misuse."""
    result = shell("schema", "check", tmp_path / "none.toml")
    assert (result.code, result.out) == (2, "")
    assert result.err.endswith("none.toml: no such file or directory\n")
    result = shell("schema", "check", tmp_path)
    assert (result.code, result.out) == (2, "")
    assert "is a folder without schema.toml: name a file" in result.err
