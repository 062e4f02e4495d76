"""The one way in which tracing a solver ends early."""


class Unsupported(Exception):
    """What a solver does cannot be decided before it runs, so it stays with the `python` engine.

    The message names the primitive where there is one, and says why.
    """


class WouldRaise(Unsupported):
    """Python would raise here, whatever the data."""
