"""Who is in what, from now on. This floor is given its instants; it reads no clock.

An `Engine` takes facts and time, keeps the deadlines of every answer, and returns each change of
membership with its cause. Segments may refer to each other by name; what their rules mean is
settled when they are added.
"""

from segrules.audience.change import Cause, Change
from segrules.audience.engine import Engine
from segrules.audience.preview import Preview
from segrules.audience.segments import Segment, SegmentError, load_segments

__all__ = ["Cause", "Change", "Engine", "Preview", "Segment", "SegmentError", "load_segments"]
