"""The command `nekohub`."""

import argparse
import gc
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.metadata import version
from ipaddress import ip_address
from pathlib import Path
from urllib.parse import urlsplit

from services import keys, lifetime, processes, settings
from services.chassis import logs, unread
from services.chassis.errors import ProcessUseless, StartRefused
from services.setting_values import BASE_URL, is_base_url
from services.settings import Settings

EXIT_WRONG = 1
"""The doctor has found something that it could not mend."""
EXIT_SETTINGS = 2
EXIT_USELESS = 1
"""It should be started again."""
EXIT_UNREAD = 141
"""Nobody reads on what it prints, as after `| head`; what a shell makes of SIGPIPE."""
MOST_CONCURRENCY = 64
"""Uploads of one command at once."""
_ENRICH = (
    "Uploads files, and the pictures below folders, has a skill run on each, and prints what it "
    "has found. Run again within 24 hours it uploads nothing twice. Ends with 0 if all succeeded, "
    "1 if not, 2 if a path or an option is wrong, 130 after Ctrl-C."
)


def main() -> None:
    """Runs the command line; ends with 2 when a setting or an address is wrong."""
    unread.fill_closed()
    settings.calm_grpc()
    options = _parser().parse_args()
    try:
        code = options.run(options)
        sys.stdout.flush()
    except BrokenPipeError:
        unread.let_go(sys.stdout)
        code = EXIT_UNREAD
    except StartRefused as error:
        print(f"nekohub: {error}", file=sys.stderr)  # noqa: T201
        code = EXIT_SETTINGS
    except ProcessUseless as error:
        print(f"nekohub: {error}", file=sys.stderr)  # noqa: T201
        code = EXIT_USELESS
    # All ends now, and nothing need be let go of by itself.
    gc.freeze()
    sys.exit(code)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="nekohub", description="A hub for pictures that explain themselves."
    )
    parser.add_argument("--version", action="version", version=version("nekohub-skills"))
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    serve = commands.add_parser("serve", help="serve the whole hub, or one part of it")
    serve.add_argument("part", nargs="?", default="all", choices=("all", *processes.PARTS))
    demo = commands.add_parser(
        "demo", help="serve, upload a photograph, enrich it, show the results"
    )
    demo.add_argument("--once", action="store_true", help="end after showing them")
    for command in (serve, demo):
        command.add_argument("--host")
        command.add_argument("--port", type=int)
        command.add_argument("--data-dir", type=_folder)
    worker = commands.add_parser("worker", help="execute skills, without the skills API")
    worker.add_argument(
        "--check", action="store_true", help="end with 0 if a worker of this host is alive"
    )
    enrich = commands.add_parser(
        "enrich",
        help="upload pictures to a hub, wait for what a skill finds, print it",
        description=_ENRICH,
    )
    enrich.add_argument("paths", metavar="PATH", nargs="+", type=_path, help="a file or a folder")
    enrich.add_argument("--skill", default="enrich", help="what runs on each (enrich)")
    enrich.add_argument(
        "--url", type=_url, help="the hub; NEKOHUB_PUBLIC_BASE_URL, else that of its settings"
    )
    enrich.add_argument(
        "--api-key", help="the first of NEKOHUB_API_KEYS, else the one in DATA_DIR/api-key"
    )
    enrich.add_argument("--json", action="store_true", help="print a line of JSON for each file")
    enrich.add_argument(
        "--concurrency", type=_concurrency, default=8, metavar="N", help="uploads at once, 1–64 (8)"
    )
    migrate = commands.add_parser("migrate", help="bring every database up to date")
    doctor = commands.add_parser("doctor", help="check the installation; run it whenever you like")
    doctor.add_argument("--fix", action="store_true", help="mend what a crash may have left")
    serve.set_defaults(run=_serve)
    demo.set_defaults(run=_demo)
    worker.set_defaults(run=_worker)
    enrich.set_defaults(run=_enrich)
    migrate.set_defaults(run=_migrate)
    doctor.set_defaults(run=_doctor)
    return parser


