"""Many conditions as one. This floor reads no clock.

A `Plan` compiles the conditions of many segments together, so that what they share is looked at
once. `sweep` answers a plan's atoms for many customers at a time, a column each; `needs` tells how
much history a plan can still ask about.
"""
