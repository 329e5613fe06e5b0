"""How large a rule may be."""

from attrs import frozen


@frozen
class Limits:
    """What a host allows in one rule.

    levels: the longest chain of AND, OR and NOT from the root down to a condition, counted on the
    tree as meant: a connective directly inside the same connective adds nothing.
    characters: the length of the text.
    """

    levels: int = 4
    characters: int = 50_000
