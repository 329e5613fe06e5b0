import json
from pathlib import Path

import pytest

from tests.cli.shop import Shell


def test_a_good_file(shell: Shell, shop: Path) -> None:
    """The schema beside the file is its vocabulary."""
    result = shell("check", shop / "segments.toml")
    assert (result.code, result.out, result.err) == (0, "3 rules checked, no findings\n", "")


def test_every_finding_of_every_input(shell: Shell, shop: Path) -> None:
    """All findings of all segments are printed in order, with a count at the end."""
    bad = shop / "bad.toml"
    bad.write_text("[segments.a]\nrule = 'county = 1 AND spent > 5 AND x = 1'\n")
    text = shop / "one.rule"
    text.write_text("country == 'GB'")
    result = shell("check", bad, text, "--rule", "totalSpend > 5")
    assert result.code == 1
    assert result.err == ""
    lines = result.out.splitlines()
    assert [line for line in lines if line.startswith("error")] == [
        "error[unknown-attribute]: unknown attribute `totalSpend`",
        "error[unknown-attribute]: unknown attribute `county`",
        "error[unknown-attribute]: unknown attribute `x`",
        "error[unknown-operator]: `==` is not an operator",
    ]
    assert f"  at {bad}:2:9 [segments.a]" in lines
    assert "   2 | rule = 'county = 1 AND spent > 5 AND x = 1'" in lines
    assert "     |         ^^^^^^" in lines
    assert lines[-1] == "3 rules checked, 4 findings"


def test_plain_and_json(shell: Shell) -> None:
    """Other programs get a line per finding, or JSON, and nothing else."""
    plain = shell("check", "--rule", "totalSpend > 5", "--format", "plain")
    assert plain.out.startswith("rule:1:1: error: unknown attribute `totalSpend`")
    assert plain.out.count("\n") == 1
    data = json.loads(shell("check", "--rule", "totalSpend > 5", "--format", "json").out)
    assert [found["code"] for found in data] == ["unknown-attribute"]
    assert shell("check", "--rule", "totalSpent > 5", "--format", "plain").out == ""
    assert json.loads(shell("check", "--rule", "totalSpent > 5", "--format", "json").out) == []


def test_schema_lists_and_cohorts(shell: Shell, shop: Path) -> None:
    """Options name another schema, and the lists and cohorts that a rule may refer to."""
    rule = "spent > 5 AND in segment 'press' AND in cohort 'march'"
    assert shell("check", "--rule", rule).code == 1
    schema = shop / "schema.toml"
    result = shell(
        "check", "--rule", rule, "--schema", schema, "--list", "press", "--cohort", "march"
    )
    assert result.code == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[segments", "is not TOML"),
        ("a = " + "[" * 100_000, "is not TOML"),
        ("x = " + "9" * 5000, "is not TOML"),
        ("segments = 1", "expected a table"),
        ("[segments.a]\nrule = 1", "segments.a.rule"),
        ("[segments.a]\nrul = 'a = 1'", "did you mean `rule`?"),
        ("[segment.a]\nrule = 'a = 1'", "did you mean `segments`?"),
    ],
)
def test_a_file_of_another_kind(shell: Shell, tmp_path: Path, text: str, said: str) -> None:
    """A file that does not hold segments is misuse; each finding is at a place in the file."""
    path = tmp_path / "segments.toml"
    path.write_text(text)
    result = shell("check", path)
    assert (result.code, result.err) == (2, "")
    assert result.out.startswith(("error[segment-file]: ", "error[not-toml]: "))
    assert f"  at {path}:" in result.out
    assert said in result.out


def test_colour_marks_what_matters(shell: Shell) -> None:
    """With `--color always`, the message is red and the place is not."""
    pytest.importorskip("rich")
    out = shell("check", "--rule", "totalSpend > 5", "--color", "always").out
    assert "\x1b[1;31merror[unknown-attribute]: unknown attribute `totalSpend`\x1b[0m" in out
    assert "   1 | totalSpend > 5\n" in out


