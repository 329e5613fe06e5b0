"""What merchants write: templates of segments, each drawn with a merchant's own figures.

A brand has a few dozen such segments and an agency clones them; hundreds and thousands are the same
questions asked with other windows, thresholds, categories and campaigns.
"""

from collections.abc import Callable, Sequence
from random import Random
from typing import TypeAlias

from benchmarks.conditions import (
    ORDERS,
    All,
    Compared,
    Condition,
    Counted,
    Derived,
    Either,
    Happened,
    Length,
    Moment,
    Not,
    NotSince,
    Picked,
    Reckoned,
    Soon,
    Stage,
    Stream,
)

Template: TypeAlias = Callable[[Random], Condition]

COUNTRIES = ("GB", "US", "CA", "DE", "FR", "AU", "NL", "IE", "ES", "IT")
LANGUAGES = ("en", "de", "fr", "es", "it", "nl")
CHANNELS = ("organic", "paid_social", "paid_search", "referral", "affiliate", "email")
TAGS = ("vip", "b2b", "wholesale", "influencer", "staff", "press")
CATEGORIES = ("shoes", "dresses", "coats", "bags", "denim", "knitwear", "sport", "kids")
DEVICES = ("mobile", "desktop", "tablet")
PATHS = ("/", "/sale", "/new", "/pricing", "/gifts", "/stores", "/returns", "/club")
CAMPAIGNS = tuple(f"campaign-{n}" for n in range(1, 13))
QUANTITIES = (1, 2, 3)

VIEW, PRODUCT, CART = Stream("page_view"), Stream("product_view"), Stream("add_to_cart")
ABANDONED, OPENED = Stream("cart_abandoned"), Stream("message_opened")
OPTED_IN = Compared("emailOptIn", "=", value=True)
HAS_COUPON = Compared("coupon", "is set")


def _hours(rng: Random) -> Length:
    return Length(rng.choice((1, 2, 4, 6, 12, 24, 48, 72)), "hours")


def _days(rng: Random, *choices: int) -> Length:
    return Length(rng.choice(choices or (1, 2, 3, 7, 14, 21, 30, 45, 60, 90, 120, 180)), "days")


def _some(rng: Random, values: Sequence[str], most: int = 3) -> tuple[str, ...]:
    return tuple(sorted(rng.sample(values, rng.randint(1, most))))


def _money(rng: Random, low: int = 50, high: int = 1000) -> int:
    return rng.randrange(low, high + 1, 25)


def _country(rng: Random) -> Compared:
    return Compared("country", "in", _some(rng, COUNTRIES))


def _category(rng: Random) -> Stream:
    return Stream("product_view", (Compared("category", "=", rng.choice(CATEGORIES)),))


def _path(rng: Random) -> Stream:
    return Stream("page_view", (Compared("path", "=", rng.choice(PATHS)),))


def _campaign(rng: Random) -> Stream:
    return Stream("message_opened", (Compared("campaign", "=", rng.choice(CAMPAIGNS)),))


def _device(rng: Random) -> Stream:
    return Stream("page_view", (Compared("device", "=", rng.choice(DEVICES)),))


# Those whose answers move with the clock.


def cart_abandoners(rng: Random) -> Condition:
    """Return the first example of the product page."""
    stages = Stage(("engaged", "converted", "loyal"))
    return All((stages, NotSince(ABANDONED, _hours(rng), "purchase")))


def big_carts_left(rng: Random) -> Condition:
    cart = Stream("cart_abandoned", (Compared("total", ">=", _money(rng, 50, 300)),))
    return All((NotSince(cart, _days(rng, 1, 2, 3, 7), "purchase"), _country(rng)))


def loyal_at_risk(rng: Random) -> Condition:
    """Return the second example of the product page."""
    return All(
        (
            Stage(("loyal",)),
            Moment("lastActivityAt", "within", _days(rng, 60, 90, 120, 180)),
            Moment("lastActivityAt", "not within", _days(rng, 7, 14, 21, 30, 45)),
        )
    )


def win_back(rng: Random) -> Condition:
    return All(
        (
            Derived("ordersCount", ">=", rng.randint(1, 4)),
            Moment("lastOrderAt", "before", _days(rng, 30, 45, 60, 90, 120, 180)),
            OPTED_IN,
        )
    )


def frequent_buyers(rng: Random) -> Condition:
    return Counted(ORDERS, _days(rng, 14, 30, 60, 90, 120, 180), ">=", rng.randint(2, 5))


def browsed_not_carted(rng: Random) -> Condition:
    window = _days(rng, 1, 2, 3, 7, 14)
    return All(
        (
            Counted(_category(rng), window, ">=", rng.randint(1, 3)),
            Happened(CART, window, negated=True),
        )
    )


def spenders_of_late(rng: Random) -> Condition:
    return Reckoned("sum", "total", ORDERS, _days(rng, 30, 60, 90, 120, 180), ">", _money(rng))


def first_time_buyers(rng: Random) -> Condition:
    window = _days(rng, 7, 14, 30, 60, 90)
    return All((Moment("firstOrderAt", "within", window), Derived("ordersCount", "=", 1)))


def readers_not_buyers(rng: Random) -> Condition:
    return All(
        (
            Counted(OPENED, _days(rng, 30, 60, 90, 120), ">=", rng.randint(1, 4)),
            Happened(ORDERS, _days(rng, 30, 60, 90), negated=True),
        )
    )


def gone_silent(rng: Random) -> Condition:
    return All((Happened(Stream(None), _days(rng, 14, 21, 30, 45), negated=True), _country(rng)))


def warm_on_a_phone(rng: Random) -> Condition:
    window = _days(rng, 1, 2, 3, 7, 14, 30)
    return All(
        (
            Happened(_device(rng), window),
            Happened(CART, window),
            Happened(ORDERS, _days(rng, 7, 14, 30), negated=True),
        )
    )


