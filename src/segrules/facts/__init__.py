"""What is known of a customer. This floor knows no rule, and reads no clock.

`Event` and `Customer` are made by hosts; every value in them is made exact once, when they are
made. A `History` arranges one customer's facts for evaluation. `admit_event` and `admit_attributes`
refuse what does not fit a schema.
"""
