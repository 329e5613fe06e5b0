"""`segrules schema`: the commands about schemas, a group of their own."""

from argparse import ArgumentParser, RawDescriptionHelpFormatter

from segrules.cli import infer
from segrules.cli.errors import EXIT_CODES


def add_arguments(parser: ArgumentParser) -> None:
    """Declare the commands of the group."""
    commands = parser.add_subparsers(title="commands", required=True, metavar="COMMAND")
    added = commands.add_parser(
        "infer",
        help="draft a schema from customers and events",
        description="Print the draft of a schema, which reads all of these customers and events:\n"
        "types, forms, the texts of names that have few, and how many have each name.\n"
        "Comments say what it leaves out, and why.",
        epilog=EXIT_CODES,
        formatter_class=RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    infer.add_arguments(added)
    added.set_defaults(command=infer.infer, parser=added)
