"""Many conditions as one. This floor reads no clock.

A `Plan` compiles the conditions of many segments together, so that one look answers what they
share. `sweep` answers atoms for many customers at a time, a column each; `needs` tells how much
history a plan still needs.
"""
