"""The built library loads on every Linux since glibc 2.17 and needs nothing but the C library."""

import struct

import pytest

from tokpidjin.engines import native

FILE = native.library_file()
NEWEST_GLIBC = (2, 17)
DYNAMIC, STRING_TABLE_OF_VERSIONS = 6, 0x6FFFFFFE


class Elf:
    """As much of a 64-bit little-endian ELF file as says what it needs."""

    def __init__(self, data):
        self.data = data
        start = struct.unpack_from("<Q", data, 40)[0]
        size, count = struct.unpack_from("<HH", data, 58)
        self.sections = [struct.unpack_from("<IIQQQQIIQQ", data, start + k * size) for k in range(count)]

    def string(self, section, offset):
        start = self.sections[section][4] + offset
        return self.data[start : self.data.index(b"\0", start)].decode()

    def section_of_type(self, kind):
        return next(section for section in self.sections if section[1] == kind)

    def needed_libraries(self):
        section = self.section_of_type(DYNAMIC)
        entries = struct.iter_unpack("<qQ", self.data[section[4] : section[4] + section[5]])
        return {self.string(section[6], value) for tag, value in entries if tag == 1}

    def needed_versions(self):
        section = self.section_of_type(STRING_TABLE_OF_VERSIONS)
        versions, at = set(), section[4]
        for _ in range(section[7]):
            _, count, _, first, step = struct.unpack_from("<HHIII", self.data, at)
            entry = at + first
            for _ in range(count):
                _, _, _, name, next_entry = struct.unpack_from("<IHHII", self.data, entry)
                versions.add(self.string(section[6], name))
                entry += next_entry
            at += step
        return versions


@pytest.fixture(scope="module")
def elf():
    data = FILE.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        pytest.skip(f"{FILE} is no 64-bit little-endian ELF file")
    return Elf(data)


def test_needs_the_c_library_alone(elf):
    assert {name.partition(".")[0] for name in elf.needed_libraries()} <= {"libc", "libpthread"}


def test_needs_no_symbol_newer_than_glibc_2_17(elf):
    versions = elf.needed_versions()
    assert versions
    numbers = {tuple(map(int, name.removeprefix("GLIBC_").split("."))) for name in versions}
    assert max(numbers) <= NEWEST_GLIBC, versions
