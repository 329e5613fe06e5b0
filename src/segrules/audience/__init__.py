"""Audiences of an engine, and their upkeep. This floor is given its instants; it reads no clock.

An `Engine` takes facts and time, keeps the deadlines of every answer, and returns each change of
membership with its cause. Segments may refer to each other by name; when one is edited, those that
refer to it follow.
"""