def _folder(text: str) -> Path:
    if not text.strip():
        raise argparse.ArgumentTypeError("a folder that this user may write to")
    return Path(text)


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("a file or a folder")
    return Path(text)


def _url(text: str) -> str:
    if not is_base_url(text):
        # What stands before an "@" may be a secret.
        shown = "it" if "@" in text else repr(text[:100])
        raise argparse.ArgumentTypeError(f"{shown} is not accepted: {BASE_URL}")
    return text


def _concurrency(text: str) -> int:
    if text not in map(str, range(1, MOST_CONCURRENCY + 1)):
        raise argparse.ArgumentTypeError(f"a whole number from 1 to {MOST_CONCURRENCY}")
    return int(text)


def _given(options: argparse.Namespace) -> dict[str, object]:
    return {name: getattr(options, name, None) for name in ("host", "port", "data_dir")}


def _serve(options: argparse.Namespace) -> int:
    if options.part == "all":
        hub = processes.embedded_settings(**_given(options))
        return lifetime.until_stopped(hub, lambda: processes.hub(hub))
    one = settings.load(**_given(options))
    processes.require_scaled(one, options.part)
    return lifetime.until_stopped(one, lambda: processes.part(options.part, one))


def _worker(options: argparse.Namespace) -> int:
    one = settings.load()
    processes.require_scaled(one, "worker")
    if options.check:
        return _checked(one)
    return lifetime.until_stopped(one, lambda: processes.worker(one))


def _checked(one: Settings) -> int:
    from sqlalchemy.exc import SQLAlchemyError

    from services.chassis.database import why_away

    try:
        alive = lifetime.to_the_end(processes.worker_is_alive(one))
    except SQLAlchemyError as error:
        print(f"nekohub: the heartbeat cannot be read: {why_away(error)}", file=sys.stderr)  # noqa: T201
        alive = False
    return 0 if alive else 1


def _demo(options: argparse.Namespace) -> int:
    from services import demo

    hub = processes.embedded_settings(**_given(options))
    if hub.log_level == "info":
        hub = hub.model_copy(update={"log_level": "warning"})

    @asynccontextmanager
    async def shown() -> AsyncIterator[None]:
        async with processes.hub(hub) as url:
            await demo.show(url, hub)
            yield

    return lifetime.until_stopped(hub, shown, once=options.once)


def _enrich(options: argparse.Namespace) -> int:
    from services.enrich import command

    one = settings.load(public_base_url=options.url)
    key: str | None = options.api_key
    if key is None and one.api_keys:
        key = one.api_keys[0].get_secret_value()
    # The key of this machine's hub is not for whoever answers elsewhere.
    if key is None and (options.url is None or is_here(options.url)):
        with processes.usable_files(one.data_dir):
            key = keys.found(one.data_dir, "api-key")
    return command.run(
        command.Order(
            paths=options.paths,
            content_types=one.allowed_content_types,
            skill=options.skill,
            url=one.hub_url(),
            key=key,
            as_json=options.json,
            concurrency=options.concurrency,
        )
    )


def is_here(url: str) -> bool:
    """Whether an address is on this machine, as far as it says so itself."""
    host = urlsplit(url).hostname or ""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


def _migrate(options: argparse.Namespace) -> int:
    one = settings.load()
    logs.configure(one.log_level, one.log_format)
    lifetime.to_the_end(processes.migrate(one))
    return 0


def _doctor(options: argparse.Namespace) -> int:
    from services import doctor
    from services.chassis.finding import Verdict

    one = doctor.present_settings()
    # What it finds is on stdout; of the rest only what nobody expected.
    logs.configure("error", one.log_format)
    findings = []

    async def run() -> None:
        async for finding in doctor.examined(one, fix=options.fix):
            print(finding, flush=True)  # noqa: T201
            findings.append(finding)

    lifetime.to_the_end(run())
    print(doctor.summary(findings))  # noqa: T201
    return EXIT_WRONG if any(each.verdict is Verdict.WRONG for each in findings) else 0
