"""What Schemathesis cannot draw: proofs, tokens, and the names of things that exist."""

import itertools
import json
import os
import re
import subprocess
import time
from collections import Counter
from pathlib import Path

import schemathesis
from device import CLIENT, Device, Fresh, code_of
from schemathesis.core.parameters import ParameterLocation
from schemathesis.generation.meta import negated_parameters

STAGE = json.loads(Path(os.environ["POLDER_STAGE"]).read_text(encoding="utf-8"))
SIGNED_IN = os.environ["POLDER_AS"] == "signed-in"
ACCOUNTS = STAGE["accounts"]
TOTP = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
# Long enough for whatever minimum was drawn and set.
LONG = "only of this test: " + " ".join(f"heron {n} over ditch {n}" for n in range(4))


def add(email, *arguments, totp=""):
    """Somebody new, made by the platform's own command line."""
    password = f"{LONG}: {email}"[:128]
    command = [*STAGE["platform"], *arguments, "--password-stdin"]
    done = subprocess.run(command, input=f"{password}\n{totp}\n", text=True, check=True, stdout=subprocess.PIPE)
    return {"email": email, "password": password, "id": done.stdout.split()[-1]}


def somebody_new(totp=""):
    email = f"new.{next(newcomers)}@hel.example"
    arguments = ["--domain", domain, "--email", email, "--name", "New Comer", "--role", "viewer"]
    return add(email, "user", "add", *arguments, totp=totp)


def manager_of_their_own(name):
    """The manager of a new domain that asks for no second step."""
    email = f"{name}.{next(newcomers)}@open.example"
    arguments = ["--second-step", "optional", "--name", "Own", "--manager-email", email, "--manager-name", name]
    return add(email, "domain", "add", *arguments)


def ticket_of(account):
    return {"ticket": device.password(account)["ticket"]}


def ticket_of_somebody_new(totp=""):
    return ticket_of(somebody_new(totp))


def invited():
    """Somebody new who has no password yet: address and account."""
    email = f"new.{next(newcomers)}@hel.example"
    arguments = ["user", "add", "--domain", domain, "--email", email, "--name", "New Comer", "--role", "viewer"]
    done = subprocess.run([*STAGE["platform"], *arguments], text=True, check=True, stdout=subprocess.PIPE)
    return email, done.stdout.split()[-1]


def code_from_letter():
    """A code that lets somebody new set their first password."""
    email, _ = invited()
    # Who asks for a letter has the platform look at once, also for what others posted.
    device.call("POST", "/api/v1/password/forgotten", {"email": email})
    until = time.monotonic() + 30
    while time.monotonic() < until:
        for letter in Path(STAGE["mail"]).glob("*-first-password-*.eml"):
            text = letter.read_text(encoding="utf-8")
            if f"To: {email}" in text:
                return re.search(r"[0-9A-Z]{5}(-[0-9A-Z]{5}){3}", text).group()
        time.sleep(0.05)
    raise TimeoutError(f"no letter to {email}")


device = Device(STAGE["origin"], STAGE["ca"])
# Whom the rules let come furthest.
device.access = Fresh(lambda: device.sign_in(ACCOUNTS["manager"]))
domain = device.call("GET", "/api/v1/me")["domain"]
layers = device.call("GET", f"/api/v1/projects/{ACCOUNTS['project']}")["manifest"]["layers"]


def headers_are_damaged(case, name=None):
    """Whether headers are not what the description asks for: this one, or any."""
    # A case with another method is as good as it can be otherwise, whatever it is called.
    if case.meta is None or case.method.upper() != case.operation.method.upper():
        return False
    if not case.meta.is_negative_at(ParameterLocation.HEADER):
        return False
    damaged = {damaged for damaged, _place in negated_parameters(case.meta)}
    return name is None or not damaged or name in damaged


if SIGNED_IN:

    @schemathesis.auth(refresh_interval=None)
    class Honest:
        """Signs what goes out, but for a case whose headers are damaged on purpose."""

        def get(self, case, _context):
            return None if headers_are_damaged(case) else device

        def set(self, case, signer, _context):
            # As `auth.set_from_requests` does, which does not let one choose by the case.
            case._auth = signer


def password():
    account = next(people)
    return {"email": account["email"], "password": account["password"], "stay": False}


def code():
    # A code works once, so each is somebody else's.
    return {**ticket_of_somebody_new(TOTP), "code": code_of(TOTP)}


def enrolment():
    return {"ticket": device.password(ACCOUNTS["newcomer"])["ticket"]}


def confirm():
    ticket = ticket_of_somebody_new()
    key = device.call("POST", "/api/v1/sign-in/enrolment", ticket)["key"]
    return {**ticket, "code": code_of(key)}


def recovery():
    # A recovery code works once, too, and comes with a new second step.
    account = somebody_new()
    ticket = ticket_of(account)
    key = device.call("POST", "/api/v1/sign-in/enrolment", ticket)["key"]
    enrolled = device.call("POST", "/api/v1/sign-in/enrolment/confirm", {**ticket, "code": code_of(key)})
    return {**ticket_of(account), "recovery_code": enrolled["recovery"]["codes"][0]}


