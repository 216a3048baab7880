"""Login, logout, the choice of language, and the way to one's first page."""

from __future__ import annotations

from flask import (
    Blueprint,
    redirect,
    render_template,
    request,
    session,
    url_for,
)
from flask.typing import ResponseReturnValue
from flask_babel import gettext, refresh
from flask_login import current_user, login_user, logout_user

from engine.people.errors import NotAuthenticated
from web.access import Identity, actor, own_address, public, signed_in
from web.errors import sentence
from web.forms.session import LoginForm
from web.i18n import LANGUAGES
from web.layout import navigation
from web.throttle import login_throttle
from web.unit import abandon, reads_only, services

blueprint = Blueprint("session", __name__)


@blueprint.get("/")
@signed_in
def home() -> ResponseReturnValue:
    """The first page that the person's role opens; who draws but does no steps sees journeys."""
    entries = navigation()
    if not entries:
        return render_template("session/nothing.html")
    who = actor()
    if who.may_anywhere("journey.edit") and not who.may_anywhere("work.do"):
        return redirect(url_for("journeys.index"))
    return redirect(url_for(entries[0].endpoint))


@blueprint.get("/login")
@public
def login() -> ResponseReturnValue:
    """The login page."""
    if current_user.is_authenticated:
        return redirect(url_for("session.home"))
    form = LoginForm(data={"next": own_address(request.args.get("next")) or ""})
    return render_template("session/login.html", form=form)


@blueprint.post("/login")
@public
@reads_only
def log_in() -> ResponseReturnValue:
    """Check login and password; too many failures have to wait."""
    form = LoginForm()
    if not form.validate():
        return render_template("session/login.html", form=form), 422
    name, throttle = form.login.data.strip(), login_throttle()
    key = (name.casefold(), request.remote_addr or "")
    wait = throttle.wait(*key)
    if wait is not None:
        form.form_errors.append(gettext(
            "Too many failed attempts. Wait %(minutes)d min and try again.",
            minutes=max(1, round(wait.total_seconds() / 60))))
        return render_template("session/login.html", form=form), 429
    try:
        actor = services().people.accounts.authenticate(
            name, form.password.data)
    except NotAuthenticated as error:
        throttle.failed(*key)
        abandon()
        form.form_errors.append(sentence(error))
        return render_template("session/login.html", form=form), 401
    throttle.succeeded(*key)
    language = session.get("language")
    session.clear()
    session.permanent = True
    if language in LANGUAGES:
        session["language"] = language
    login_user(Identity(actor))
    return redirect(own_address(form.next.data) or url_for("session.home"))


@blueprint.post("/logout")
@signed_in
def log_out() -> ResponseReturnValue:
    """End the session; the language stays."""
    language = session.get("language")
    logout_user()
    session.clear()
    if language in LANGUAGES:
        session["language"] = language
    return redirect(url_for("session.login"))


@blueprint.post("/language/<code>")
@public
@reads_only
def choose_language(code: str) -> ResponseReturnValue:
    """Remember a language for this session and return to the page one came from."""
    if code in LANGUAGES:
        session["language"] = code
        refresh()
    return redirect(own_address(request.form.get("back")) or url_for("session.home"))
