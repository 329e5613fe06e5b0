"""What segrules is measured beside. Each module imports its own peer, and nobody else's.

A peer that is not installed is reported as missing; the extra `bench` installs them all.
"""