def first_code():
    # Whoever changes the second step is somebody whose domain does not ask for one, and who has none yet.
    own.anew()
    return {"code": code_of(device.call("POST", "/api/v1/me/second-step/enrolment", {})["key"])}


def nothing_with_second_step():
    device.call("POST", "/api/v1/me/second-step/confirm", first_code())
    return {}


def refresh_token():
    return {"refresh_token": device.password(free)["refresh_token"]}


def look_at_code():
    return {"code": unused[0]}


def set_password():
    return {"code": code_from_letter(), "password": LONG, "stay": False, "language": "en"}


def change_password():
    return {"old": guessed["password"], "new": guessed["password"]}


def prove():
    return {"password": guessed["password"]}


def new_session():
    """A few wrong passwords end a session, and a lock closes it: each of these requests has one of its own."""
    return device.password(guessed)["access_token"]


def add_person():
    email = f"new.{next(newcomers)}@hel.example"
    return {"name": "New Comer", "email": email, "role": "viewer", "language": "nl"}


newcomers = itertools.count()
# This domain asks for no second step, so that there is a new session at any time.
free = manager_of_their_own("free")
people = itertools.cycle([ACCOUNTS["editor"], ACCOUNTS["newcomer"], free])
turns = Counter()
unused = [code_from_letter()]
# Their session is for what the manager could do only once; who signs in anew is somebody without a second step.
own = Fresh(lambda: device.password(manager_of_their_own("changing")))
guessed = manager_of_their_own("guessed")
device.access_at = {
    "/api/v1/me/second-step": own,
    "/api/v1/me/recovery-codes": own,
    "/api/v1/account/password": new_session,
    "/api/v1/session/prove": new_session,
    "/api/v1/session/lock": new_session,
    "/api/v1/session/unlock": new_session,
    "/api/v1/sessions": new_session,
}
locked_out = somebody_new()

# Whom it is done to, where not anybody will do.
WHO = {
    "/api/v1/people/{person}/letter": lambda: invited()[1],
    "/api/v1/people/{person}/second-step/remove": lambda: somebody_new(TOTP)["id"],
}

# What there is, by placeholder.
EXISTING = {
    "project": ACCOUNTS["project"],
    "version": 1,
    "layer": layers[0]["id"],
    "path": "metadata/timestamp.json",
    "session": lambda: device.password(guessed)["me"]["session"],
}

# Bodies that are taken, by path. An operation that never takes anything fails the run (main.rs).
TAKEN = {
    "/api/v1/sign-in/password": password,
    "/api/v1/sign-in/code": code,
    "/api/v1/sign-in/enrolment": enrolment,
    "/api/v1/sign-in/enrolment/confirm": confirm,
    "/api/v1/password/code": look_at_code,
    "/api/v1/password/set": set_password,
    "/api/v1/account/password": change_password,
    "/api/v1/people": add_person,
    "/api/v1/domain/passwords": lambda: {"minimum": 8},
    "/api/v1/sign-in/recovery": recovery,
    "/api/v1/me/second-step/enrolment": dict,
    "/api/v1/me/second-step/confirm": first_code,
    "/api/v1/me/second-step/remove": nothing_with_second_step,
    "/api/v1/me/recovery-codes": nothing_with_second_step,
    "/api/v1/people/{person}/unlock": dict,
    "/api/v1/people/{person}/letter": dict,
    "/api/v1/people/{person}/second-step/remove": dict,
    "/api/v1/people/{person}/logins": lambda: {"on": True},
    "/api/v1/session/prove": prove,
    "/api/v1/session/lock": dict,
    "/api/v1/session/unlock": prove,
    "/api/v1/session/refresh": refresh_token,
    "/api/v1/session/end": refresh_token,
}


@schemathesis.hook
def before_call(_context, case, _kwargs):
    """Puts in what a client knows, but never in the place of what was damaged on purpose."""
    if case.meta is None:
        return
    # It is read first of all: nothing but a current client gets any further.
    if not headers_are_damaged(case, "polder-client"):
        case.headers.update(CLIENT)
    # Of what is as described, the first and every second is what exists, instead of what was drawn.
    damaged = any(case.meta.is_negative_at(place) for place in (ParameterLocation.BODY, ParameterLocation.PATH))
    turns[case.operation.label] += not damaged
    # What an e-mail is no pattern says: there it is always somebody new.
    if turns[case.operation.label] % 2 == 0 and case.operation.path != "/api/v1/people":
        return
    if case.path_parameters and not case.meta.is_negative_at(ParameterLocation.PATH):
        existing = {**EXISTING, "person": WHO.get(case.operation.path, locked_out["id"])}
        known = {k: v() if callable(v) else v for k, v in existing.items() if k in case.path_parameters}
        case.path_parameters.update(known)
    taken = TAKEN.get(case.operation.path)
    if taken and SIGNED_IN and case.method == "POST" and not case.meta.is_negative_at(ParameterLocation.BODY):
        case.body = taken()
