#!/usr/bin/env python3
"""Peer of the dream benchmark: the same step of feature visualization in PyTorch, as Lucid and its ports have it.

Takes a task as JSON: the network's ONNX file, the layer and unit, the size and batch, the files of the start, and whether
it is tuned: in the memory format that is faster here, with a faster local response normalization. It starts from
the same pictures and moves the picture by the same affine maps, step by step, and says how far its first
objective, and the change that the first step makes, are from the other side's. Then it reads a number of steps per line, and answers with their
milliseconds and processor time, as one line of JSON.

  Debian: apt-get install python3-torch python3-torchvision libopenblas0-pthread, and run with /usr/bin/python3
"""
import json
import os
import sys
import time
import warnings

# Old OpenBLAS builds do not know recent processors and would fall back to generic kernels.
if " avx512f " in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")
# Its threads would fight with those of oneDNN.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

import numpy as np  # noqa: E402
import torch  # noqa: E402
import torch.nn.functional as F  # noqa: E402
from torch_graph import Graph  # noqa: E402

warnings.filterwarnings("ignore")
# As the other side has it; before any thread is started, so that all of them inherit it.
torch.set_flush_denormal(True)
torch.set_num_threads(int(os.environ.get("BENCH_THREADS", "2")))

# A square root of the covariance of ImageNet's colours (Lucid, param/color.py).
COLOURS = torch.tensor([[0.26, 0.09, 0.02], [0.27, 0.0, -0.05], [0.27, -0.09, 0.03]])
COLOURS = COLOURS / COLOURS.norm(dim=0).max()
# Blue, green, red, as Caffe's networks want them.
MEAN = torch.tensor([104.0, 117.0, 123.0]).view(1, 3, 1, 1)
RATE = 0.05


def gains(size):
    """√(HW) / max(frequency, 1/size), by 4 (Lucid, param/spatial.py)."""
    vertical = np.fft.fftfreq(size)[:, None]
    horizontal = np.fft.rfftfreq(size)[None]
    frequency = np.maximum(np.sqrt(vertical ** 2 + horizontal ** 2), 1 / size)
    return torch.from_numpy((size / frequency / 4).astype(np.float32))[:, :, None]


def planes(path, size, batch):
    return torch.from_numpy(np.fromfile(path, np.float32)).view(batch, 3, size, size)


def parameters_of(pictures):
    """The coefficients that `Dream.pictures` makes these pictures of: N×C×H×F×2."""
    values = torch.logit(pictures.double())
    unmixed = torch.einsum("dc,nchw->ndhw", torch.linalg.inv(COLOURS.double()), values)
    spectrum = torch.view_as_real(torch.fft.rfft2(unmixed))
    return (spectrum / gains(pictures.shape[-1])).float().contiguous()


def distance(own, other):
    return ((own - other).norm() / other.norm()).item()


class Dream:
    def __init__(self, task, memory_format):
        size, batch = task["size"], task["batch"]
        self.size, self.batch, self.unit, self.format = size, batch, task["unit"], memory_format
        with open(f"{task['start']}.json") as file:
            self.first = json.load(file)
        self.parameters = parameters_of(planes(f"{task['start']}.0.bin", size, batch)).requires_grad_(True)
        self.gains = gains(size)
        self.network = Graph(task["model"], task["layer"], memory_format, task["tuned"])
        self.optimizer = torch.optim.Adam([self.parameters], lr=RATE, maximize=True)
        self.taken = 0

    def theta(self):
        """This step's map from shown to own pixels, in torch's units: halves of the picture."""
        a, b, c, d, e, f = self.first["maps"][self.taken % len(self.first["maps"])]
        half = self.size / 2
        return torch.tensor([[[a, b, c / half], [d, e, f / half]]])

    def pictures(self):
        scaled = torch.view_as_complex(self.parameters * self.gains)
        values = torch.fft.irfft2(scaled, s=(self.size, self.size))
        return torch.sigmoid(torch.matmul(COLOURS, values.flatten(2))).view_as(values)

    def step(self):
        self.optimizer.zero_grad(set_to_none=True)
        pictures = self.pictures()
        grid = F.affine_grid(self.theta(), (1, 3, self.size, self.size), align_corners=False)
        grid = grid.expand(self.batch, -1, -1, -1)
        shown = F.grid_sample(pictures - 0.5, grid, mode="bilinear", padding_mode="zeros", align_corners=False)
        fed = (shown + 0.5).flip(1) * 255 - MEAN
        layer = self.network(fed.contiguous(memory_format=self.format))[:, self.unit]
        objective = layer.flatten(1).mean(1) if layer.dim() > 1 else layer
        objective.sum().backward()
        self.taken += 1
        self.optimizer.step()
        return objective.tolist()


def fastest(task):
    """The memory format that suits PyTorch better."""
    def seconds(memory_format):
        dream, times = Dream(task, memory_format), []
        for _ in range(6):
            begin = time.perf_counter()
            dream.step()
            times.append(time.perf_counter() - begin)
        return min(times)
    return min((torch.contiguous_format, torch.channels_last), key=seconds)


task = json.loads(sys.argv[1])
memory_format = fastest(task) if task["tuned"] else torch.contiguous_format
dream = Dream(task, memory_format)
objective = torch.tensor(dream.step())
before, after = (planes(f"{task['start']}.{step}.bin", task["size"], task["batch"]) for step in (0, 1))
print(json.dumps({
    "format": str(memory_format).replace("torch.", ""),
    "objective": distance(objective, torch.tensor(dream.first["objective"], dtype=torch.float32)),
    "change": distance(dream.pictures().detach() - before, after - before),
}), flush=True)
for line in sys.stdin:
    times, before = [], time.process_time()
    for _ in range(int(line)):
        begin = time.perf_counter()
        dream.step()
        times.append((time.perf_counter() - begin) * 1e3)
    spent = (time.process_time() - before) * 1e3
    print(json.dumps({"ms": times, "cpuMs": spent}), flush=True)