def lapsing_readers(rng: Random) -> Condition:
    return All((OPTED_IN, Happened(OPENED, _days(rng, 30, 45, 60, 90, 120), negated=True)))


def opened_not_bought(rng: Random) -> Condition:
    return NotSince(_campaign(rng), _days(rng, 2, 3, 7, 14, 30), "purchase")


def baskets_of_late(rng: Random) -> Condition:
    window = _days(rng, 30, 60, 90, 180)
    return Reckoned("avg", "total", ORDERS, window, ">=", _money(rng, 50, 200))


def looks_at_dear_things(rng: Random) -> Condition:
    window, price = _days(rng, 3, 7, 14, 30), _money(rng, 100, 350)
    return Reckoned(rng.choice(("min", "max")), "price", PRODUCT, window, ">=", price)


def explorers(rng: Random) -> Condition:
    return Counted(PRODUCT, _days(rng, 7, 14, 30, 60), ">=", rng.randint(2, 5), "product_id")


def birthdays(rng: Random) -> Condition:
    return All((Soon("birthday", _days(rng, 3, 7, 14, 30)), OPTED_IN))


def worth_a_call(rng: Random) -> Condition:
    return Either(
        (
            Moment("lastOrderAt", "within", _days(rng)),
            All(
                (
                    Derived("totalSpent", ">", _money(rng)),
                    Happened(_path(rng), _days(rng, 7, 14, 30)),
                )
            ),
        )
    )


def warm_in_a_country(rng: Random) -> Condition:
    return All(
        (
            _country(rng),
            Either(
                (
                    Counted(VIEW, _days(rng, 1, 7, 14, 30), ">=", rng.randint(2, 6)),
                    All((Happened(CART, _days(rng)), Not(Happened(ORDERS, _days(rng))))),
                )
            ),
        )
    )


def small_last_order(rng: Random) -> Condition:
    order = Stream("purchase", (Compared("total", "<", _money(rng, 50, 150)),))
    return Picked("last", order, _days(rng, 30, 60, 90))


def just_looked(rng: Random) -> Condition:
    return All((Happened(_path(rng), _hours(rng)), Derived("ordersCount", "<", rng.randint(1, 4))))


# Those that only facts move.


def spent_more(rng: Random) -> Condition:
    return Derived("totalSpent", ">", _money(rng, 50, 2000))


def buyers_in_a_country(rng: Random) -> Condition:
    return All((Derived("ordersCount", ">=", rng.randint(1, 5)), _country(rng)))


def mobile_shoppers(rng: Random) -> Condition:
    """Return the third example of the product page."""
    return All(
        (
            Derived("totalSpent", ">", _money(rng)),
            Compared("country", "=", rng.choice(COUNTRIES)),
            Happened(_device(rng)),
            Counted(ORDERS, None, ">", rng.randint(1, 3)),
        )
    )


def tagged(rng: Random) -> Condition:
    return All((Compared("tags", "contains", rng.choice(TAGS)), _country(rng)))


def speakers(rng: Random) -> Condition:
    languages = Compared("language", "in", _some(rng, LANGUAGES, 2))
    return All((languages, Compared("country", "not in", _some(rng, COUNTRIES)), OPTED_IN))


def large_baskets(rng: Random) -> Condition:
    return Derived("averageOrderValue", ">", _money(rng, 50, 250))


def won_by_coupon(rng: Random) -> Condition:
    order = Stream("purchase", (HAS_COUPON,))
    return All((Picked("first", order), Derived("ordersCount", ">=", rng.randint(1, 4))))


def fine_last_order(rng: Random) -> Condition:
    return Picked("last", Stream("purchase", (Compared("total", ">=", _money(rng, 50, 400)),)))


def refunded(rng: Random) -> Condition:
    returned = Stream("purchase", (Compared("total", "<", 0),))
    return All((Happened(returned), Derived("totalSpent", ">", _money(rng, 0, 500))))


def never_bought(rng: Random) -> Condition:
    carted = Stream("add_to_cart", (Compared("quantity", ">=", rng.choice(QUANTITIES)),))
    return All((Happened(carted), Happened(ORDERS, negated=True), _country(rng)))


def points_by_channel(rng: Random) -> Condition:
    points = Compared("loyaltyPoints", ">=", rng.randrange(0, 2000, 100))
    return All((points, Compared("acquisitionChannel", "=", rng.choice(CHANNELS))))


def one_dear_order(rng: Random) -> Condition:
    return Either(
        (
            Reckoned("max", "total", ORDERS, None, ">=", _money(rng, 100, 500)),
            All((Compared("tags", "contains", rng.choice(TAGS)), Happened(_category(rng)))),
        )
    )


MOVING: tuple[Template, ...] = (
    cart_abandoners,
    loyal_at_risk,
    frequent_buyers,
    browsed_not_carted,
    spenders_of_late,
    win_back,
    readers_not_buyers,
    first_time_buyers,
    warm_in_a_country,
    opened_not_bought,
    big_carts_left,
    gone_silent,
    warm_on_a_phone,
    lapsing_readers,
    worth_a_call,
    baskets_of_late,
    just_looked,
    explorers,
    small_last_order,
    birthdays,
    looks_at_dear_things,
)
"""Templates whose answers the clock alone may change."""

STANDING: tuple[Template, ...] = (
    spent_more,
    mobile_shoppers,
    buyers_in_a_country,
    tagged,
    fine_last_order,
    refunded,
    never_bought,
    speakers,
    won_by_coupon,
    large_baskets,
    points_by_channel,
    one_dear_order,
)
"""Templates whose answers only facts change."""
