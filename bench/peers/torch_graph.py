"""An ONNX network as a PyTorch module: the few operators of Caffe's classifiers."""
import torch
import torch.nn.functional as F
from onnx_file import read
from torch import nn


class LocalResponseNorm(nn.Module):
    """As F.local_response_norm, in half the time: the sum over channels is a convolution, t^-0.75 two inverse roots."""

    def __init__(self, channels, size, alpha, beta, bias):
        super().__init__()
        assert beta == 0.75 and size % 2 == 1
        at = torch.arange(channels)
        band = ((at[:, None] - at[None]).abs() <= size // 2).float() * (alpha / size)
        self.register_buffer("band", band[:, :, None, None])
        self.register_buffer("bias", torch.full((channels,), float(bias)))

    def forward(self, x):
        root = F.conv2d(x * x, self.band, self.bias).rsqrt()
        return x * (root * root.sqrt())


def pads_of(attributes):
    assert attributes.get("auto_pad", "NOTSET") == "NOTSET"
    pads = attributes.get("pads", [0, 0, 0, 0])
    assert pads[:2] == pads[2:]
    return pads[:2]


def operator(node, channels, weights, tuned):
    """What a node does with its inputs that are no weights."""
    op, a = node["op"], node["attributes"]
    if op == "Conv":
        pads = pads_of(a)
        assert a.get("group", 1) == 1
        weight, bias = (weights[name] for name in node["inputs"][1:])
        return lambda x: F.conv2d(x, weight, bias, stride=a["strides"], padding=pads)
    if op == "Relu":
        # In place, as torchvision has it: nothing else reads what a convolution gave.
        return lambda x: F.relu(x, inplace=True)
    if op == "MaxPool":
        pads = pads_of(a)
        return lambda x: F.max_pool2d(x, a["kernel_shape"], a["strides"], pads, ceil_mode=a.get("ceil_mode", 0) == 1)
    if op == "LRN":
        choices = a["size"], a["alpha"], a["beta"], a.get("bias", 1)
        if tuned:
            return LocalResponseNorm(channels[node["inputs"][0]], *choices)
        return lambda x: F.local_response_norm(x, *choices)
    if op == "Concat":
        return lambda *xs: torch.cat(xs, a["axis"])
    if op == "GlobalAveragePool":
        return lambda x: F.adaptive_avg_pool2d(x, 1)
    if op == "Flatten":
        return lambda x: torch.flatten(x, a.get("axis", 1))
    if op == "Gemm":
        assert (a.get("alpha", 1), a.get("beta", 1), a.get("transA", 0), a["transB"]) == (1, 1, 0, 1)
        weight, bias = (weights[name] for name in node["inputs"][1:])
        return lambda x: F.linear(x, weight, bias)
    raise SystemExit(f"the peer does not know the operator {op}")


class Graph(nn.Module):
    """The part of the network that `layer` needs; `memory_format` is that of its weights, `tuned` avoids slow functions."""

    def __init__(self, path, layer, memory_format, tuned):
        super().__init__()
        nodes, arrays, self.input = read(path)
        weights = {}
        for name, array in arrays.items():
            if array is not None:
                weight = torch.from_numpy(array)
                weights[name] = weight.contiguous(memory_format=memory_format) if weight.dim() == 4 else weight
        needed, chosen = {layer}, []
        for node in reversed(nodes):
            if node["name"] in needed:
                chosen.insert(0, node)
                needed.update(node["inputs"])
        self.layer, self.steps = layer, []
        channels = {}
        for node in chosen:
            given = [name for name in node["inputs"] if name not in weights]
            if node["op"] in ("Conv", "Gemm"):
                channels[node["name"]] = arrays[node["inputs"][1]].shape[0]
            else:
                channels[node["name"]] = sum(channels[name] for name in given)
            self.steps.append((operator(node, channels, weights, tuned), given, node["name"]))

    def forward(self, x):
        values = {self.input: x}
        for apply, given, name in self.steps:
            values[name] = apply(*(values[g] for g in given))
        return values[self.layer]
