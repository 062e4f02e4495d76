"""Compiles a source as CuPy does, with one library of NVRTC; needs no GPU. Prints what the compiler says.

python nvrtc.py LIBRARY SOURCE ARCHITECTURE
"""

import ctypes
import sys
from pathlib import Path


def compile_source(library, source, architecture):
    """Whether it compiles, and the compiler's log."""
    nvrtc = ctypes.CDLL(library)
    program, size = ctypes.c_void_p(), ctypes.c_size_t()
    if nvrtc.nvrtcCreateProgram(ctypes.byref(program), source, b"kernel.cu", 0, None, None):
        raise RuntimeError("nvrtcCreateProgram fails")
    options = [b"-std=c++17", f"--gpu-architecture={architecture}".encode(), b"--ptxas-options=-v"]
    failed = nvrtc.nvrtcCompileProgram(program, len(options), (ctypes.c_char_p * len(options))(*options))
    nvrtc.nvrtcGetProgramLogSize(program, ctypes.byref(size))
    log = ctypes.create_string_buffer(size.value)
    nvrtc.nvrtcGetProgramLog(program, log)
    return not failed, log.value.decode()


if __name__ == "__main__":
    compiled, log = compile_source(sys.argv[1], Path(sys.argv[2]).read_bytes(), sys.argv[3])
    print(log)
    sys.exit(not compiled)
