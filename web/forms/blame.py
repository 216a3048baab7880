"""Puts a service's refusal beside the field that it is about."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from flask_wtf import FlaskForm

from engine.infra.errors import DomainError
from web.errors import sentence
from web.unit import abandon

_SAME: Mapping[str, str] = MappingProxyType({})


def blame(form: FlaskForm, error: DomainError, fields: Mapping[str, str] = _SAME) -> None:
    """Roll the request's work back and show `error` by its field, or above the form.

    `fields` says where the form calls a service's field by another name.
    """
    abandon()
    name = fields.get(error.field or "", error.field)
    field = form[name] if name and name in form else None
    if field is not None:
        field.errors = [*field.errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))
