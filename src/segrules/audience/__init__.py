"""Who is in what, from now on. This floor is given its instants; it reads no clock.

An `Engine` takes facts and time, keeps the deadlines of every answer, and returns each change of
membership with its cause. Segments may refer to each other by name; what their rules mean is
settled when they are added. A `Cohort` is who was in it then, and never changes.
"""

from segrules.audience.change import Cause, Change
from segrules.audience.cohort import Cohort
from segrules.audience.engine import Engine
from segrules.audience.id_list import IdList, read_ids, write_ids
from segrules.audience.preview import Preview
from segrules.audience.segments import Segment, SegmentError, load_segments
from segrules.audience.snapshot import CohortError

__all__ = [
    "Cause",
    "Change",
    "Cohort",
    "CohortError",
    "Engine",
    "IdList",
    "Preview",
    "Segment",
    "SegmentError",
    "load_segments",
    "read_ids",
    "write_ids",
]
