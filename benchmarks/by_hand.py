"""Rules written by hand in Python, as a good engineer would over the same `Customer` values.

Each reads a customer's attributes and events, newest first where the newest decide, and stops as
soon as the answer is known. They are right for facts that have happened by `now`.
"""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final

from attrs import frozen

from segrules import Customer

HOURS_24: Final = timedelta(hours=24)
DAYS_14, DAYS_30, DAYS_60 = timedelta(days=14), timedelta(days=30), timedelta(days=60)
DAYS_90, DAYS_180 = timedelta(days=90), timedelta(days=180)
ENGAGING: Final = frozenset({"add_to_cart", "cart_abandoned"})
SALES_REGIONS: Final = frozenset({"GB", "IE"})
LOYAL_ORDERS: Final = 3
ENGAGED_VIEWS: Final = 3


@frozen
class HandWritten:
    """A rule's text, and the function that somebody would write instead of it."""

    text: str
    function: Callable[[Customer, datetime], bool]


def lifecycle_stage(customer: Customer, now: datetime) -> str | None:
    """Return the stage that `Schema.commerce()` derives."""
    events = customer.events
    if not events:
        return None
    orders = count_orders(customer, LOYAL_ORDERS)
    if orders:
        if events[-1].at <= now - DAYS_180:
            return "churned"
        return "loyal" if orders == LOYAL_ORDERS else "converted"
    return "engaged" if is_engaged(customer, now) else "visitor"


def count_orders(customer: Customer, enough: int) -> int:
    """Count orders, up to as many as are enough."""
    orders = 0
    for event in customer.events:
        if event.type == "purchase":
            orders += 1
            if orders == enough:
                break
    return orders


def is_engaged(customer: Customer, now: datetime) -> bool:
    """Tell whether somebody has had a cart or looked around lately."""
    recent, lately = now - DAYS_90, now - DAYS_30
    views = 0
    for event in reversed(customer.events):
        if event.at <= recent:
            return False
        if event.type in ENGAGING:
            return True
        if event.type == "page_view" and event.at > lately:
            views += 1
            if views == ENGAGED_VIEWS:
                return True
    return False


def abandoned_cart(customer: Customer, now: datetime) -> bool:
    """Tell what the first example of the product page asks."""
    oldest = now - HOURS_24
    for event in reversed(customer.events):
        if event.at <= oldest or event.type == "purchase":
            return False
        if event.type == "cart_abandoned":
            return lifecycle_stage(customer, now) in {"engaged", "converted", "loyal"}
    return False


def vip_at_risk(customer: Customer, now: datetime) -> bool:
    """Tell what the second asks."""
    events = customer.events
    if not events or not now - DAYS_60 < events[-1].at <= now - DAYS_14:
        return False
    return count_orders(customer, LOYAL_ORDERS) == LOYAL_ORDERS


def mobile_shopper(customer: Customer, _now: datetime) -> bool:
    """Tell what the third asks."""
    if customer.attributes.get("country") != "GB":
        return False
    orders, spent, on_mobile = 0, 0, False
    for event in customer.events:
        if event.type == "purchase":
            orders += 1
            spent += event.properties.get("total") or 0
        elif not on_mobile and event.type == "page_view":
            on_mobile = event.properties.get("device") == "mobile"
    return on_mobile and orders > 2 and spent > 250


def buys_often(customer: Customer, now: datetime) -> bool:
    """Two orders in 90 days from somebody whom one may write to."""
    if customer.attributes.get("emailOptIn") is not True:
        return False
    oldest, orders = now - DAYS_90, 0
    for event in reversed(customer.events):
        if event.at <= oldest:
            return False
        if event.type == "purchase":
            orders += 1
            if orders == 2:
                return True
    return False


def vip_nearby(customer: Customer, _now: datetime) -> bool:
    """Attributes alone."""
    known = customer.attributes
    return (
        known.get("country") in SALES_REGIONS
        and "vip" in (known.get("tags") or ())
        and (known.get("loyaltyPoints") or 0) >= 500
    )


def spends(customer: Customer, now: datetime) -> bool:
    """Much in half a year, or anything in a fortnight."""
    fortnight, oldest, spent = now - DAYS_14, now - DAYS_180, 0
    for event in reversed(customer.events):
        if event.at <= oldest:
            break
        if event.type == "purchase":
            if event.at > fortnight:
                return True
            spent += event.properties.get("total") or 0
    return spent > 300


RULES: Final[Mapping[str, HandWritten]] = {
    "cart abandoners": HandWritten(
        "lifecycleStage in (engaged, converted, loyal) "
        "AND last event of type 'cart_abandoned' within 24 hours "
        "AND no event of type 'purchase' since that cart_abandoned",
        abandoned_cart,
    ),
    "VIP at risk": HandWritten(
        "lifecycleStage = 'loyal' AND lastActivityAt within 60 days "
        "AND lastActivityAt not within 14 days",
        vip_at_risk,
    ),
    "mobile shoppers": HandWritten(
        "totalSpent > 250 AND country = 'GB' "
        "AND any event of type 'page_view' has device = 'mobile' AND count of orders > 2",
        mobile_shopper,
    ),
    "frequent buyers": HandWritten(
        "count of orders within 90 days >= 2 AND emailOptIn = true", buys_often
    ),
    "VIPs nearby": HandWritten(
        "country in ('GB', 'IE') AND tags contains 'vip' AND loyaltyPoints >= 500", vip_nearby
    ),
    "spenders": HandWritten(
        "sum of total of orders within 180 days > 300 OR lastOrderAt within 14 days", spends
    ),
}
"""The product page's three examples, and three more."""
