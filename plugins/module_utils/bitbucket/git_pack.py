# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects of a small pack, in memory: a commit, its trees, some files.

https://git-scm.com/docs/gitformat-pack. Every object is addressed by the hash of its content, which is computed here, so nothing
that a server sends is taken for another object than it is.
"""

from __future__ import annotations

import hashlib
import typing as t
import zlib

# Bytes of all objects together.
LARGEST = 128 * 1024**2
_TYPES = {1: b"commit", 2: b"tree", 3: b"blob", 4: b"tag"}
_OFFSET_DELTA, _ID_DELTA = 6, 7
_ID = 20  # bytes of a SHA-1
_TRAILER = 20


class BadPack(Exception):
    """It can't be read, or not by this reader."""


class Entry(t.NamedTuple):
    """An entry of a tree; ``mode`` as git writes it, six digits."""

    mode: str
    sha: str

    @property
    def is_tree(self) -> bool:
        return self.mode == "040000"


class Objects:
    """Objects by their ids, out of one or several packs."""

    def __init__(self) -> None:
        self._objects: dict[str, tuple[bytes, bytes]] = {}
        self._trees: dict[str, dict[bytes, Entry]] = {}
        self._total = 0

    def __contains__(self, sha: str) -> bool:
        return sha in self._objects

    def content(self, sha: str, kind: str) -> bytes:
        """:raises BadPack: there is no such object, or it is of another kind."""
        found, content = self._objects.get(sha, (b"", b""))
        if found != kind.encode():
            raise BadPack(f"the {kind} {sha} is missing")
        return content

    def entry(self, commit: str, path: str) -> Entry | None:
        """What a commit has at a path. :raises BadPack: a tree on the way is missing."""
        head, _newline, _rest = self.content(commit, "commit").partition(b"\n")
        found: Entry | None = Entry("040000", head.removeprefix(b"tree ").decode("ascii", "replace"))
        for name in path.encode(errors="surrogateescape").split(b"/"):
            if found is None or not found.is_tree:
                return None
            found = self._tree(found.sha).get(name)
        return found

    def _tree(self, sha: str) -> dict[bytes, Entry]:
        if sha not in self._trees:
            self._trees[sha] = _entries(self.content(sha, "tree"))
        return self._trees[sha]

    # -- packs -------------------------------------------------------------------------------------------------------

    def add(self, pack: bytes) -> None:
        """:raises BadPack:"""
        body = memoryview(pack)[:-_TRAILER]
        if pack[:4] != b"PACK" or int.from_bytes(pack[4:8], "big") not in (2, 3):
            raise BadPack("it does not begin as a pack does")
        if hashlib.sha1(body, usedforsecurity=False).digest() != pack[-_TRAILER:]:
            raise BadPack("its checksum is another one")
        at = 12
        by_offset: dict[int, str] = {}
        deltas: list[tuple[int, int | str, bytes]] = []
        for _number in range(int.from_bytes(pack[8:12], "big")):
            start = at
            kind, size, at = _head(body, at)
            base: int | str | None = None
            if kind == _OFFSET_DELTA:
                distance, at = _distance(body, at)
                base = start - distance
            elif kind == _ID_DELTA:
                base, at = body[at : at + _ID].hex(), at + _ID
            content, at = self._inflated(body, at, size)
            if base is not None:
                deltas.append((start, base, content))
            elif kind in _TYPES:
                by_offset[start] = self._keep(_TYPES[kind], content)
            else:
                raise BadPack(f"it has an object of the unknown type {kind}")
        self._resolve(deltas, by_offset)

    def _resolve(self, deltas: list[tuple[int, int | str, bytes]], by_offset: dict[int, str]) -> None:
        """A delta's base may be a delta, and stand behind it."""
        while deltas:
            waiting = []
            for start, base, delta in deltas:
                sha = by_offset.get(base) if isinstance(base, int) else base
                if sha is None or sha not in self._objects:
                    waiting.append((start, base, delta))
                    continue
                kind, content = self._objects[sha]
                by_offset[start] = self._keep(kind, self._applied(delta, content))
            if len(waiting) == len(deltas):
                raise BadPack("a base of a delta is missing")
            deltas = waiting

    def _keep(self, kind: bytes, content: bytes) -> str:
        sha = hashlib.sha1(b"%s %d\0" % (kind, len(content)), usedforsecurity=False)
        sha.update(content)
        name = sha.hexdigest()
        self._objects[name] = kind, content
        return name

    def _count(self, size: int) -> None:
        self._total += size
        if self._total > LARGEST:
            raise BadPack(f"its objects are larger than {LARGEST // 1024**2} MiB")

    def _inflated(self, body: memoryview, at: int, size: int) -> tuple[bytes, int]:
        """The next object, which has ``size`` bytes, and where the one after it begins."""
        self._count(size)
        inflater = zlib.decompressobj()
        # No more than an object of that size can take, because what is not its own is copied.
        given = body[at : at + size + size // 1000 + 128]
        try:
            content = inflater.decompress(given, size + 1)
        except zlib.error as error:
            raise BadPack(str(error)) from None
        if len(content) != size or not inflater.eof:
            raise BadPack("an object has another size than its head says")
        return content, at + len(given) - len(inflater.unused_data)

    def _applied(self, delta: bytes, base: bytes) -> bytes:
        """https://git-scm.com/docs/gitformat-pack#_deltified_representation"""
        size, at = _varint(delta, 0)
        wanted, at = _varint(delta, at)
        if size != len(base):
            raise BadPack("a delta is of another base")
        self._count(wanted)
        out = bytearray()
        while at < len(delta):
            code = delta[at]
            at += 1
            if code & 0x80:
                values = []
                for first, width in ((0, 4), (4, 3)):
                    value = 0
                    for byte in range(width):
                        if code & (1 << (first + byte)):
                            value |= delta[at] << (8 * byte)
                            at += 1
                    values.append(value)
                offset, length = values[0], values[1] or 0x10000
                out += base[offset : offset + length]
            elif code:
                out += delta[at : at + code]
                at += code
            else:
                raise BadPack("a delta has an unknown instruction")
            if len(out) > wanted:
                break
        if len(out) != wanted:
            raise BadPack("a delta has another size than its head says")
        return bytes(out)


def _head(body: memoryview, at: int) -> tuple[int, int, int]:
    """Type and size of an object, and where its content begins."""
    byte = _byte(body, at)
    kind, size, shift = (byte >> 4) & 7, byte & 15, 4
    while byte & 0x80:
        at += 1
        byte = _byte(body, at)
        size |= (byte & 0x7F) << shift
        shift += 7
    return kind, size, at + 1


def _distance(body: memoryview, at: int) -> tuple[int, int]:
    byte = _byte(body, at)
    distance = byte & 0x7F
    while byte & 0x80:
        at += 1
        byte = _byte(body, at)
        distance = ((distance + 1) << 7) | (byte & 0x7F)
    return distance, at + 1


def _varint(data: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = _byte(data, at)
        at += 1
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, at


def _byte(data: t.Sequence[int] | memoryview, at: int) -> int:
    if at >= len(data):
        raise BadPack("it ends too early")
    return data[at]


def _entries(tree: bytes) -> dict[bytes, Entry]:
    """https://git-scm.com/docs/git-mktree and the format of trees: ``<mode> <name>\\0<20 bytes>``."""
    found: dict[bytes, Entry] = {}
    at = 0
    while at < len(tree):
        end = tree.find(b"\0", at)
        mode, _space, name = tree[at:end].partition(b" ")
        if end < 0 or len(tree) < end + 1 + _ID:
            raise BadPack("a tree ends too early")
        found[name] = Entry(mode.decode("ascii", "replace").zfill(6), tree[end + 1 : end + 1 + _ID].hex())
        at = end + 1 + _ID
    return found
