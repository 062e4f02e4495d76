"""Steps that many solvers share, each made of primitives and traced like a solver's own code."""

from tokpidjin.dsl import *
