"""Writing a graph as onnxruntime reads it: the few messages of ONNX that a plain network needs.

ONNX files are protobuf. Its own package would be 60 MB, for what is a page here.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_IR_VERSION = 8
_OPSET = 13
_FLOAT = 1
"""TensorProto.FLOAT."""
_INT, _STRING, _INTS = 2, 3, 7
"""AttributeProto.INT, STRING and INTS."""


class Graph:
    """A graph that grows node by node; each node and constant has a name that is made here."""

    def __init__(self) -> None:
        self._messages: list[bytes] = []
        self._names = 0

    def constant(self, values: npt.NDArray[np.float32]) -> str:
        """Adds numbers; gives their name."""
        name = self._name()
        data = np.ascontiguousarray(values, dtype="<f4")
        dimensions = b"".join(_number(1, size) for size in data.shape)
        tensor = dimensions + _number(2, _FLOAT) + _text(8, name) + _bytes(9, data.tobytes())
        self._messages.append(_bytes(5, tensor))
        return name

    def node(
        self, kind: str, inputs: Sequence[str], **attributes: int | str | Sequence[int]
    ) -> str:
        """Adds an operator of ONNX; gives the name of its one output."""
        name = self._name()
        node = b"".join(_text(1, each) for each in inputs) + _text(2, name) + _text(4, kind)
        node += b"".join(_bytes(5, _attribute(*each)) for each in attributes.items())
        self._messages.append(_bytes(1, node))
        return name

    def model(self, source: str, shape: Sequence[int], result: str, width: int) -> bytes:
        """The whole model: one input of a shape, one output of `width` numbers."""
        graph = b"".join(self._messages) + _text(2, "graph")
        graph += _bytes(11, _value(source, shape)) + _bytes(12, _value(result, (1, width)))
        return _number(1, _IR_VERSION) + _bytes(7, graph) + _bytes(8, _number(2, _OPSET))

    def _name(self) -> str:
        self._names += 1
        return f"n{self._names}"


def _attribute(name: str, value: int | str | Sequence[int]) -> bytes:
    if isinstance(value, int):
        return _text(1, name) + _number(3, value) + _number(20, _INT)
    if isinstance(value, str):
        return _text(1, name) + _text(4, value) + _number(20, _STRING)
    numbers = b"".join(_number(8, each) for each in value)
    return _text(1, name) + numbers + _number(20, _INTS)


def _value(name: str, shape: Sequence[int]) -> bytes:
    """A ValueInfoProto of floats."""
    dimensions = b"".join(_bytes(1, _number(1, size)) for size in shape)
    return _text(1, name) + _bytes(2, _bytes(1, _number(1, _FLOAT) + _bytes(2, dimensions)))


def _number(field: int, value: int) -> bytes:
    return _varint(field << 3) + _varint(value)


def _text(field: int, value: str) -> bytes:
    return _bytes(field, value.encode())


def _bytes(field: int, value: bytes) -> bytes:
    return _varint(field << 3 | 2) + _varint(len(value)) + value


def _varint(value: int) -> bytes:
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)
