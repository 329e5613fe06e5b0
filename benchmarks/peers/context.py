"""What expression engines are asked about: a customer as plain values, as JSON would have it.

It is made before anything is timed, and in the engines' favour: each event says how old it is, so
that no engine has to reckon with instants; nothing is missing, so that none has to test for it.
"""

from datetime import datetime, timedelta
from typing import Any, Final

from segrules import Customer

BIG: Final = 10**18
"""An age that no event reaches."""

HOUR: Final = 3_600_000_000
DAY: Final = 24 * HOUR
"""Ages are in microseconds."""


def make_context(customer: Customer, at: datetime) -> dict[str, Any]:
    """Return a customer at an instant; events are in order of time."""
    known = customer.attributes
    return {
        "country": known.get("country") or "",
        "tags": sorted(known.get("tags") or ()),
        "emailOptIn": known.get("emailOptIn") or False,
        "loyaltyPoints": known.get("loyaltyPoints") or 0,
        "events": [
            {
                "type": event.type,
                "age": (at - event.at) // timedelta(microseconds=1),
                "total": float(event.properties.get("total") or 0),
                "device": event.properties.get("device") or "",
            }
            for event in customer.events
        ],
    }
