#!/usr/bin/env python3
"""Peer of the gradient-step benchmark: PyTorch's forward and input gradient on torchvision networks.

Debian: apt-get install python3-torch python3-torchvision libopenblas0-pthread, and run with /usr/bin/python3.
Weights are random but seeded; batch norm gets the statistics of two random batches, so that signals keep their size.

  torch_gradient_step.py export DIR ARCH ...   writes DIR/ARCH.onnx for the other side to run
  torch_gradient_step.py serve ARCH            reads a number of steps per line, answers with their milliseconds and
                                               the peak memory so far, as one line of JSON
"""
import json
import os
import resource
import sys
import time
import warnings

# Old OpenBLAS builds do not know recent processors and would fall back to generic kernels.
if " avx512f " in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
# Its threads would fight with those of oneDNN.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import torch  # noqa: E402
import torchvision  # noqa: E402

warnings.filterwarnings("ignore")
UNIT = 7


def network(arch):
    torch.manual_seed(0)
    options = {"init_weights": True, "aux_logits": False} if arch == "googlenet" else {}
    net = getattr(torchvision.models, arch)(weights=None, **options)
    for module in net.modules():
        if isinstance(module, torch.nn.BatchNorm2d):
            module.momentum = None
        if isinstance(module, (torch.nn.Conv2d, torch.nn.Linear)):
            torch.nn.init.kaiming_normal_(module.weight, nonlinearity="relu")
    net.train()
    with torch.no_grad():
        for _ in range(2):
            net(torch.randn(4, 3, 224, 224))
    net.eval()
    for parameter in net.parameters():
        parameter.requires_grad_(False)
    return net


def step(net, x):
    score = net(x)[0, UNIT]
    return torch.autograd.grad(score, x)[0]


def serve(arch):
    threads = int(os.environ.get("BENCH_THREADS", "2"))
    torch.set_num_threads(threads)
    net = network(arch)
    x = torch.randn(1, 3, 224, 224, requires_grad=True)
    step(net, x)
    print(json.dumps({"ready": True}), flush=True)
    for line in sys.stdin:
        times = []
        for _ in range(int(line)):
            start = time.perf_counter()
            step(net, x)
            times.append((time.perf_counter() - start) * 1e3)
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(json.dumps({"ms": times, "peakMiB": peak}), flush=True)


if sys.argv[1] == "export":
    for arch in sys.argv[3:]:
        torch.onnx.export(
            network(arch),
            torch.randn(1, 3, 224, 224),
            f"{sys.argv[2]}/{arch}.onnx",
            opset_version=16,
            input_names=["x"],
            output_names=["y"],
        )
else:
    serve(sys.argv[2])
