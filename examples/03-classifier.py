"""Writes 03-classifier.onnx: a small convolutional classifier with dynamic sizes, as PyTorch exports one.

python examples/03-classifier.py       (PyTorch 1.13; weights are random, seed 0)
"""

import os
from collections import OrderedDict

import torch
from torch import nn

torch.manual_seed(0)
model = nn.Sequential(
    OrderedDict(
        features=nn.Sequential(
            nn.Conv2d(3, 8, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(2),
            nn.Conv2d(8, 16, 3, padding=1),
            nn.ReLU(),
            nn.MaxPool2d(4),
        ),
        flatten=nn.Flatten(),
        classifier=nn.Linear(16 * 4 * 4, 5),  # so the last layer wants pictures of 32×32
    )
).eval()
torch.onnx.export(
    model,
    torch.zeros(1, 3, 32, 32),
    os.path.join(os.path.dirname(os.path.abspath(__file__)), "03-classifier.onnx"),
    input_names=["image"],
    output_names=["logits"],
    dynamic_axes={"image": {0: "batch", 2: "height", 3: "width"}, "logits": {0: "batch"}},
    opset_version=13,
)
