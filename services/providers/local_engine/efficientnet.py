"""EfficientNet-Lite0, a network that names one of a thousand things, as a graph of ONNX.

By Tan and Le, 2019; the lite variant and its weights are Google's, the checkpoint ML Illustrated's.
"""

import numpy as np
import numpy.typing as npt

from services.providers.local_engine.checkpoint import Tensors
from services.providers.local_engine.onnx_graph import Graph

SIDE = 224
CLASSES = 1000
_STAGES = ((1, 1), (2, 2), (2, 2), (3, 2), (3, 1), (4, 2), (1, 1))
"""How often a block comes, and the stride of the first."""
_EPSILON = 1e-3
"""Of its batch normalisation."""
_INPUT = "picture"


def model(weights: Tensors) -> bytes:
    """The network; its input is a picture, (1, 3, SIDE, SIDE), its output CLASSES probabilities."""
    network = _Network(weights)
    flow = network.convolved(_INPUT, "_conv_stem", "_bn0", stride=2)
    block = 0
    for repeats, first_stride in _STAGES:
        for repeat in range(repeats):
            stride = first_stride if repeat == 0 else 1
            made = network.block(flow, f"_blocks.{block}", stride=stride)
            flow = made if repeat == 0 else network.graph.node("Add", (made, flow))
            block += 1
    flow = network.convolved(flow, "_conv_head", "_bn1")
    result = network.classified(flow)
    return network.graph.model(_INPUT, (1, 3, SIDE, SIDE), result, CLASSES)


class _Network:
    def __init__(self, weights: Tensors) -> None:
        self._weights = weights
        self.graph = Graph()
        self._floor = self.graph.constant(np.array(0, np.float32))
        self._ceiling = self.graph.constant(np.array(6, np.float32))

    def block(self, flow: str, name: str, *, stride: int) -> str:
        """Widens, filters each channel by itself, and narrows; the first has nothing to widen."""
        if f"{name}._expand_conv.weight" in self._weights:
            flow = self.convolved(flow, f"{name}._expand_conv", f"{name}._bn0")
        flow = self.convolved(flow, f"{name}._depthwise_conv", f"{name}._bn1", stride=stride)
        return self.convolved(flow, f"{name}._project_conv", f"{name}._bn2", bounded=False)

    def convolved(
        self, flow: str, name: str, norm: str, *, stride: int = 1, bounded: bool = True
    ) -> str:
        """A convolution with its normalisation, which is a part of its numbers here."""
        kernel = self._weights[f"{name}.weight"]
        scale, shift = self._normalisation(norm)
        scaled = kernel * scale[:, None, None, None]
        result = self.graph.node(
            "Conv",
            (flow, self.graph.constant(scaled), self.graph.constant(shift)),
            strides=(stride, stride),
            group=kernel.shape[0] if "depthwise" in name else 1,
            kernel_shape=kernel.shape[2:],
            auto_pad="SAME_UPPER",
        )
        if not bounded:
            return result
        return self.graph.node("Clip", (result, self._floor, self._ceiling))

    def classified(self, flow: str) -> str:
        """The probability of each class."""
        flow = self.graph.node("Flatten", (self.graph.node("GlobalAveragePool", (flow,)),))
        weight = self.graph.constant(self._weights["_fc.weight"])
        bias = self.graph.constant(self._weights["_fc.bias"])
        return self.graph.node(
            "Softmax", (self.graph.node("Gemm", (flow, weight, bias), transB=1),)
        )

    def _normalisation(self, name: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
        """What channels are multiplied by, and what is added."""
        factor, bias, mean, variance = (
            self._weights[f"{name}.{part}"].astype(np.float64)
            for part in ("weight", "bias", "running_mean", "running_var")
        )
        scale = factor / np.sqrt(variance + _EPSILON)
        return scale.astype(np.float32), (bias - mean * scale).astype(np.float32)
