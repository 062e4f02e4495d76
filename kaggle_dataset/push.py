"""Pushes what assemble.py wrote with the public kaggle client: the dataset, then the kernels that read it.

python kaggle_dataset/push.py build/kaggle

The client takes its credentials from KAGGLE_USERNAME and KAGGLE_KEY.
"""

import json
import os
import subprocess
import sys
import time
from pathlib import Path

CLIENT = Path(sys.executable).with_name("kaggle")
WAIT_SECONDS, POLL_SECONDS = 900.0, 10.0


def main(out: str) -> None:
    """Makes the dataset or a new version of it, waits until it is there, pushes the kernels."""
    dataset = Path(out, "dataset")
    if not dataset.is_dir():
        raise SystemExit(f"there is no {dataset}: build it first, with `make kaggle-dataset`")
    name = json.loads((dataset / "dataset-metadata.json").read_text())["id"]
    if name.partition("/")[0] != os.environ.get("KAGGLE_USERNAME"):
        raise SystemExit(
            f"{dataset} was built for another owner ({name}): set KAGGLE_USERNAME and build again"
        )
    if status(name) is None:
        kaggle("is being created", "datasets", "create", "-p", dataset)
    else:
        [wheel] = dataset.glob("tokpidjin-*.whl")
        kaggle("is being created", "datasets", "version", "-p", dataset, "-m", wheel.name)
    wait_for(name)
    for kernel in sorted(Path(out, "kernels").iterdir()):
        kaggle("successfully pushed", "kernels", "push", "-p", kernel)


def kaggle(success: str, *command: str | Path) -> None:
    """Runs the client; it ends with 0 where Kaggle refuses, so what it prints must tell of success."""
    done = subprocess.run([CLIENT, *command], stdout=subprocess.PIPE, text=True, check=False)
    print(done.stdout, end="", flush=True)
    if done.returncode or success not in done.stdout or "not valid" in done.stdout:
        raise SystemExit(f"kaggle {' '.join(map(str, command))} failed")


def status(name: str) -> str | None:
    """What Kaggle says of a dataset, as "ready"; None where it has none of this name."""
    done = subprocess.run([CLIENT, "datasets", "status", name], capture_output=True, text=True, check=False)
    return None if done.returncode else done.stdout.strip()


def wait_for(name: str) -> None:
    """Returns when the dataset can be attached to a kernel."""
    end = time.monotonic() + WAIT_SECONDS
    while (found := status(name)) != "ready":
        if time.monotonic() > end:
            raise SystemExit(f"dataset {name} is {found!r} after {WAIT_SECONDS:.0f} s; push again later")
        time.sleep(POLL_SECONDS)


if __name__ == "__main__":
    main(*sys.argv[1:])
