"""Puts a service's refusal beside the field that it is about."""

from __future__ import annotations

from flask_wtf import FlaskForm

from engine.infra.errors import DomainError
from web.errors import sentence
from web.unit import abandon


def blame(form: FlaskForm, error: DomainError) -> None:
    """Roll the request's work back and show `error` by its field, or above the form."""
    abandon()
    field = form[error.field] if error.field and error.field in form else None
    if field is not None:
        field.errors = [*field.errors, sentence(error)]
    else:
        form.form_errors.append(sentence(error))
