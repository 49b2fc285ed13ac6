#!/usr/bin/env python3
"""Peer of the xcov benchmark: an XCov autoencoder (Cheung et al. 2014) on MNIST, trained in PyTorch as one would write it.

Takes a task as JSON: the folder of MNIST's files, those of the start, and the threads of OpenBLAS, which multiplies the
matrices, and of PyTorch, which does everything else. Starts with the weights of the other side, sees the same pictures in
the same order, and answers every line, a number of steps, with the milliseconds they took, the processor time, and the mean
of their losses, as one line of JSON.

  Debian: apt-get install python3-torch libopenblas0-pthread, and run with /usr/bin/python3
"""
import json
import os
import sys
import time

task = json.loads(sys.argv[1])
# Old OpenBLAS builds do not know recent processors and would fall back to generic kernels.
if " avx512f " in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
os.environ["OPENBLAS_NUM_THREADS"] = str(task["blasThreads"])

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch import nn  # noqa: E402

# As the other side has it; before any thread is started, so that all of them inherit it.
torch.set_flush_denormal(True)
torch.set_num_threads(task["threads"])


class Autoencoder(nn.Module):
    """784-500-500-(10 softmax, 2 linear)-500-500-784."""

    def __init__(self):
        super().__init__()
        self.trunk = nn.Sequential(nn.Linear(784, 500), nn.ReLU(), nn.Linear(500, 500), nn.ReLU())
        self.label = nn.Linear(500, 10)
        self.latents = nn.Linear(500, 2)
        self.decoder = nn.Sequential(
            nn.Linear(12, 500), nn.ReLU(), nn.Linear(500, 500), nn.ReLU(), nn.Linear(500, 784))

    def layers(self):
        """By the names that the other side has for them."""
        return {
            "encoder.1": self.trunk[0], "encoder.2": self.trunk[2], "label": self.label, "latents": self.latents,
            "decoder.1": self.decoder[0], "decoder.2": self.decoder[2], "picture": self.decoder[4],
        }

    def forward(self, x):
        seen = self.trunk(x)
        logits, latents = self.label(seen), self.latents(seen)
        label = logits.softmax(1)
        return logits, label, latents, self.decoder(torch.cat([label, latents], 1))


def cross_covariance(label, latents):
    label = label - label.mean(0, keepdim=True)
    latents = latents - latents.mean(0, keepdim=True)
    return (label.t() @ latents / len(label)).square().sum() / 2


def start_with(network, path):
    """The other side's weights, inputs × outputs, into layers that hold outputs × inputs."""
    with open(f"{path}.json") as file:
        shapes = json.load(file)
    numbers = torch.from_numpy(np.fromfile(f"{path}.weights.bin", np.float32))
    layers = network.layers()
    with torch.no_grad():
        for name, shape in shapes:
            size = int(np.prod(shape))
            own, numbers = numbers[:size].view(shape), numbers[size:]
            layer, kind = name.rsplit(".", 1)
            getattr(layers[layer], kind).copy_(own.t() if kind == "weight" else own)
    assert len(numbers) == 0


def read(name, header):
    return np.fromfile(os.path.join(task["data"], name), np.uint8)[header:]


class Training:
    def __init__(self):
        # In single precision from the beginning: the fastest that there is.
        self.pictures = torch.from_numpy(read("train-images-idx3-ubyte", 16).reshape(-1, 784).astype(np.float32) / 255)
        self.labels = torch.from_numpy(read("train-labels-idx1-ubyte", 8).astype(np.int64))
        self.order = torch.from_numpy(np.fromfile(f"{task['start']}.order.bin", np.int32).astype(np.int64))
        self.network = Autoencoder()
        start_with(self.network, task["start"])
        self.optimizer = torch.optim.Adam(self.network.parameters(), lr=task["rate"], foreach=task["foreach"])
        self.taken = 0

    def step(self):
        begin = self.taken * task["batch"]
        places = torch.arange(begin, begin + task["batch"]) % len(self.order)
        rows = self.order[places]
        x, y = self.pictures[rows], self.labels[rows]
        logits, label, latents, drawn = self.network(x)
        weights = task["weights"]
        loss = (weights["alpha"] * (x - drawn).square().sum(1).mean()
                + weights["beta"] * F.cross_entropy(logits, y)
                + weights["gamma"] * cross_covariance(label, latents))
        self.optimizer.zero_grad(set_to_none=True)
        loss.backward()
        self.optimizer.step()
        self.taken += 1
        return loss.item()


training = Training()
print(json.dumps({"ready": True}), flush=True)
for line in sys.stdin:
    steps = int(line)
    begin, before = time.perf_counter(), time.process_time()
    losses = [training.step() for _ in range(steps)]
    elapsed, spent = time.perf_counter() - begin, time.process_time() - before
    print(json.dumps({"ms": elapsed * 1e3, "cpuMs": spent * 1e3, "loss": sum(losses) / steps}), flush=True)