def test_a_folder_means_its_segments(shell: Shell, shop: Path) -> None:
    """`check`, `fmt` and `triggers` take a store's folder instead of its segments."""
    assert shell("check", shop).out == "3 rules checked, no findings\n"
    assert shell("triggers", shop).out == shell("triggers", shop / "segments.toml").out
    assert shell("fmt", "--check", shop).code == 0
    (shop / "segments.toml").unlink()
    result = shell("check", shop)
    assert result.err == f"segrules: {shop}: is a folder without segments.toml: name a file\n"


def test_github(shell: Shell, shop: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each finding is an annotation of its lines, escaped as workflows of GitHub want it."""
    monkeypatch.chdir(shop)
    files = ("5%, a:.toml", "more.toml")
    Path(files[0]).write_text("[segments.a]\nrule = \"country = 5% AND county = 'GB'\"")
    Path("more.toml").write_text(
        "[segments.b]\nrule = '''\ncounty = 1\nAND spent > 'GB'\n'''\n"
        '[segments.c]\nrule = """in segment\n \'d\' AND county = 1"""'
    )
    result = shell("check", *files, "--rule", "x = 1", "--format", "github")
    assert result.code == 1
    places = [each.rpartition("::")[0] for each in result.out.splitlines()]
    assert places == [
        "::error line=1,col=1,endColumn=2,title=unknown-attribute",
        "::error file=5%25%2C a%3A.toml,line=2,col=19,endColumn=21,title=number-sign in segments.a",
        "::error file=more.toml,line=3,col=1,endColumn=7,title=unknown-attribute in segments.b",
        "::error file=more.toml,line=4,col=13,endColumn=17,title=unlike-types in segments.b",
        "::error file=more.toml,line=8,col=2,endColumn=5,title=unknown-segment in segments.c",
        "::error file=more.toml,line=8,col=10,endColumn=16,title=unknown-attribute in segments.c",
    ]
    assert "%25" in result.out.splitlines()[1].rpartition("::")[2]
    assert shell("check", "--rule", "country = 'GB'", "--format", "github").out == ""


def test_json_has_the_file(shell: Shell, shop: Path) -> None:
    """JSON has the file, and line and column in it; they are the rule's own if it has no file."""
    bad = shop / "bad.toml"
    bad.write_text("# mine\n[segments.a]\n  rule = 'county = 1'\n")
    one = shop / "one.rule"
    one.write_text("\ufeffcounty = 1")
    data = json.loads(shell("check", bad, one, "--rule", "county = 1", "--format", "json").out)
    assert [
        (each["file"], each["key"], each["span"]["line"], each["span"]["column"]) for each in data
    ] == [(None, None, 1, 1), (str(bad), "segments.a", 3, 11), (str(one), None, 1, 1)]


def test_the_ready_made_schema_is_said(shell: Shell, shop: Path) -> None:
    """A folder without a schema is checked by the ready-made one, and standard error says so."""
    (shop / "schema.toml").unlink()
    (shop / "segments.toml").write_text("[segments.a]\nrule = 'totalSpent > 5'")
    said = f"{shop} has no schema.toml: the ready-made schema of a store is used\n"
    for command in ("check", "triggers"):
        result = shell(command, shop)
        assert (result.code, result.err) == (0, said)
    assert shell("check", shop / "segments.toml").err == ""
    assert shell("check", "--schema", "no.toml", shop).err.startswith("segrules: no.toml")


@pytest.mark.parametrize(
    ("text", "line", "code"),
    [
        ("# ours\n[segments.a]\nrule = 'no event'\nrefersh = 'live'\n", 2, "segment-file"),
        ("[segments.a]\nrule = 'no event'\nrefresh = 'often'\n", 3, "segment-file"),
        ("[segments.a]\nrule = 'no event'\n[segments.a\n", 3, "not-toml"),
    ],
)
def test_faults_for_programs(shell: Shell, tmp_path: Path, text: str, line: int, code: str) -> None:
    """What is wrong with a file beside its rules is a finding for programs, at its line."""
    path = tmp_path / "segments.toml"
    path.write_text(text)
    result = shell("check", path, "--format", "json")
    assert result.code == 2
    (found,) = json.loads(result.out)
    assert (found["file"], found["code"]) == (str(path), code)
    assert found["span"]["line"] == line
    result = shell("check", path, "--format", "github")
    assert result.out.startswith(f"::error file={path},line={line},")
    assert shell("check", path).code == 2
