"""Jobs: work outside the database, what became of it, and trying it again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from engine.infra.errors import NotFound
from engine.jobs.service import Job
from web.access import token
from web.api.v1.cases import seen
from web.api.v1.frame import area, bad_cursor
from web.api.v1.job_schemas import JobLine, JobOut, JobQuery
from web.api.v1.schemas import listing
from web.unit import services

blueprint = area("jobs", "Jobs")

_RIGHT = "people.admin"


@blueprint.get("/jobs")
@token(_RIGHT)
@blueprint.input(JobQuery, location="query", arg_name="asked")
@blueprint.output(listing(JobLine))
def find(asked: dict[str, Any]) -> dict[str, Any]:
    """Background jobs, newest first; those that are done or cancelled for 30 days."""
    limit = asked["limit"]
    case = seen(asked["case"]).id if asked.get("case") else None
    found = services().jobs.all(state=asked.get("state"), kind=asked.get("kind"), case=case,
                                after=_after(asked["cursor"]), limit=limit + 1)
    return {"items": [_shape(job) for job in found[:limit]],
            "next": str(found[limit - 1].id) if len(found) > limit else None}


@blueprint.get("/jobs/<uuid:job_id>")
@token(_RIGHT)
@blueprint.output(JobOut)
def read(job_id: UUID) -> dict[str, Any]:
    """One job."""
    return _shape(services().jobs.get(job_id))


@blueprint.post("/jobs/<uuid:job_id>/retry")
@token(_RIGHT)
@blueprint.output(JobOut)
def retry(job_id: UUID) -> dict[str, Any]:
    """Try a job now that rests, has failed or was cancelled; a call with the data as they are."""
    services().cases.service_calls.try_now(services().jobs.get(job_id))
    return _shape(services().jobs.get(job_id))


@blueprint.post("/jobs/<uuid:job_id>/cancel")
@token(_RIGHT)
@blueprint.output(JobOut)
def cancel(job_id: UUID) -> dict[str, Any]:
    """Have a job done no more; a step that waits for it gets an incident."""
    services().cases.service_calls.call_off(services().jobs.get(job_id))
    return _shape(services().jobs.get(job_id))


def _shape(job: Job) -> dict[str, Any]:
    """What is told of a job: not the data that it sends."""
    waiter = job.waiter
    return {"id": job.id, "kind": job.kind, "state": job.state,
            "case": waiter.case if waiter else None, "element": waiter.element if waiter else None,
            "host": job.payload.get("host"), "tries": job.tries, "most_tries": job.most_tries,
            "next_try": job.run_at if job.state == "queued" else None,
            "progress": job.progress, "progress_text": job.progress_text,
            "error": job.error, "created_at": job.created_at, "ended_at": job.ended_at}


def _after(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return services().jobs.get(UUID(cursor)).id
    except (ValueError, NotFound):
        raise bad_cursor() from None
