"""Arguments: what each command takes, help that fits the terminal, and advice on misspelt words."""

import re
import sys
from argparse import Action, ArgumentParser, HelpFormatter, Namespace, _SubParsersAction
from collections.abc import Callable, Iterable, Sequence
from importlib.metadata import version
from typing import Final, NoReturn, get_args

from attrs import frozen

from segrules.cli.errors import EXIT_CODES, MISUSE
from segrules.cli.screen import PlainScreen
from segrules.cli.terminal import ColourChoice
from segrules.cli.wrapping import wrap_text
from segrules.language.suggestions import suggest

NUMBER: Final = re.compile(r"-\d+(\.\d*)?|-\.\d+")
USAGE: Final = len("usage: ")
UNBROKEN: Final = "\N{NO-BREAK SPACE}"


@frozen
class Command:
    """A command: its name, help and arguments, and the function that carries it out.

    inner: commands of its own, if it has any; it then has nothing else.
    """

    name: str
    help: str
    description: str
    add_arguments: Callable[[ArgumentParser], None] = lambda _: None
    carry_out: Callable[[Namespace], int] | None = None
    inner: "tuple[Command, ...]" = ()


class WholeWords(HelpFormatter):
    """Help that is broken between words only, and keeps paragraphs and tables."""

    def _split_lines(self, text: str, width: int) -> list[str]:
        return wrap_text(" ".join(text.split()), width, hang=0).split("\n")

    def _fill_text(self, text: str, width: int, indent: str) -> str:
        paragraphs = [self._fill(each.strip("\n"), width) for each in text.split("\n\n")]
        return "\n\n".join(paragraphs).replace("\n", f"\n{indent}")

    def _fill(self, paragraph: str, width: int) -> str:
        is_table = "\n " in paragraph
        text = paragraph if is_table else " ".join(paragraph.split())
        return wrap_text(text, width, hang=5 if is_table else 0)

    def _format_usage(
        self,
        usage: str | None,
        actions: Iterable[Action],
        groups: Iterable[object],
        prefix: str | None,
    ) -> str:
        width, self._width = self._width, 10_000
        line = super()._format_usage(usage, actions, groups, prefix)  # type: ignore[arg-type]
        self._width = width

        def keep_whole(part: re.Match[str]) -> str:
            return part[0].replace(" ", UNBROKEN) if len(part[0]) + USAGE <= width else part[0]

        whole = re.sub(r"\[[^\[\]]*\]|--[\w-]+ [A-Z]+", keep_whole, line.strip())
        return wrap_text(whole, width, hang=USAGE).replace(UNBROKEN, " ") + "\n\n"


class Parser(ArgumentParser):
    """A parser that answers misuse with the usage and one message, and 2 as the exit code."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and a message, and exit."""
        self.print_usage(sys.stderr)
        PlainScreen(sys.stderr).say(f"{self.prog}: error: {message}")
        self.exit(MISUSE)


def make_parser(commands: Sequence[Command]) -> Parser:
    """Return the parser of some commands."""
    parser = Parser(
        prog="segrules",
        description="Audience rules: check them, format them, and run them on events.",
        epilog=EXIT_CODES,
        formatter_class=WholeWords,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"segrules {version('segrules')}")
    parser.set_defaults(command=None, parser=parser)
    _add_commands(parser, commands)
    return parser


def _add_commands(parser: Parser, commands: Sequence[Command]) -> None:
    added = parser.add_subparsers(title="commands", metavar="COMMAND", prog=parser.prog)
    for command in commands:
        inner = added.add_parser(
            command.name,
            help=command.help,
            description=command.description,
            epilog=EXIT_CODES,
            formatter_class=WholeWords,
            allow_abbrev=False,
        )
        inner.set_defaults(command=command.carry_out, parser=inner)
        if command.inner:
            _add_commands(inner, command.inner)
            continue
        command.add_arguments(inner)
        inner.add_argument(
            "--color",
            choices=get_args(ColourChoice),
            default="auto",
            help="colour and motion; auto gives them to a terminal, if rich is installed",
        )


def parse_arguments(parser: Parser, arguments: Sequence[str]) -> Namespace:
    """Return what arguments say; an unknown command or option gets advice, and the usage."""
    _check_words(parser, arguments)
    return parser.parse_args(arguments)


def _check_words(parser: Parser, arguments: Sequence[str]) -> None:
    """Refuse a word that is no command or option of its parser, before one that is missing is."""
    is_value = False
    for word in arguments:
        if word == "--":
            return
        inner = _find_commands(parser)
        if is_value:
            is_value = False
        elif (
            word.startswith("-") and word != "-" and " " not in word and not NUMBER.fullmatch(word)
        ):
            name, given, _ = word.partition("=")
            option = parser._option_string_actions.get(name)
            if option is None:
                names = [n for n in parser._option_string_actions if n.startswith("--")]
                parser.error(f"unknown option `{name}`: {suggest(name, names, 'options')}")
            is_value = option.nargs is None and not given
        elif inner is not None:
            if word not in inner.choices:
                advice = suggest(word, inner.choices, "commands")
                parser.error(f"unknown command `{word}`: {advice}")
            parser = inner.choices[word]


def _find_commands(parser: Parser) -> "_SubParsersAction[Parser] | None":
    for action in parser._actions:
        if isinstance(action, _SubParsersAction):
            return action
    return None
