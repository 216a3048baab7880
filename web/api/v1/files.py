"""Files: kept before or with a case, read by those who may see the case."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from flask import Response
from werkzeug.datastructures import FileStorage

from engine.files.service import Attachment
from engine.infra.errors import Invalid, NotFound
from engine.intake.settings import FieldSettings
from web.access import actor, token
from web.api.v1 import shapes
from web.api.v1.frame import area
from web.api.v1.schemas import FileIn, FileOut
from web.i18n import noted
from web.unit import services

blueprint = area("files", "Files")


@blueprint.post("/files")
@token("case.start", "case.contribute", "work.do")
@blueprint.input(FileIn, location="files", arg_name="sent")
@blueprint.output(FileOut, status_code=201)
def upload(sent: dict[str, Any]) -> tuple[dict[str, Any], int]:
    """Keep a file for a form: send its id in a field of type file within two days."""
    return shapes.file(keep(sent["file"], None)), 201


@blueprint.get("/files/<uuid:file_id>")
@token("case.read", "case.read_all")
@blueprint.doc(responses={200: {"description": "The file's bytes.", "content": {
    "*/*": {"schema": {"type": "string", "format": "binary"}}}}})
def read(file_id: UUID) -> Response:
    """A file's bytes."""
    found: Attachment = services().files.get(file_id)
    if found.removed_at is not None:
        raise NotFound("There is no such file.")
    if found.case is not None:
        services().cases.visible_case(found.case, actor())
    elif found.uploaded_by != actor().person:
        raise NotFound("There is no such file.")
    response = Response(services().files.read(file_id), mimetype=found.media_type)
    response.headers.set("Content-Disposition", "attachment", filename=found.name)
    response.headers["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def keep(sent: FileStorage, case: UUID | None) -> Attachment:
    """Store an uploaded file. Raises Invalid when empty, TooLarge beyond the limit."""
    made: Attachment = services().files.add(sent.filename or "file", sent.stream,
                                            by=actor().person, case=case)
    return made


def attach_sent(fields: Mapping[str, FieldSettings], data: Mapping[str, Any],
                case: UUID) -> None:
    """Put the files that `data` names on the case. Raises Invalid for one that isn't there."""
    for key, value in data.items():
        if key not in fields or fields[key].type != "file" or not value:
            continue
        for each in value if isinstance(value, list) else [value]:
            _attach(key, each, case)


def _attach(field: str, value: Any, case: UUID) -> None:
    try:
        found: Attachment = services().files.get(UUID(str(value)))
    except (ValueError, NotFound):
        raise Invalid(noted("{key} names a file that is not here; upload it first."),
                      field=field, key=field) from None
    if found.case == case:
        return
    if found.case is not None or found.uploaded_by != actor().person:
        raise Invalid(noted("{key} names a file that is not here; upload it first."),
                      field=field, key=field)
    services().files.attach(found.id, case, field=field)
    services().cases.note_file(case, found.id, by=actor().person)
