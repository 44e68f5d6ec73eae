"""`haflag decode`: log lines in, one JSON object per line out."""

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from knowledge.logjson import decode_block
from knowledge.report_files import open_stream

BLOCK = 262_144


def add(parser: argparse.ArgumentParser) -> None:
    """Adds the arguments of `haflag decode`."""
    parser.add_argument("files", nargs="*", metavar="FILE", default=["-"], help="plain, gzip or zstd; - is standard input")
    parser.add_argument("--json", action="store_true", help="the only form there is; accepted for symmetry")
    parser.set_defaults(func=run)


def run(args: argparse.Namespace) -> int:
    """Decodes every file. 0; 2 where a file cannot be read (the others are decoded)."""
    code = 0
    out = sys.stdout.buffer
    try:
        for name in args.files:
            try:
                with open_stream(name) as stream:
                    for block in blocks(stream):
                        out.write(decode_block(block))
                        if name == "-":
                            out.flush()
            except (OSError, EOFError, ValueError) as error:
                if isinstance(error, BrokenPipeError):
                    raise
                print(f"haflag decode: {Path(name)}: {getattr(error, 'strerror', None) or error}", file=sys.stderr)
                code = 2
        out.flush()
    except BrokenPipeError:  # `| head` has seen enough
        sys.stderr.close()
    return code


def blocks(stream: BinaryIO) -> Iterator[bytes]:
    """`stream` in blocks of whole lines; a pipe's lines come as soon as they are there."""
    kept: list[bytes] = []
    read = getattr(stream, "read1", stream.read)
    while chunk := read(BLOCK):
        cut = chunk.rfind(b"\n") + 1
        if not cut:
            kept.append(chunk)
            continue
        yield b"".join((*kept, chunk[:cut]))
        kept = [chunk[cut:]] if cut < len(chunk) else []
    if kept:
        yield b"".join(kept)
