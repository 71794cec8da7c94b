"""Generates the committed stubs from the .proto files, or checks that they are what is committed.

`--check` also lints the protos and compares them with `baseline.binpb`, the contract of the last
release; `--release` makes today's contract that baseline. Nothing here needs a network.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

import grpc_tools
from grpc_tools import protoc

ROOT = Path(__file__).resolve().parent
BIN = Path(sys.executable).parent
BASELINE = ROOT / "baseline.binpb"


def generate(into: Path) -> None:
    """Writes `_pb2.py`, `_pb2.pyi`, `_pb2_grpc.py` and `_pb2_grpc.pyi` beside each proto's place."""
    bundled = Path(grpc_tools.__file__).parent / "_proto"
    protos = sorted(str(path.relative_to(ROOT)) for path in ROOT.rglob("*.proto"))
    arguments = [
        "protoc",
        f"-I{ROOT}",
        f"-I{bundled}",
        f"--plugin=protoc-gen-mypy_grpc={BIN / 'protoc-gen-mypy_grpc'}",
        f"--python_out={into}",
        f"--pyi_out={into}",
        f"--grpc_python_out={into}",
        f"--mypy_grpc_out=quiet:{into}",
        *protos,
    ]
    if protoc.main(arguments) != 0:
        raise SystemExit("protoc failed; its message is above")


def stale_files() -> list[str]:
    """Committed stubs that differ from what the protos give now."""
    with tempfile.TemporaryDirectory() as folder:
        fresh = Path(folder)
        generate(fresh)
        made = {path.relative_to(fresh) for path in fresh.rglob("*_pb2*.py*")}
        kept = {
            path.relative_to(ROOT)
            for path in (ROOT / "nekohub").rglob("*_pb2*.py*")
            if "__pycache__" not in path.parts
        }
        stale = made ^ kept
        stale |= {p for p in made & kept if (fresh / p).read_bytes() != (ROOT / p).read_bytes()}
        return sorted(map(str, stale))


def buf(*arguments: str) -> None:
    """Runs buf in the protos folder; exits with its message if it finds fault."""
    done = subprocess.run([BIN / "buf", *arguments], cwd=ROOT, check=False)  # noqa: S603
    if done.returncode != 0:
        raise SystemExit(f"buf {arguments[0]} found fault; its message is above")


def main() -> None:
    """Reads the one option and does it."""
    parser = argparse.ArgumentParser(description=__doc__)
    choice = parser.add_mutually_exclusive_group()
    choice.add_argument("--check", action="store_true")
    choice.add_argument("--release", action="store_true")
    options = parser.parse_args()
    if options.check:
        buf("lint")
        buf("breaking", "--against", BASELINE.name)
        if stale := stale_files():
            raise SystemExit(f"not what the protos give, run 'make protos': {', '.join(stale)}")
    elif options.release:
        buf("build", "-o", BASELINE.name)
    else:
        generate(ROOT)


if __name__ == "__main__":
    main()
