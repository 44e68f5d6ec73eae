"""`haflag migrate`, `haflag forget TEAM`, `haflag data …`: what an operator does to the store, with the bot running or not."""

import argparse
import asyncio
import os
import re
import sys
import uuid
from collections.abc import Awaitable, Callable

import msgspec
import sqlalchemy as sa

from bot.listeners.note_work import valid_url
from bot.render.forms import NOTE_CHARACTERS, URL_CHARACTERS
from bot.settings import Settings, SettingsError, read
from bot.store import Note, Store, open_store
from bot.store.installations import Installations, KeyMismatch, TokenBox, forget_installations
from knowledge.base import load

_ID = re.compile(r"[0-9a-f]{32}")
_USER = re.compile(r"[UW][A-Z0-9]{1,20}")
Work = Callable[[Store, Settings, argparse.Namespace], Awaitable[str]]


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the actions of `haflag data`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, help: str, work: Work) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=help, description=help)
        _does(sub, work)
        return sub

    action("export", "write a workspace's notes as JSON to standard output", _export).add_argument("team")
    action("import", "read notes as JSON from standard input into a workspace", _import).add_argument("team")
    action("rotate-keys", "seal all tokens again with the first key of HAFLAG_TOKEN_KEYS", _rotate)
    retain = action("retain", "drop feedback and counts older than so many days", _retain)
    retain.add_argument("days", type=int)


def add_migrate(parser: argparse.ArgumentParser) -> None:
    """Sets up `haflag migrate`."""
    _does(parser, _migrate)


def add_forget(parser: argparse.ArgumentParser) -> None:
    """Sets up `haflag forget TEAM`."""
    parser.add_argument("team", help="the workspace's id, such as T012AB3CD")
    _does(parser, _forget)


def _does(parser: argparse.ArgumentParser, work: Work) -> None:
    parser.set_defaults(func=lambda args: run(work, args))


def run(work: Work, args: argparse.Namespace) -> int:
    """Opens the store of the environment and does the work. Exit 1 with what is wrong where it can't, 2 where the
    environment is wrong."""
    try:
        settings = read(os.environ)
        print(asyncio.run(_with_store(work, settings, args)))
    except SettingsError as error:
        for fault in error.faults:
            print(f"haflag: {fault}", file=sys.stderr)
        return 2
    except (ValueError, OSError, KeyMismatch, sa.exc.SQLAlchemyError, msgspec.MsgspecError) as error:
        # A database's own words may quote its address, with the password in it.
        quotes = isinstance(error, sa.exc.SQLAlchemyError | OSError)
        said = f"the database refused: {type(error).__name__}" if quotes else str(error)
        print(f"haflag: {said}", file=sys.stderr)
        return 1
    return 0


async def _with_store(work: Work, settings: Settings, args: argparse.Namespace) -> str:
    store = await open_store(settings.database_url.reveal() if settings.database_url else None, settings.data)
    try:
        return await work(store, settings, args)
    finally:
        await store.close()


async def _migrate(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    return "the database is at the newest revision"


async def _export(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    return msgspec.json.format(msgspec.json.encode(await store.notes(args.team)), indent=2).decode()


async def _import(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    try:
        given = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[Note, ...])
    except msgspec.MsgspecError as error:
        raise ValueError(f"standard input holds no notes ({error}); give it what `haflag data export TEAM` wrote") from None
    if faults := [f"note {n}: {fault}" for n, note in enumerate(given, 1) for fault in _faults(note)]:
        raise ValueError("; ".join([*faults[:5], "nothing was imported"]))
    await store.put_notes(tuple(_moved(note, args.team) for note in given))
    return f"{len(given)} notes are in {args.team}"


def _faults(note: Note) -> list[str]:
    """Why a note could not be shown, or could not have been written in Slack."""
    found = []
    if load().get(note.entry) is None:
        found.append(f"there is no entry {note.entry[:40]!r}; `haflag list` names them")
    if not 0 < len(note.text) <= NOTE_CHARACTERS:
        found.append(f"its text has {len(note.text)} characters, from 1 to {NOTE_CHARACTERS} are legal")
    if note.url and not valid_url(note.url):
        found.append(f"its link must be http or https, of at most {URL_CHARACTERS} characters")
    if not _ID.fullmatch(note.id) or not _USER.fullmatch(note.author):
        found.append("its id or author is none")
    return found


def _moved(note: Note, team: str) -> Note:
    """A note for `team`. Another workspace's gets an id of its own, the same each time, and stays where it was too."""
    if note.team == team:
        return note
    return msgspec.structs.replace(note, team=team, id=uuid.uuid5(uuid.NAMESPACE_OID, f"{team} {note.id}").hex)


async def _forget(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    rows = await store.forget_team(args.team) + await forget_installations(store.engine, args.team)
    return f"{rows} rows of {args.team} are gone"


async def _rotate(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    if not (settings.client_id and settings.token_keys):
        raise ValueError("SLACK_CLIENT_ID and HAFLAG_TOKEN_KEYS are needed: new key first, old keys behind it")
    held = Installations(settings.client_id, store.engine, TokenBox([key.reveal() for key in settings.token_keys]))
    return f"{await held.rotate_keys()} rows are sealed with the first key"


async def _retain(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    if args.days < 1:
        raise ValueError("at least one day is kept; `haflag forget TEAM` erases a workspace")
    return f"{await store.retain(args.days)} rows were older"
