"""Who is in what, from now on. This floor is given its instants; it reads no clock.

An `Engine` takes facts and time, keeps the deadlines of every answer, and returns each change of
membership with its cause. Segments may refer to each other by name; what their rules mean is
settled when they are added. A `Cohort` is who was in it then, and never changes.
"""
