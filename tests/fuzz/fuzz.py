"""Builds the fuzzers of the machine with clang and runs them. What they find is kept, and `--input` runs it again.

python tests/fuzz/fuzz.py [--seconds 60] [--folder build/fuzz] [--input FILE]

Three in turn share the time: `vm` with the sanitizers; `time`, which measures what a unit of budget takes; and
`lanes`, which compares every result with the build of 32 lanes in step.
"""

import argparse
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

from seeds import write_seeds

ROOT = Path(__file__).resolve().parents[2]
LONGEST_INPUT = 16384
LONGEST_RUN = {"vm": 60, "time": 30, "lanes": 120}  # seconds an input may take, beside other programs
SHARES = {"vm": 0.7, "time": 0.1, "lanes": 0.2}


def why_not():
    """Say what is missing for building the fuzzers; None when nothing is."""
    if not (shutil.which("cmake") and shutil.which("clang++")):
        return "needs cmake and clang++, as in: apt-get install clang"
    command = ["clang++", "-fsanitize=fuzzer,address", "-x", "c++", "-", "-o", "/dev/null"]
    empty = 'extern "C" int LLVMFuzzerTestOneInput(const unsigned char *, unsigned long) { return 0; }'
    if subprocess.run(command, input=empty, text=True, capture_output=True).returncode:
        return "clang++ has no libFuzzer, as in: apt-get install libclang-rt-14-dev (of clang's version)"
    return None


def build(folder):
    """Build the three fuzzers and write their seeds."""
    options = ["-DTOKPIDJIN_FUZZ=ON", "-DCMAKE_CXX_COMPILER=clang++"]
    subprocess.run(
        ["cmake", "-S", str(ROOT), "-B", str(folder), *options], check=True, stdout=subprocess.DEVNULL
    )
    targets = ["fuzz_vm", "fuzz_time", "vm_lanes"]
    subprocess.run(["cmake", "--build", str(folder), "--parallel", "2", "--target", *targets], check=True)
    write_seeds(folder / "seeds")


def environment(kind, folder):
    other = {"TOKPIDJIN_FUZZ_OTHER": str(folder / "tests/fuzz/vm_lanes.so")} if kind == "lanes" else {}
    return os.environ | {"ASAN_OPTIONS": "detect_leaks=1"} | other


def command(kind, folder, *options):
    name = "fuzz_vm" if kind == "vm" else "fuzz_time"
    return [
        str(folder / "tests/fuzz" / name),
        f"-max_len={LONGEST_INPUT}",
        f"-timeout={LONGEST_RUN[kind]}",
        *options,
    ]


def run(kind, folder, seconds, seed=0, inputs=-1):
    """Fuzz for some seconds, or so many inputs; returns the exit status, the counts of the last line, and the log."""
    corpus, found = folder / "corpus", folder / "found"
    corpus.mkdir(exist_ok=True)
    found.mkdir(exist_ok=True)
    limits = [f"-max_total_time={seconds}", f"-runs={inputs}"]
    options = [*limits, f"-seed={seed}", f"-artifact_prefix={found}/{kind}-"]
    folders = [str(corpus), str(folder / "seeds"), str(Path(__file__).parent / "found")]
    done = subprocess.run(
        command(kind, folder, *options, *folders),
        env=environment(kind, folder),
        capture_output=True,
        text=True,
        errors="replace",
    )
    log = done.stdout + done.stderr
    return done.returncode, counts_in(log), log


def counts_in(log):
    """The numbers that a fuzzer prints at its end, by name."""
    lines = re.findall(r"^inputs=.*$", log, re.MULTILINE)
    counts = re.findall(r"(\w+)=([\d.]+)", lines[-1]) if lines else []
    return {name: float(value) for name, value in counts} | {"cov": _coverage(log)}


def _coverage(log):
    return max(map(int, re.findall(r" cov: (\d+)", log)), default=0)


def run_again(folder, file):
    """Give one input to all fuzzers, which print what they find."""
    codes = [
        subprocess.call(command(kind, folder, str(file)), env=environment(kind, folder)) for kind in SHARES
    ]
    return max(map(abs, codes))


def share_time(folder, seconds):
    failed = 0
    for kind, share in SHARES.items():
        status, counts, log = run(kind, folder, round(share * seconds))
        print(kind, *[f"{name}={value:g}" for name, value in counts.items()], flush=True)
        if status:
            failed = 1
            print(log[-4000:], f"\nfound: see {folder / 'found'}")
    return failed


def main():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "fuzz")
    parser.add_argument("--input", type=Path)
    given = parser.parse_args()
    if lack := why_not():
        sys.exit(f"fuzzing {lack}")
    build(given.folder)
    return run_again(given.folder, given.input) if given.input else share_time(given.folder, given.seconds)


if __name__ == "__main__":
    sys.exit(main())
