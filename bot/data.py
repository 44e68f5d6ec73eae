"""`haflag data …`: what an operator does to the store: migrate, export and import notes, forget a workspace, rotate keys."""

import argparse
import asyncio
import os
import sys
from collections.abc import Awaitable, Callable

import msgspec
import sqlalchemy as sa

from bot.settings import Settings, SettingsError, read
from bot.store import Note, Store, open_store
from bot.store.installations import Installations, TokenBox

Work = Callable[[Store, Settings, argparse.Namespace], Awaitable[str]]


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the subcommands of `haflag data`."""
    actions = parser.add_subparsers(dest="action", metavar="ACTION", required=True)

    def action(name: str, help: str, work: Work) -> argparse.ArgumentParser:
        sub = actions.add_parser(name, help=help, description=help)
        sub.set_defaults(func=lambda args: run(work, args))
        return sub

    action("migrate", "bring the database to the newest revision", _migrate)
    action("export", "write a workspace's notes as JSON to standard output", _export).add_argument("team")
    action("import", "read notes as JSON from standard input into a workspace", _import).add_argument("team")
    action("forget", "erase everything of a workspace, its installation too", _forget).add_argument("team")
    action("rotate-keys", "seal all tokens again with the first key of HAFLAG_TOKEN_KEYS", _rotate)
    retain = action("retain", "drop feedback and counts older than so many days", _retain)
    retain.add_argument("days", type=int)


def run(work: Work, args: argparse.Namespace) -> int:
    """Opens the store of the environment and does the work. Exit 1 with what is wrong where it can't."""
    try:
        settings = read(os.environ)
        print(asyncio.run(_with_store(work, settings, args)))
    except (SettingsError, ValueError, OSError, sa.exc.SQLAlchemyError, msgspec.MsgspecError) as error:
        shown = str(error) if not isinstance(error, sa.exc.SQLAlchemyError) else f"the database refused: {type(error).__name__}"
        print(shown, file=sys.stderr)
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
    given = msgspec.json.decode(sys.stdin.buffer.read(), type=tuple[Note, ...])
    await store.put_notes(tuple(msgspec.structs.replace(note, team=args.team) for note in given))
    return f"{len(given)} notes are in {args.team}"


async def _forget(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    rows = await store.forget_team(args.team)
    if settings.client_id and settings.token_keys:
        held = Installations(settings.client_id, store.engine, TokenBox([key.reveal() for key in settings.token_keys]))
        await held.async_delete_all(enterprise_id=None, team_id=args.team)
    return f"{rows} rows of {args.team} are gone"


async def _rotate(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    if not (settings.client_id and settings.token_keys):
        raise ValueError("SLACK_CLIENT_ID and HAFLAG_TOKEN_KEYS are needed: new key first, old keys behind it")
    held = Installations(settings.client_id, store.engine, TokenBox([key.reveal() for key in settings.token_keys]))
    return f"{await held.rotate_keys()} rows are sealed with the first key"


async def _retain(store: Store, settings: Settings, args: argparse.Namespace) -> str:
    return f"{await store.retain(args.days)} rows were older"
