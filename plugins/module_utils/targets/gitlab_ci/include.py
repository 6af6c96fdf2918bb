# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""One ``include`` entry more, or less, in the text of a ``.gitlab-ci.yml``; every other character stays as it is.

YAML has no writer that keeps comments, so the text is edited where the parser says that a node stands, and the result
is parsed again: if it does not mean exactly what was meant to change, the edit is refused.
https://docs.gitlab.com/ci/yaml/includes/
"""

from __future__ import annotations

import re
import typing as t

from ...core.errors import BridgeError, InvalidInput

try:
    import yaml

    class _Loader(yaml.SafeLoader):
        """Knows no tag and so takes every one (``!reference``): its value counts, with the tag as part of it."""

    def _tagged(loader: _Loader, suffix: str, node: yaml.Node) -> t.Any:
        if isinstance(node, yaml.MappingNode):
            return (suffix, loader.construct_mapping(node, deep=True))
        if isinstance(node, yaml.SequenceNode):
            return (suffix, loader.construct_sequence(node, deep=True))
        return (suffix, node.value)

    _Loader.add_multi_constructor("", _tagged)
except ImportError:  # comes with ansible-core; on another host than the controller it may be missing
    yaml = None  # type: ignore[assignment]

_KEY = "include"


def has_include(text: str, path: str) -> bool:
    """Whether the file ``path`` of the same project is included, however that is written."""
    documents = _load(text)
    return _index(_entries(_last(documents)), path) is not None


def add_include(text: str, path: str) -> str:
    """``text`` with an ``include`` of the file ``path`` of the same project."""
    if has_include(text, path):
        return text
    entry = f"local: {_scalar('/' + path.lstrip('/'))}"
    documents = _load(text)
    root = _last(documents)
    wanted = {**root, _KEY: [*_entries(root), {"local": "/" + path.lstrip("/")}]}
    for candidate in _additions(text, entry):
        if _means(candidate, [*documents[:-1], wanted]):
            return candidate
    raise _by_hand(f"include: [{{{entry}}}] cannot be added")


def remove_include(text: str, path: str) -> str | None:
    """``text`` without that ``include``; None if nothing is left of it."""
    documents = _load(text)
    root = _last(documents)
    entries = _entries(root)
    index = _index(entries, path)
    if index is None:
        return text
    left = entries[:index] + entries[index + 1 :]
    wanted = {**root, _KEY: left} if left else {key: value for key, value in root.items() if key != _KEY}
    for candidate in _removals(text, index, last=not left):
        if not candidate.strip():
            return None
        if _means(candidate, [*documents[:-1], wanted]):
            return candidate
    raise _by_hand("The include cannot be removed")


# -- meaning -----------------------------------------------------------------------------------------------------------


def _load(text: str) -> list[t.Any]:
    if yaml is None:
        raise BridgeError("gitlab_include needs the Python package PyYAML where the task runs")
    try:
        return list(yaml.load_all(text, _Loader)) or [None]
    except (yaml.YAMLError, ValueError) as error:
        mark = getattr(error, "problem_mark", None)
        where = f" (line {mark.line + 1}, column {mark.column + 1})" if mark else ""
        raise BridgeError(
            f"The pipeline configuration is not valid YAML{where}: {getattr(error, 'problem', None) or error}",
            kind="invalid",
            remedy="Correct it first; GitLab cannot run it.",
        ) from None


def _last(documents: list[t.Any]) -> dict[str, t.Any]:
    """The last document is the configuration; one before it declares inputs."""
    if documents[-1] is None:
        return {}
    if not isinstance(documents[-1], dict):
        raise InvalidInput("The pipeline configuration is YAML, but not a mapping")
    return t.cast("dict[str, t.Any]", documents[-1])


def _entries(root: dict[str, t.Any]) -> list[t.Any]:
    value = root.get(_KEY)
    return list(value) if isinstance(value, list) else [] if value is None else [value]


def _index(entries: list[t.Any], path: str) -> int | None:
    """Which entry includes the file; a text without a scheme and a ``local`` are the same."""
    for index, entry in enumerate(entries):
        name = entry.get("local") if isinstance(entry, dict) else entry
        if isinstance(name, str) and "://" not in name and name.lstrip("/") == path.lstrip("/"):
            return index
    return None


def _means(text: str, documents: list[t.Any]) -> bool:
    try:
        there = _load(text)
    except BridgeError:
        return False
    same = [*there[:-1], there[-1] or {}] == [*documents[:-1], documents[-1] or {}]
    return same and _order(there) == _order(documents)


def _order(documents: list[t.Any]) -> list[str]:
    return [str(key) for key in documents[-1] or () if key != _KEY]


def _scalar(text: str) -> str:
    """Quoted where YAML or GitLab might take it for something else."""
    return text if re.fullmatch(r"/[A-Za-z0-9_.][A-Za-z0-9_./-]*", text) else "'{}'".format(text.replace("'", "''"))


def _by_hand(what: str) -> BridgeError:
    return BridgeError(
        f"{what} without changing the rest of the file",
        kind="invalid",
        remedy="Write include as a list with one entry per line, or make this change by hand.",
    )


# -- text --------------------------------------------------------------------------------------------------------------


def _nodes(text: str) -> tuple[yaml.Node, yaml.Node] | None:
    """The nodes of the key ``include`` and of its value."""
    documents = [node for node in yaml.compose_all(text, _Loader) if node is not None]
    pairs = documents[-1].value if documents and isinstance(documents[-1], yaml.MappingNode) else []
    return next(((key, value) for key, value in pairs if key.value == _KEY), None)


def _line_start(text: str, at: int) -> int:
    return text.rfind("\n", 0, at) + 1


def _line_end(text: str, at: int) -> int:
    """Behind the line break of the line that ``at`` is in."""
    return (text.find("\n", at) + 1) or len(text)


def _broken(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"


def _content_end(text: str, start: int, end: int) -> int:
    """``end`` moved back over empty lines and comments, to behind the last line that holds something."""
    lines = text[start:end].splitlines(keepends=True)
    while lines and (not lines[-1].strip() or lines[-1].lstrip().startswith("#")):
        end -= len(lines.pop())
    return end


def _additions(text: str, entry: str) -> t.Iterator[str]:
    """The ways to write it, the best first."""
    found = _nodes(text)
    if found is None:
        yield f"{_broken(text)}{_KEY}:\n  - {entry}\n"
        return
    key, value = found
    start, end = value.start_mark.index, value.end_mark.index
    if isinstance(value, yaml.SequenceNode) and value.flow_style:
        inside = text[start + 1 : end - 1]
        comma = ", " if inside.strip() and not inside.rstrip().endswith(",") else ""
        behind = len(inside) - len(inside.rstrip())
        at = end - 1 - behind
        yield f"{text[:at]}{comma}{{{entry}}}{text[at:]}"
    elif isinstance(value, yaml.SequenceNode):
        indent = " " * value.start_mark.column
        for at in (_content_end(text, start, end), end):
            yield f"{_broken(text[:at])}{indent}- {entry}\n{text[at:]}"
    elif isinstance(value, yaml.MappingNode) and not value.flow_style:
        at, first = _content_end(text, start, end), _line_start(text, start)
        block = "".join(f"  {line}" if line.strip() else line for line in text[first:at].splitlines(keepends=True))
        block = (
            block.replace("  ", "- ", 1) if value.start_mark.column == 0 else _dashed(block, value.start_mark.column)
        )
        yield f"{text[:first]}{_broken(block)}{' ' * value.start_mark.column}- {entry}\n{text[at:]}"
    else:  # a text, a mapping in braces, or nothing
        at = _line_end(text, end)
        own = text[start:at].strip("\n")
        head = text[: key.end_mark.index] + ":"
        value_line = f"\n  - {own}" if own.strip() and not own.lstrip().startswith("#") else f" {own.strip()}".rstrip()
        yield f"{head}{value_line}\n  - {entry}\n{text[at:]}"


def _dashed(block: str, column: int) -> str:
    """The dash of a list entry before the first key of a block that was moved two to the right."""
    return f"{block[:column]}- {block[column + 2 :]}"


def _removals(text: str, index: int, last: bool) -> t.Iterator[str]:
    found = _nodes(text)
    if found is None:
        return
    key, value = found
    if last:
        first = _line_start(text, key.start_mark.index)
        end = max(value.end_mark.index, key.end_mark.index)
        if value.end_mark.column == 0:
            yield text[:first] + text[_content_end(text, first, end) :]
        yield text[:first] + text[_line_end(text, end) :]
    elif isinstance(value, yaml.SequenceNode) and not value.flow_style:
        item = value.value[index]
        first = _line_start(text, item.start_mark.index)
        at = _line_end(text, item.end_mark.index)
        if item.end_mark.column == 0 or not text[_line_start(text, item.end_mark.index) : item.end_mark.index].strip():
            at = _content_end(text, first, _line_start(text, item.end_mark.index))
        yield text[:first] + text[at:]
    elif isinstance(value, yaml.SequenceNode):
        item = value.value[index]
        start, end = item.start_mark.index, item.end_mark.index
        before = re.search(r",\s*$", text[:start])
        after = re.match(r"\s*,\s*", text[end:])
        if before:
            yield text[: before.start()] + text[end:]
        elif after:
            yield text[:start] + text[end + after.end() :]
