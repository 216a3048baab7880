"""Time-ordered ids: UUIDv7 (RFC 9562, section 5.7), made from the injected `Now`."""

from __future__ import annotations

import secrets
from uuid import UUID

from engine.infra.now import Now


def new_id(now: Now) -> UUID:
    """A UUIDv7: 48 bits of Unix milliseconds, then version, variant and 74 random bits."""
    milliseconds = int(now().timestamp() * 1000)
    value = (milliseconds & (2**48 - 1)) << 80 | secrets.randbits(80)
    value = value & ~(0xF << 76) | 0x7 << 76
    value = value & ~(0x3 << 62) | 0x2 << 62
    return UUID(int=value)
