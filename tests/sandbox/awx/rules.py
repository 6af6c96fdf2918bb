# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWX refuses, by the kind of object. Each rule raises ``Refused`` with the body that AWX sends.

Sources: the serializers and models of https://github.com/ansible/awx, tag 24.6.1, and what a real one answered.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from typing import Any

from jinja2 import StrictUndefined, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from ..refusals import Refused
from .model import ASKED, KINDS, Field, Thing, Values, World

BLOCKED = ("VIRTUAL_ENV", "PATH", "PYTHONPATH", "JOB_ID", "INVENTORY_ID", "CACHE", "AWX_HOST", "PROJECT_REVISION")
_FIELD_KEYS = {
    "type",
    "format",
    "choices",
    "id",
    "label",
    "help_text",
    "multiline",
    "secret",
    "ask_at_runtime",
    "default",
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def refused(body: Any, status: int = 400) -> Refused:
    return Refused(status, json.dumps(body))


# -- any field -----------------------------------------------------------------------------------------------------------


def value(world: World, name: str, declared: Field, given: Any) -> Any:
    """What AWX stores of what it is sent."""
    if given is None:
        if declared.nullable:
            return None
        if declared.kind in ("str", "text"):
            return ""
        raise refused({name: ["This field may not be null."]})
    if declared.kind in KINDS or declared.kind == "unified_job_templates":
        if given == "" and declared.nullable:
            return None
        if isinstance(given, bool) or not isinstance(given, int):
            raise refused({name: [f"Incorrect type. Expected pk value, received {type(given).__name__}."]})
        if world.get(declared.kind, given) is None:
            raise refused({name: [f'Invalid pk "{given}" - object does not exist.']})
        return given
    if declared.kind == "int" and isinstance(given, str) and re.fullmatch(r"-?\d+", given):
        given = int(given)
    types: dict[str, type] = {"bool": bool, "int": int, "dict": dict, "str": str, "text": str}
    if not isinstance(given, types[declared.kind]) or (declared.kind == "int" and isinstance(given, bool)):
        raise refused({name: [f"A valid {declared.kind} is required."]})
    if declared.choices and given not in declared.choices:
        raise refused({name: [f'"{given}" is not a valid choice.']})
    return given


# -- credential types ----------------------------------------------------------------------------------------------------


def credential_type(world: World, thing: Thing | None, values: Values, sent: Values) -> None:
    if "kind" in sent and values["kind"] not in ("cloud", "net"):
        raise refused({"kind": [f"Must be 'cloud' or 'net', not {values['kind']}"]})
    in_use = thing and any(one.values["credential_type"] == thing.id for one in world.all("credentials"))
    if thing and in_use and sent.get("inputs", thing.values["inputs"]) != thing.values["inputs"]:
        words = "Modifications to inputs are not allowed for credential types that are in use"
        raise refused({"detail": words}, 403)
    fields = _fields(values["inputs"])
    _injectors(values["injectors"], fields)


def _fields(inputs: Values) -> list[str]:
    _only(inputs, {"fields", "required"}, "inputs")
    ids: list[str] = []
    for one in inputs.get("fields", []):
        _only(one, _FIELD_KEYS, "inputs")
        if not {"id", "label"} <= set(one):
            raise refused({"inputs": ["'id' and 'label' are required properties"]})
        if not _NAME.fullmatch(one["id"]) or one["id"] == "tower":
            raise refused({"inputs": [f"{one['id']} is an invalid variable name"]})
        if one["id"] in ids:
            raise refused({"inputs": [f"field IDs must be unique ({one['id']})"]})
        if one.get("ask_at_runtime"):
            raise refused({"inputs": ["'ask_at_runtime' is not supported for custom credentials."]})
        kind = one.setdefault("type", "string")
        if kind not in ("string", "boolean"):
            raise refused({"inputs": [f"'{kind}' is not one of ['string', 'boolean']"]})
        for key in ("choices", "multiline", "format", "secret"):
            if key in one and kind != "string":
                raise refused({"inputs": [f"{key} not allowed for {kind} type ({one['id']})"]})
        choices = one.get("choices")
        if choices is not None and not (choices and all(isinstance(choice, str) for choice in choices)):
            raise refused({"inputs": [f"{choices} is no list of strings"]})
        ids.append(one["id"])
    return ids


def _injectors(injectors: Values, ids: list[str]) -> None:
    _only(injectors, {"file", "env", "extra_vars"}, "injectors")
    files = injectors.get("file", {})
    if "template" in files and len(files) > 1:
        raise refused({"injectors": ["Must use multi-file syntax when injecting multiple files"]})
    for name in files:
        if not re.fullmatch(r"template(\.[A-Za-z_][A-Za-z0-9_]*)?", name):
            raise refused({"injectors": [f"'{name}' does not match any of the regexes"]})
    paths = {name.partition(".")[2]: "EXAMPLE" for name in files}
    known = {**dict.fromkeys(ids, "EXAMPLE"), "tower": {"filename": paths.get("", paths)}}
    for name in injectors.get("env", {}):
        if name.startswith("ANSIBLE_"):
            words = "may affect Ansible configuration so its use is not allowed in credentials."
            raise refused({"injectors": [f"Environment variable {name} {words}"]})
        if name in BLOCKED:
            raise refused({"injectors": [f"Environment variable {name} is not allowed to be used in credentials."]})
        if not _NAME.fullmatch(name):
            raise refused({"injectors": [f"'{name}' does not match any of the regexes"]})
    for place, template in _templates(injectors):
        if not isinstance(template, str):
            raise refused({"injectors": [f"{template!r} is not of type 'string'"]})
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(template).render(known)
        except UndefinedError as error:
            raise refused({"injectors": [f"{place} uses an undefined field ({error})"]}) from None
        except TemplateError as error:
            raise refused({"injectors": [f"Syntax error rendering template for {place} ({error})"]}) from None


def _templates(value: Any, place: str = "") -> Iterator[tuple[str, Any]]:
    if isinstance(value, dict):
        for name, inner in value.items():
            yield from _templates(inner, name)
    else:
        yield place, value


def _only(given: Values, known: set[str], name: str) -> None:
    more = sorted(set(given) - known)
    if more:
        raise refused({name: [f"Additional properties are not allowed ({more[0]!r} was unexpected)"]})


# -- credentials ---------------------------------------------------------------------------------------------------------


def credential(world: World, thing: Thing | None, values: Values, _sent: Values) -> None:
    if thing is None and values["organization"] is None:
        raise refused({"detail": ["Missing 'user', 'team', or 'organization'."]})
    kind = world.get("credential_types", values["credential_type"])
    assert kind
    fields = {one["id"]: one for one in kind.values["inputs"].get("fields", [])}
    for name, given in values["inputs"].items():
        if name not in fields:
            raise refused({"inputs": [f"Additional properties are not allowed ({name!r} was unexpected)"]})
        if not isinstance(given, bool if fields[name]["type"] == "boolean" else str):
            raise refused({"inputs": {name: [f"{given!r} is not of type '{fields[name]['type']}'"]}})
        choices = fields[name].get("choices")
        if choices and given not in (*choices, ""):
            raise refused({"inputs": {name: [f"'{given}' is not one of {choices}"]}})


# -- projects, inventories, templates ------------------------------------------------------------------------------------


def inventory_source(world: World, _thing: Thing | None, values: Values, _sent: Values) -> None:
    if values["source"] == "scm" and values["source_project"] is None:
        raise refused({"source_project": ["Project required for scm type sources."]})
    if values["source"] != "scm" and (values["source_project"] or values["source_path"]):
        raise refused({"detail": ["Cannot set source_project if not SCM type."]})
    used = world.get("credentials", values["credential"])
    if used:
        kind = world.get("credential_types", used.values["credential_type"])
        if kind and kind.values["kind"] in ("vault", "insights"):
            words = "Credentials of type insights and vault are disallowed for scm inventory sources."
            raise refused({"credential": [words]})
    _vars("source_vars", values["source_vars"])


def job_template(world: World, _thing: Thing | None, values: Values, _sent: Values) -> None:
    project = world.get("projects", values["project"])
    if project is None:
        raise refused({"project": ["Job Templates must have a project assigned."]})
    if values["inventory"] is None and not values["ask_inventory_on_launch"]:
        raise refused({"inventory": ["You must either set a default value or ask to prompt on launch."]})
    if not values["playbook"]:
        raise refused({"playbook": ["Must select playbook for project."]})
    # A stand-in has no files: what is no path is a playbook of a collection.
    if not project.values["allow_override"]:
        raise refused({"playbook": ["Playbook not found for project."]})
    if values["webhook_service"] not in ("", "github", "gitlab", "bitbucket_dc"):
        raise refused({"webhook_service": [f'"{values["webhook_service"]}" is not a valid choice.']})
    values["organization"] = project.values["organization"]
    _vars("extra_vars", values["extra_vars"])


def workflow(_world: World, _thing: Thing | None, values: Values, _sent: Values) -> None:
    _vars("extra_vars", values["extra_vars"])


def prompts(world: World, _thing: Thing | None, values: Values, sent: Values) -> None:
    """A node or a schedule may give only what its template asks for."""
    template = world.get("unified_job_templates", values["unified_job_template"])
    if template is None:
        return
    wrong = {
        name: ["Field is not configured to prompt on launch."]
        for name, asks in ASKED.items()
        if sent.get(name) not in (None, template.values.get(name)) and not template.values.get(asks)
    }
    if wrong:
        raise refused(wrong)
    asked = (
        {one["variable"] for one in template.survey.get("spec", [])} if template.values.get("survey_enabled") else set()
    )
    if not template.values.get("ask_variables_on_launch") and set(values["extra_data"]) - asked:
        raise refused({"extra_data": ["Variables are not allowed on launch. Check the Prompt on Launch setting"]})


def schedule(world: World, thing: Thing | None, values: Values, sent: Values) -> None:
    rule, wrong = values["rrule"], []
    starts = re.findall(r"DTSTART(?:;[^:]+)?:[0-9]+T[0-9]+Z?", rule)
    if not starts:
        wrong.append("Valid DTSTART required in rrule. Value should start with: DTSTART:YYYYMMDDTHHMMSSZ")
    if len(starts) > 1:
        wrong.append("Multiple DTSTART is not supported.")
    if re.search(r"DTSTART:[0-9]+T[0-9]+ ", rule):
        wrong.append("DTSTART cannot be a naive datetime.  Specify ;TZINFO= or YYYYMMDDTHHMMSSZZ.")
    rules = re.findall(r"RULE:\S*", rule)
    if not rules:
        wrong.append("One or more rule required in rrule.")
    wrong += [f"INTERVAL required in rrule: {one}" for one in rules if "INTERVAL" not in one]
    wrong += [f"SECONDLY is not supported: {one}" for one in rules if "SECONDLY" in one]
    if wrong:
        raise refused({"rrule": wrong})
    prompts(world, thing, values, sent)


# -- notifications -------------------------------------------------------------------------------------------------------

# Of each type the fields of the configuration: name, type, and the default if it has one.
NOTIFICATIONS: dict[str, dict[str, tuple[str, Any]]] = {
    "webhook": {
        "url": ("str", ...),
        "http_method": ("str", "POST"),
        "disable_ssl_verification": ("bool", False),
        "username": ("str", ""),
        "password": ("password", ""),
        "headers": ("dict", ...),
    },
    "slack": {"token": ("password", ...), "channels": ("list", ...), "hex_color": ("str", "")},
}
_EVENTS = ("started", "success", "error", "workflow_approval")
_APPROVALS = ("running", "approved", "timed_out", "denied")
# What a message may name.
_JOB = dict.fromkeys(
    ("id", "name", "status", "url", "limit", "job_type", "playbook", "started", "finished", "elapsed", "failed"), "x"
)
_CONTEXT: Values = {
    "job": {**_JOB, "artifacts": {}, "host_status_counts": {"ok": 1, "changed": 0, "failures": 0}},
    **dict.fromkeys(
        ("job_friendly_name", "url", "approval_status", "approval_node_name", "workflow_url", "job_metadata"), "x"
    ),
}


def notification(_world: World, _thing: Thing | None, values: Values, sent: Values) -> None:
    known = NOTIFICATIONS.get(values["notification_type"])
    if known is None:
        raise refused({"notification_type": [f'"{values["notification_type"]}" is not a valid choice.']})
    if "notification_configuration" in sent:
        given = values["notification_configuration"]
        missing = [name for name, (_type, default) in known.items() if name not in given and default is ...]
        if missing:
            raise refused(
                {"notification_configuration": [f"Missing required fields for Notification Configuration: {missing}."]}
            )
        for name, (_type, default) in known.items():
            given.setdefault(name, default)
    for message in _messages(values["messages"] or {}):
        if "\n" in message:
            raise refused({"messages": ["Messages cannot contain newlines"]})
        try:
            ImmutableSandboxedEnvironment(undefined=StrictUndefined).from_string(message).render(_CONTEXT)
        except TemplateError as error:
            raise refused({"messages": [f"Field '{error}' unavailable"]}) from None


def _messages(messages: Values) -> Iterator[str]:
    for event, of_event in messages.items():
        if event not in _EVENTS:
            raise refused({"messages": [f"Event '{event}' invalid, must be one of {_EVENTS}"]})
        parts = of_event if event == "workflow_approval" else {"": of_event}
        for part, texts in (parts or {}).items():
            if part and part not in _APPROVALS:
                raise refused({"messages": [f"Workflow Approval event '{part}' invalid, must be one of {_APPROVALS}"]})
            for name, text in (texts or {}).items():
                if name not in ("message", "body"):
                    raise refused({"messages": [f"Message type '{name}' invalid, must be either 'message' or 'body'"]})
                if text is not None:
                    yield text


# -- surveys, variables, relations ---------------------------------------------------------------------------------------

_SURVEY_TYPES: dict[str, tuple[type, ...]] = {
    **dict.fromkeys(("text", "textarea", "password", "multiplechoice", "multiselect"), (str,)),
    "integer": (int,),
    "float": (float, int),
}


def survey(spec: Any) -> None:
    """:raises Refused: ``{"error": …}``"""
    parts: dict[str, type] = {"name": str, "description": str, "spec": list}
    for name, kind in parts.items():
        if not isinstance(spec.get(name), kind):
            raise refused({"error": f"Field '{name}' is missing from survey spec."})
    if not spec["spec"]:
        raise refused({"error": "'spec' doesn't contain any items."})
    seen: set[str] = set()
    for number, item in enumerate(spec["spec"]):
        of_item: dict[str, type] = {"type": str, "question_name": str, "variable": str, "required": bool}
        for name, kind in of_item.items():
            if not isinstance(item.get(name), kind):
                raise refused({"error": f"'{name}' missing from survey question {number}"})
        if item["variable"] in seen:
            raise refused({"error": f"'variable' '{item['variable']}' duplicated in survey question {number}."})
        seen.add(item["variable"])
        types = _SURVEY_TYPES.get(item["type"])
        if types is None:
            raise refused(
                {"error": f"'{item['type']}' in survey question {number} is not one of the allowed question types."}
            )
        default = item.get("default", "")
        if default != "" and not isinstance(default, types):
            raise refused(
                {"error": f"Default value {default} in survey question {number} expected to be a {item['type']}."}
            )
        if item["type"].startswith("multi"):
            choices = item.get("choices")
            if not isinstance(choices, (str, list)) or not choices:
                raise refused({"error": f"Survey question {number} of type {item['type']} must specify choices."})
            listed = choices.splitlines() if isinstance(choices, str) else choices
            if any(not isinstance(choice, str) for choice in listed):
                raise refused({"error": f"Choices in survey question {number} expected to be strings."})
            if any(line not in listed for line in default.splitlines()):
                raise refused({"error": "Default choice must be answered from the choices listed."})


def _vars(name: str, text: str) -> None:
    if text and not text.startswith("---"):
        try:
            json.loads(text)
        except ValueError:
            raise refused({name: ["Cannot parse as JSON or YAML."]}) from None


def relation(world: World, thing: Thing, association: str, other: Thing) -> None:
    """:raises Refused: the two can't be associated."""
    if association == "galaxy_credentials" and _kind(world, other) != "galaxy":
        raise refused({"msg": f"Credential must be a galaxy credential, not {_kind(world, other)}."})
    if association == "credentials":
        if thing.kind.list != "job_templates":
            raise refused({"msg": "Related template is not configured to accept credentials on launch."})
        if _kind(world, other) not in ("ssh", "vault", "cloud", "net", "kubernetes"):
            raise refused({"error": f"Cannot assign a Credential of kind `{_kind(world, other)}`."})
        used = [world.get("credentials", number) for number in thing.associated.get(association, ())]
        if any(one and one.values["credential_type"] == other.values["credential_type"] for one in used):
            raise refused({"error": f"Cannot assign multiple {_type_of(world, other)} credentials."})
    if association.endswith("_nodes"):
        if thing.values["workflow_job_template"] != other.values["workflow_job_template"]:
            raise refused({"detail": "Node is not part of the same workflow job template"})
        others = [thing.associated.get(f"{when}_nodes", ()) for when in ("success", "failure", "always")]
        if any(other.id in ids for ids in others):
            raise refused({"Error": "Relationship not allowed."})
        if thing.id in _following(world, other):
            raise refused({"Error": "Cycle detected."})


def _following(world: World, node: Thing) -> set[int]:
    out = {node.id}
    for when in ("success", "failure", "always"):
        for number in node.associated.get(f"{when}_nodes", ()):
            after = world.get("workflow_job_template_nodes", number)
            out |= _following(world, after) if after else set()
    return out


def _type_of(world: World, used: Thing) -> str:
    kind = world.get("credential_types", used.values["credential_type"])
    return kind.name if kind else ""


def _kind(world: World, used: Thing) -> str:
    kind = world.get("credential_types", used.values["credential_type"])
    return str(kind.values["kind"]) if kind else ""


Rule = Callable[[World, Thing | None, Values, Values], None]
RULES: dict[str, Rule] = {
    "credential_types": credential_type,
    "credentials": credential,
    "inventory_sources": inventory_source,
    "job_templates": job_template,
    "notification_templates": notification,
    "schedules": schedule,
    "workflow_job_template_nodes": prompts,
    "workflow_job_templates": workflow,
}
