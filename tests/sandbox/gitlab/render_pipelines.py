# SPDX-License-Identifier: GPL-3.0-or-later
"""A pipeline as other answers have it in them. https://docs.gitlab.com/api/pipelines/"""

from __future__ import annotations

from typing import Any

from .model import Pipeline
from .render_places import stamp


def basic(root: str, pipeline: Pipeline) -> dict[str, Any]:
    return {
        "id": pipeline.id,
        "iid": pipeline.iid,
        "project_id": pipeline.project.id,
        "sha": pipeline.sha,
        "ref": pipeline.ref,
        "status": pipeline.status,
        "source": pipeline.source,
        "created_at": stamp(pipeline.created_at),
        "updated_at": stamp(pipeline.updated_at or pipeline.created_at),
        "web_url": f"{root}/{pipeline.project.full_path}/-/pipelines/{pipeline.id}",
    }
