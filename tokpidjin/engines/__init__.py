"""The engines: what executes items, and which of them this machine has."""

from tokpidjin.engines.registry import BACKENDS, Backend, choose_engine, usable_engines

__all__ = ["BACKENDS", "Backend", "choose_engine", "usable_engines"]
