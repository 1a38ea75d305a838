"""A model hub on this machine, played well enough for the hub's own library to fetch from it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import import_module
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlparse

import pytest

COMMIT = "c" * 40


@dataclass(slots=True)
class PlayedHub:
    """Serves `root`/owner/name/… at one commit, under any revision but "gone".

    `breaks` is the end of a path that is cut off half-way, once; `gated` a repository that nobody may have; `refuses`
    the end of a path that nobody gets; `stalls` that of one which stops half-way and sets `stalling`. `asked` are the
    requests.
    """

    root: Path
    address: str = ""
    breaks: str = ""
    gated: str = ""
    refuses: str = ""
    stalls: str = ""
    stalling: threading.Event = field(default_factory=threading.Event)
    closed: threading.Event = field(default_factory=threading.Event)
    asked: list[str] = field(default_factory=list)


@contextmanager
def played_hub(root: Path) -> Iterator[PlayedHub]:
    """A hub that answers at `address` until the end of the block."""
    hub = PlayedHub(root)

    class Answer(_Answer):
        played = hub

    server = _Server(("127.0.0.1", 0), Answer)
    hub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield hub
    finally:
        hub.closed.set()
        server.shutdown()
        server.server_close()


def point_at(hub: PlayedHub, cache: Path, patch: pytest.MonkeyPatch) -> None:
    """Let the hub's library in this process, which read its settings when it was imported, use this hub and cache."""
    from huggingface_hub import constants

    patch.setenv("HF_HUB_OFFLINE", "0")
    patch.setattr(constants, "HF_HUB_OFFLINE", False)
    patch.setattr(constants, "HF_HUB_DISABLE_XET", True)
    patch.setattr(constants, "ENDPOINT", hub.address)
    patch.setattr(constants, "HUGGINGFACE_CO_URL_TEMPLATE", hub.address + "/{repo_id}/resolve/{revision}/{filename}")
    patch.setattr(constants, "HF_HUB_CACHE", str(cache))
    patch.setattr(import_module("huggingface_hub.utils.tqdm"), "progress_bar_states", {})  # painters switch bars off


def lay(files: Path, cache: Path, hub: str, *, commit: str = COMMIT, ref: str = "main") -> Path:
    """Lay a folder's files in a hub cache, as a pull leaves them: the folder of the revision."""
    root = cache / f"models--{hub.replace('/', '--')}"
    if ref:
        (root / "refs" / ref).parent.mkdir(parents=True, exist_ok=True)
        (root / "refs" / ref).write_text(commit)
    return Path(shutil.copytree(files, root / "snapshots" / commit, dirs_exist_ok=True))


class _Server(ThreadingHTTPServer):
    def handle_error(self, *where: Any) -> None:
        """Keep quiet about clients that hang up, as a stopped pull does."""
        if not isinstance(sys.exc_info()[1], ConnectionError):
            super().handle_error(*where)


class _Answer(BaseHTTPRequestHandler):
    played: PlayedHub
    protocol_version = "HTTP/1.1"

    def log_message(self, *_: object) -> None:
        """Nothing."""

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        parts = unquote(urlparse(self.path).path).strip("/").split("/")
        parts = parts[2:] if parts[:2] == ["api", "models"] else parts
        if len(parts) < 4:  # what else the library may ask a hub for
            self._refuse(404, "EntryNotFound")
            return
        owner, name, what, revision, *rest = parts
        self.played.asked.append("/".join((self.command, owner, name, what, *rest)))
        repository = self.played.root / owner / name
        if not repository.is_dir():
            self._refuse(404, "RepoNotFound")
        elif self.played.gated == f"{owner}/{name}":
            self._refuse(403, "GatedRepo")
        elif revision == "gone":
            self._refuse(404, "RevisionNotFound")
        elif what == "revision":
            self._tell({"id": f"{owner}/{name}", "sha": COMMIT, "siblings": []})
        elif what == "tree":
            self._tell([_entry(path, repository) for path in sorted(repository.rglob("*")) if path.is_file()])
        elif self.played.refuses and parts[-1] == self.played.refuses:
            self._refuse(403, "Forbidden")
        else:
            self._send(repository / Path(*rest))

    def _refuse(self, code: int, why: str) -> None:
        self.send_response(code)
        self.send_header("X-Error-Code", why)
        self.send_header("X-Error-Message", why)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def _tell(self, what: object) -> None:
        self._body(json.dumps(what).encode(), {"Content-Type": "application/json"})

    def _send(self, file: Path) -> None:
        data = file.read_bytes()
        begin = int(self.headers.get("Range", "bytes=0-").removeprefix("bytes=").split("-")[0])
        headers = {"ETag": f'"{_digest(file)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        if begin:
            headers["Content-Range"] = f"bytes {begin}-{len(data) - 1}/{len(data)}"
        got = self.command == "GET"
        stall = got and bool(self.played.stalls) and file.as_posix().endswith(self.played.stalls)
        self._body(data[begin:], headers, code=206 if begin else 200, cut=got and self._breaks(file), stall=stall)

    def _breaks(self, file: Path) -> bool:
        if self.played.breaks and file.as_posix().endswith(self.played.breaks):
            self.played.breaks = ""
            return True
        return False

    def _body(
        self, data: bytes, headers: dict[str, str], *, code: int = 200, cut: bool = False, stall: bool = False
    ) -> None:
        self.send_response(code)
        for key, value in headers.items():
            self.send_header(key, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(data[: len(data) // 2] if cut or stall else data)
            if stall:
                self.played.stalling.set()
                self.played.closed.wait()
        self.close_connection = cut or stall


def _entry(path: Path, repository: Path) -> dict[str, object]:
    size = path.stat().st_size
    return {"type": "file", "path": path.relative_to(repository).as_posix(), "size": size, "oid": _digest(path)}


def _digest(path: Path) -> str:
    return hashlib.sha1(path.read_bytes(), usedforsecurity=False).hexdigest()
