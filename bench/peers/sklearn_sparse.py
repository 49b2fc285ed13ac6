#!/usr/bin/env python3
"""Peer of the omp benchmark: the same signals coded, and a dictionary learnt, by scikit-learn.

  sklearn_sparse.py make FILE.f32   [--signals 20000 --length 512 --atoms 1024 --parts 5 --noise 0.05 --seed 0]
      writes signals (signals × length, float32, row by row), sums of so many atoms of a dictionary that nothing else knows, and
      noise; and the dictionary (atoms × length) as FILE.D.f32
  sklearn_sparse.py omp FILE.f32    codes all signals with FILE.D.f32 whenever a line is read
  sklearn_sparse.py learn FILE.f32  learns a dictionary whenever a line, a number of iterations, is read

Each answer is a line of JSON: milliseconds, processor time, the relative squared error, and the most memory so far.

  Debian: apt-get install python3-sklearn libopenblas0-pthread, and run with /usr/bin/python3
"""
import argparse
import json
import os
import resource
import sys
import time

# Old OpenBLAS builds do not know recent processors and would fall back to generic kernels.
if os.path.exists("/proc/cpuinfo") and " avx512f " in open("/proc/cpuinfo").read():
    os.environ.setdefault("OPENBLAS_CORETYPE", "SKYLAKEX")

import numpy as np  # noqa: E402


def make(task):
    random = np.random.default_rng(task.seed)
    atoms = random.standard_normal((task.atoms, task.length))
    atoms /= np.sqrt((atoms**2).sum(1, keepdims=True))
    chosen = random.random((task.signals, task.atoms)).argpartition(task.parts, axis=1)[:, : task.parts]
    amounts = random.standard_normal((task.signals, task.parts))
    signals = sum(amounts[:, [k]] * atoms[chosen[:, k]] for k in range(task.parts))
    mean_length = np.sqrt((signals**2).sum(1)).mean()
    signals += task.noise * mean_length / np.sqrt(task.length) * random.standard_normal(signals.shape)
    signals.astype("<f4").tofile(task.file)
    atoms.astype("<f4").tofile(dictionary_file(task))


def dictionary_file(task):
    return task.file.removesuffix(".f32") + ".D.f32"


def read(path, length):
    return np.fromfile(path, "<f4").reshape(-1, length).astype(np.float64)


def answer(**figures):
    print(json.dumps(figures), flush=True)


def serve(task, work):
    """`work`: from the number in a line to a dictionary and the codes of all signals by it."""
    signals = read(task.file, task.length)
    answer(signals=len(signals))
    for line in sys.stdin:
        begin, cpu = time.perf_counter(), time.process_time()
        atoms, codes = work(signals, int(line))
        ms, cpu_ms = 1e3 * (time.perf_counter() - begin), 1e3 * (time.process_time() - cpu)
        error = ((signals - codes @ atoms) ** 2).sum() / (signals**2).sum()
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        answer(ms=ms, cpuMs=cpu_ms, error=float(error), peakMiB=peak)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("what", choices=["make", "omp", "learn"])
    parser.add_argument("file")
    for name, usual in {"signals": 20_000, "length": 512, "atoms": 1024, "parts": 5, "seed": 0}.items():
        parser.add_argument(f"--{name}", type=int, default=usual)
    parser.add_argument("--noise", type=float, default=0.05)
    task = parser.parse_args()
    if task.what == "make":
        make(task)
        return

    from sklearn.decomposition import MiniBatchDictionaryLearning
    from sklearn.linear_model import orthogonal_mp_gram

    def coded(atoms, signals):
        return orthogonal_mp_gram(atoms @ atoms.T, atoms @ signals.T, n_nonzero_coefs=task.parts).T

    if task.what == "omp":
        known = read(dictionary_file(task), task.length)
        serve(task, lambda signals, _: (known, coded(known, signals)))
        return

    def learnt(signals, iterations):
        learner = MiniBatchDictionaryLearning(
            n_components=task.atoms, max_iter=iterations, batch_size=1024, fit_algorithm="lars",
            transform_algorithm="omp", transform_n_nonzero_coefs=task.parts, random_state=task.seed)
        atoms = learner.fit(signals).components_
        return atoms, coded(atoms, signals)

    serve(task, learnt)


main()
