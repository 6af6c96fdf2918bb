# SPDX-License-Identifier: GPL-3.0-or-later
"""The body of a commit made over the API: which of its fields are files, which are about the commit.

https://developer.atlassian.com/cloud/bitbucket/rest/api-group-source/#api-repositories-workspace-repo-slug-src-post
"""

from __future__ import annotations

from dataclasses import dataclass, field

from flask import Request
from werkzeug.datastructures import Headers
from werkzeug.http import parse_options_header
from werkzeug.sansio.multipart import Data, Epilogue, Field, File, MultipartDecoder, NeedData

from .. import git
from . import errors

META = ("message", "author", "branch", "parents", "files")
_MODES = {None: git.REGULAR, "executable": git.EXECUTABLE, "link": git.LINK}


@dataclass
class Upload:
    """A commit as it was sent. ``files``: path → content, None for a path to delete."""

    files: dict[str, git.File | None] = field(default_factory=dict)
    meta: dict[str, list[str]] = field(default_factory=dict)

    def first(self, name: str) -> str | None:
        values = self.meta.get(name) or [""]
        return values[0] or None

    def add_meta(self, name: str, value: str) -> None:
        self.meta.setdefault(name, []).append(value)

    def add_file(self, path: str, content: bytes, attribute: str | None = None) -> None:
        if attribute not in _MODES:
            raise errors.refused(400, f"Invalid x-attributes: {attribute}")
        self.files[_path(path)] = git.File(content, _MODES[attribute])


def read(request: Request) -> Upload:
    """From multipart or urlencoded. A slash in front makes a field a file even if it is called ``message``.

    Paths in ``files`` are deleted, unless the body has content for them.
    """
    kind, options = parse_options_header(request.headers.get("Content-Type"))
    upload = Upload()
    if kind == "multipart/form-data":
        _multipart(upload, request.get_data(), options.get("boundary", ""))
    elif kind == "application/x-www-form-urlencoded":
        for name, value in request.form.items(multi=True):
            if name in META:
                upload.add_meta(name, value)
            else:
                upload.add_file(name, value.encode())  # no place for attributes here: never executable
    else:
        raise errors.refused(400, "The content type must be multipart/form-data or application/x-www-form-urlencoded")
    for path in upload.meta.get("files", []):
        upload.files.setdefault(_path(path), None)
    return upload


def _multipart(upload: Upload, body: bytes, boundary: str) -> None:
    """Part by part, because the attribute is in a header that form parsers drop."""
    decoder = MultipartDecoder(boundary.encode(), max_form_memory_size=None)
    try:
        decoder.receive_data(body)
        decoder.receive_data(None)
        part: Field | File | None = None
        content = b""
        while not isinstance(event := decoder.next_event(), Epilogue | NeedData):
            if isinstance(event, Field | File):
                part, content = event, b""
            elif isinstance(event, Data) and part is not None:
                content += event.data
                if not event.more_data:
                    _part(upload, part, content)
    except ValueError:
        raise errors.refused(400, "The multipart body could not be read") from None


def _part(upload: Upload, part: Field | File, content: bytes) -> None:
    if isinstance(part, Field) and part.name in META:
        upload.add_meta(part.name, content.decode("utf-8", "replace"))
        return
    upload.add_file(part.name or "", content, _attribute(part.headers))


def _attribute(headers: Headers) -> str | None:
    _, options = parse_options_header(headers.get("Content-Disposition"))
    return options.get("x-attributes")


def _path(given: str) -> str:
    path = given.lstrip("/")
    if not path or path.endswith("/") or any(part in ("", ".", "..", ".git") for part in path.split("/")):
        raise errors.refused(400, f"Invalid path: {given}")
    return path
