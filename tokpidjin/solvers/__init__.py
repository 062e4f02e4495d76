"""The built-in solvers, one module for each idea; `tokpidjin.load_solvers()` finds them all."""
