"""Bytecode as text."""

from __future__ import annotations

from tokpidjin.compiler.bytecode import Bytecode


def disassemble(bytecode: Bytecode, name: str) -> str:
    """A listing of one program."""
    return ""
