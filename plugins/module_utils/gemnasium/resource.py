# Copyright (c) 2026, the repobridge.bitbucket maintainers
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the objects of Gemnasium have in common: a command makes them, and nothing that is documented reads them back.

Source: the Gemnasium Enterprise documentation ("Bitbucket Cloud", "GitHub", "GitLab"), which has only commands that create.
"""

from __future__ import annotations

import posixpath
import re
import typing as t
from dataclasses import dataclass, replace

from ..core import fingerprint
from ..core.errors import BridgeError, InvalidInput
from ..core.reconcile import Context, Fields, Outcome, Resource, Snapshot
from .engine import REQUIRES, Engine, Finished
from .marker import FOLDER, LIVE, Record, parse, stem


@dataclass(frozen=True)
class Memory:
    """What is known of an object: the origin of its snapshot."""

    held: Record | None = None
    cut: Record | None = None  # a command of an earlier run whose end nobody knows
    unwritten: bool = False  # what is held stands in no marker yet


class GemnasiumObject(Resource):
    """A provider, a client or a source. Subclasses name their ``noun``, their fields and their command."""

    requires = REQUIRES
    noun: t.ClassVar[str]
    # The options that describe it, in the order of the command's arguments.
    described_by: t.ClassVar[tuple[str, ...]]
    default_command: t.ClassVar[tuple[str, ...]]

    def __init__(
        self,
        params: Fields,
        context: Context,
        engine: Engine | None = None,
        known: dict[str, bytes] | None = None,
    ) -> None:
        """``engine`` and ``known`` (the files of all markers) are for a caller that has already read them."""
        super().__init__(params, context)
        self.engine = engine or Engine(params, context)
        self._known = known
        words = " ".join(self.command)
        self.operations = {  # type: ignore[misc]
            "create": words,
            "update": words,
            "record": "write the marker",
            "delete": "forget the marker",
        }

    # -- what it is --------------------------------------------------------------------------------------------------

    @property
    def command(self) -> tuple[str, ...]:
        """The words the command begins with."""
        return tuple(self.params["command"] or self.default_command)

    @property
    def key(self) -> tuple[str, ...]:
        """What tells it from the others of its kind."""
        return tuple(str(self.params[option]) for option in self.identity)

    @property
    def name(self) -> str:
        return " ".join(self.key)

    def arguments(self) -> list[str]:
        """What follows the command's words."""
        given = (self.params[option] for option in self.described_by)
        return [*self.key, *(",".join(value) if isinstance(value, list) else str(value) for value in given)]

    def asked(self, verb: str) -> str:
        """The purpose of a call, for its error."""
        return f"{verb} the {self.noun} {self.name}"

    # -- input -------------------------------------------------------------------------------------------------------

    def validate(self) -> None:
        for option in (*self.identity, *self.described_by):
            value = self.params[option]
            for text in value if isinstance(value, list) else [value]:
                if text is not None and (not text or "\0" in text):
                    raise InvalidInput(
                        f"{option} is empty, or contains a character that an argument of a command cannot contain"
                    )
        if not self.params["data_path"].startswith("/"):
            raise InvalidInput(f"data_path is {self.params['data_path']}, but must be absolute")
        try:
            re.compile(self.params["exists_pattern"])
        except re.error as error:
            raise InvalidInput(f"exists_pattern is not a regular expression: {error}") from None

    # -- reading: the marker, and the site's own list where it has one ------------------------------------------------

    def read_first(self) -> Snapshot:
        return self.read() if self._known is None else self._read(self._known)

    def read(self) -> Snapshot:
        return self._read(self.engine.files(self._place(), self.asked("Read the markers of")))

    def _read(self, there: dict[str, bytes] | None) -> Snapshot:
        memory = self._remembered(there or {})
        if self.params["list_command"] and not (self._leaves and self.params["forget"]):
            memory = self._as_listed(memory)
        if memory.held and self._leaves and not self.params["forget"]:
            raise self._stays()
        if memory.held is None or there is None:
            self.engine.inspect()  # says that there is no such container, or that it does not run
        made_again = self.params["force"] and not self._leaves
        return Snapshot(self._shown(memory.held) if memory.held and not made_again else {}, memory)

    @property
    def _leaves(self) -> bool:
        return bool(self.params["state"] == "absent")

    def _remembered(self, files: dict[str, bytes]) -> Memory:
        """What the marker's two files say, and the engine of a command whose run was cut off."""
        done, started = (parse(files.get(posixpath.basename(self._place(which)))) for which in ("done", "started"))
        cut = None
        if started and started.how == "started" and not (done and done.command == started.command):
            asked = self.asked("Read the result of the command of an earlier run for")
            try:
                if self.engine.is_podman:
                    raise LookupError
                if self.engine.outcome(str(started.command), asked) == 0:
                    return Memory(replace(started, how="finished"), unwritten=True)
            except LookupError:
                cut = started
        return Memory(done if done and done.how in LIVE else None, cut)

    def _as_listed(self, memory: Memory) -> Memory:
        """The same by the list that the site's own command gives, which counts more than any marker."""
        argv, asked = self.params["list_command"], self.asked("List the existing objects, for")
        done = self.engine.run(self.engine.prepare(argv, asked), asked)
        if done.status:
            raise self._failed(done, argv, asked)
        if not any(set(self.key) <= set(re.split(r"[\s|,;]+", line)) for line in done.output.splitlines()):
            return Memory(None, memory.cut)
        if memory.held:
            return memory
        if self._leaves:
            raise self._stays()
        how = self._explained(memory)
        if how is None:
            raise self._unexplained(None)
        return Memory(self._record(how, None), memory.cut, unwritten=True)

    def _explained(self, memory: Memory) -> str | None:
        """Why something may be there that no marker knows of; None for no reason."""
        if memory.cut and self._same(memory.cut):
            return "found"
        return "adopted" if self.params["adopt"] else None

    # -- comparing ---------------------------------------------------------------------------------------------------

    def desired(self, current: Snapshot | None) -> Fields:
        wanted = self._open_fields()
        held: Record | None = current.origin.held if current else None
        for name in self.secret_fields:
            secret, stored = self.params[name], held.fingerprints.get(name) if held else None
            policy = self.params["update_secret"]
            if secret is not None and fingerprint.must_send(policy, secret, stored, bool(current)):
                wanted[name] = secret
        return wanted

    def _open_fields(self) -> Fields:
        return {
            name: self.params[name]
            for name in self.described_by
            if name not in self.secret_fields and self.params[name] is not None
        }

    def _same(self, record: Record) -> bool:
        """Whether a record is of what the task wants now."""
        kept = record.fingerprints
        return record.fields == self._open_fields() and all(
            fingerprint.matches(kept.get(name), str(self.params[name])) for name in self.secret_fields
        )

    # -- changing ----------------------------------------------------------------------------------------------------

    def create(self, desired: Fields) -> Fields:
        return self.create_in(None, desired)

    def create_in(self, surroundings: Memory | None, desired: Fields) -> Fields:
        return self._make(surroundings or Memory())

    def update(self, current: Snapshot, changes: Fields) -> Fields:
        return self._make(current.origin)

    def _make(self, memory: Memory) -> Snapshot:
        asked = self.asked("Create")
        argv = [*self.command, *self.arguments()]
        command = self.engine.prepare(argv, asked)
        started = self._record("started", command)
        self._write("started", started)
        done = self.engine.run(command, asked)
        how: str | None = "made"
        if done.status:
            there = re.search(self.params["exists_pattern"], done.output)
            how = self._explained(memory) if there else None
            if how is None:
                self._write("started", replace(started, how="refused"))
                raise self._unexplained(done) if there else self._failed(done, argv, asked)
        held = replace(started, how=str(how))
        self._write("done", held)
        return Snapshot(self._shown(held), Memory(held))

    def follow_up(self, current: Snapshot, outcome: Outcome) -> Fields:
        memory: Memory = current.origin
        if not (memory.unwritten and memory.held):
            return current
        if not outcome.changed:
            outcome.act(self, "record")
            outcome.note({"path": "marker", "expected": memory.held.how, "actual": None})
        if not self.context.check_mode:
            self._write("done", memory.held)
        return current

    def delete(self, current: Snapshot) -> Fields | None:
        """Only the marker. That this is wanted, ``forget`` says."""
        self._write("done", replace(current.origin.held, how="forgotten", at=""))
        return None

    # -- the marker --------------------------------------------------------------------------------------------------

    def _place(self, which: str = "") -> str:
        """The path of one of the marker's files, or of the folder."""
        folder = posixpath.join(self.params["data_path"], FOLDER)
        return posixpath.join(folder, f"{stem(self.module, self.key)}.{which}.json") if which else folder

    def _record(self, how: str, command: str | None) -> Record:
        secrets = {name: fingerprint.fingerprint(str(self.params[name])) for name in self.secret_fields}
        return Record(self.module, self.name, self._open_fields(), command, how, secrets)

    def _write(self, which: str, record: Record) -> None:
        self.engine.write_file(self._place(which), record.dump(), self.asked("Record the state of"))

    def _shown(self, record: Record) -> Fields:
        key = dict(zip(self.identity, self.key, strict=True))
        return {**record.fields, **key, "id": self.name, "how": record.how, "marker": self._place("done")}

    # -- errors ------------------------------------------------------------------------------------------------------

    def _failed(self, done: Finished, argv: t.Sequence[str], asked: str) -> BridgeError:
        remedy = (
            "If this message means that it exists already, and its values are those of this task, set exists_pattern "
            "to match it and run once with adopt: true."
        )
        if done.status in (126, 127):
            remedy = f"The container {self.engine.container} cannot run {argv[0]}: check container and command."
        return BridgeError(
            f"{asked}: the command ended with status {done.status}",
            service="Gemnasium",
            operation=" ".join(self.command),
            code=str(done.status),
            words=done.output[-500:] or None,
            remedy=remedy,
        )

    def _unexplained(self, done: Finished | None) -> BridgeError:
        """It is there, and no marker says with which values."""
        return BridgeError(
            f"{self.asked('Create')}: it already exists in Gemnasium, and its values cannot be read",
            kind="conflict",
            service="Gemnasium",
            operation=" ".join(self.command),
            code=str(done.status) if done else None,
            words=done.output[-500:] if done else None,
            remedy="Gemnasium documents no command that changes or deletes it. If it differs from this task, correct "
            "it manually in Gemnasium; then run once with adopt: true, which writes the marker.",
        )

    def _stays(self) -> BridgeError:
        return BridgeError(
            f"{self.asked('Delete')}: Gemnasium documents no command for this",
            service="Gemnasium",
            remedy="To stop its use, delete the OAuth consumer in Bitbucket. To leave it in Gemnasium and stop "
            "managing it, run with forget: true, which only deletes the marker.",
        )
