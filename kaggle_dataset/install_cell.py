"""Installs tokpidjin from the dataset that is attached to this notebook: a session need not have internet."""

import subprocess
import sys
from pathlib import Path

wheel = next(Path("/kaggle/input").rglob("tokpidjin-*.whl"), None)
if wheel is None:
    raise FileNotFoundError("no tokpidjin wheel under /kaggle/input: attach the dataset with `Add Input`")
pip_install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-index", "--find-links", wheel.parent]
subprocess.run([*pip_install, "tokpidjin"], check=True)
