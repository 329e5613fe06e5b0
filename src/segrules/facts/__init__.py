"""What is known of a customer. This floor knows no rule, and reads no clock.

Hosts make `Event`s and `Customer`s, whose values are made exact once, when they are made. A
`History` arranges one customer's facts for evaluation. `admit_event` and `admit_attributes` refuse
facts that do not fit a schema.
"""
