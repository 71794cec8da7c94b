"""Reading a checkpoint of PyTorch, in the format before version 1.6, without PyTorch.

The file is a row of pickles, then the numbers of each storage one after the other. A pickle can
call anything; this reader knows tensors and dictionaries, and refuses the rest.
"""

import pickle
import struct
from collections import OrderedDict
from pathlib import Path
from typing import Any, BinaryIO, NamedTuple, TypeAlias

import numpy as np
import numpy.typing as npt

Tensors: TypeAlias = dict[str, npt.NDArray[np.float32]]
_MAGIC = 0x1950A86A20F9469CFC6C
_PROTOCOL = 1001
_TYPES: dict[str, np.dtype[Any]] = {
    "FloatStorage": np.dtype("<f4"),
    "LongStorage": np.dtype("<i8"),
}


class UnknownCheckpoint(ValueError):
    """The file is no checkpoint of the kind that can be read."""


class _Tensor(NamedTuple):
    storage: str
    offset: int
    shape: tuple[int, ...]
    strides: tuple[int, ...]
    """In numbers."""


class _Unpickler(pickle.Unpickler):
    """Notes which type each storage has."""

    def __init__(self, file: BinaryIO) -> None:
        super().__init__(file)
        self.types: dict[str, str] = {}

    def find_class(self, module: str, name: str) -> Any:
        if (module, name) == ("collections", "OrderedDict"):
            return OrderedDict
        if (module, name) == ("torch._utils", "_rebuild_tensor_v2"):
            return _tensor
        if module == "torch" and name in _TYPES:
            return name
        raise UnknownCheckpoint(f"the checkpoint asks for {module}.{name}, which is not known")

    def persistent_load(self, pid: Any) -> str:
        kind, type_name, key = pid[:3]
        if kind != "storage":
            raise UnknownCheckpoint(f"the checkpoint refers to a {kind}, which is not known")
        self.types[key] = type_name
        return str(key)


def tensors(path: Path) -> Tensors:
    """The tensors of floats in a file, by their names. Raises UnknownCheckpoint."""
    with path.open("rb") as file:
        # The third says how long integers are where it was written; the format fixes it itself.
        magic, protocol, _ = (_Unpickler(file).load() for _ in range(3))
        if (magic, protocol) != (_MAGIC, _PROTOCOL):
            raise UnknownCheckpoint(f"{path.name} is no checkpoint of the format that is known")
        unpickler = _Unpickler(file)
        named: dict[str, _Tensor] = unpickler.load()
        keys: list[str] = _Unpickler(file).load()
        storages = {key: _numbers(file, _TYPES[unpickler.types[key]]) for key in keys}
    return {
        name: _laid_out(tensor, storages[tensor.storage])
        for name, tensor in named.items()
        if unpickler.types[tensor.storage] == "FloatStorage"
    }


def _tensor(
    storage: str, offset: int, shape: tuple[int, ...], strides: tuple[int, ...], *_: object
) -> _Tensor:
    return _Tensor(storage, offset, shape, strides)


def _numbers(file: BinaryIO, kind: np.dtype[Any]) -> npt.NDArray[Any]:
    (count,) = struct.unpack("<q", file.read(8))
    return np.frombuffer(file.read(count * kind.itemsize), dtype=kind)


def _laid_out(tensor: _Tensor, storage: npt.NDArray[Any]) -> npt.NDArray[np.float32]:
    strides = [step * storage.itemsize for step in tensor.strides]
    start = storage[tensor.offset :]
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(start, tensor.shape, strides))
