"""What an installation can be told from outside: environment variables, read once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import ip_address
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from engine.infra.errors import Invalid


@dataclass(frozen=True)
class Settings:
    """One installation's settings; `Settings.read()` takes them from the environment."""

    #: BATON_HOME: the folder where Baton keeps what is its own (SQLite file, secret key).
    home: Path
    #: BATON_DATABASE: an SQLAlchemy URL; by default SQLite under `home`.
    database: str = field(repr=False)
    #: BATON_TIMEZONE: IANA zone of the organisation, for calendars that name none.
    timezone: str = "UTC"
    #: BATON_UPLOAD_MB: the largest file that is taken in, in megabytes.
    upload_mb: int = 20
    #: BATON_METRICS_TOKEN: whoever sends it may read /metrics; without it, this machine only.
    metrics_token: str | None = field(default=None, repr=False)
    #: BATON_PROXY: address of the reverse proxy whose X-Forwarded-* headers are believed.
    proxy: str | None = None
    #: BATON_ALLOWED_HOSTS: the hosts that service steps may call, with commas between; none.
    allowed_hosts: str = ""
    #: BATON_JOB_THREADS: how many background jobs a worker does at the same time.
    job_threads: int = 4

    @classmethod
    def read(cls, environ: Mapping[str, str] | None = None) -> Settings:
        """Settings from `environ` (default: the process's). Raises Invalid on a bad number."""
        env = os.environ if environ is None else environ
        home = Path(env.get("BATON_HOME") or Path.home() / ".baton").expanduser()
        upload = env.get("BATON_UPLOAD_MB", "20")
        if not upload.isdigit() or not 0 < int(upload) <= 1000:
            raise Invalid("BATON_UPLOAD_MB is {value}; give whole megabytes, 1 to 1000.",
                          value=upload)
        threads = env.get("BATON_JOB_THREADS", "4")
        if not threads.isdigit() or not 0 < int(threads) <= 64:
            raise Invalid("BATON_JOB_THREADS is {value}; give a whole number, 1 to 64.",
                          value=threads)
        timezone = env.get("BATON_TIMEZONE", "UTC")
        try:
            ZoneInfo(timezone)
        except (ZoneInfoNotFoundError, ValueError):
            raise Invalid("BATON_TIMEZONE is {value}; give a zone such as Europe/Berlin.",
                          value=timezone) from None
        proxy = env.get("BATON_PROXY") or None
        if proxy is not None and not _is_address(proxy):
            raise Invalid("BATON_PROXY is {value}; give the proxy's address, such as 127.0.0.1.",
                          value=proxy)
        database = env.get("BATON_DATABASE") or f"sqlite:///{home / 'baton.db'}"
        return cls(home=home, database=database,
                   timezone=timezone, upload_mb=int(upload),
                   metrics_token=env.get("BATON_METRICS_TOKEN") or None,
                   proxy=proxy,
                   allowed_hosts=env.get("BATON_ALLOWED_HOSTS", ""), job_threads=int(threads))


def _is_address(text: str) -> bool:
    """Whether it is what a connection can come from; `*` stands for any."""
    if text == "*":
        return True
    try:
        ip_address(text)
    except ValueError:
        return False
    return True
