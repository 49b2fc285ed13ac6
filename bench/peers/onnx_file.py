"""Reads what torch_graph.py needs of an ONNX file, field by field of its protocol buffer (onnx/onnx.proto)."""
import struct

import numpy as np

FLOAT = 1


def varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 127) << shift
        at, shift = at + 1, shift + 7
        if byte < 128:
            return value, at


def fields(data):
    """Pairs of a field's number and its value: a number, or bytes."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        kind = key & 7
        if kind == 0:
            value, at = varint(data, at)
        elif kind == 2:
            length, at = varint(data, at)
            value, at = data[at:at + length], at + length
        elif kind == 5:
            value, at = struct.unpack_from("<f", data, at)[0], at + 4
        else:
            value, at = struct.unpack_from("<d", data, at)[0], at + 8
        yield key >> 3, value


def all_of(data, number):
    return [value for field, value in fields(data) if field == number]


def text(data):
    return bytes(data).decode()


def integers(values):
    """Repeated integers, one to a field or packed into bytes. No negative one is needed here."""
    out = []
    for value in values:
        if isinstance(value, int):
            out.append(value)
            continue
        at = 0
        while at < len(value):
            number, at = varint(value, at)
            out.append(number)
    return out


def attribute(data):
    parts = dict(fields(data))
    name = text(parts[1])
    if 8 in parts:
        return name, integers(all_of(data, 8))
    if 4 in parts:
        return name, text(parts[4])
    return name, parts.get(3, parts.get(2))


def array(data):
    parts = dict(fields(data))
    shape = integers(all_of(data, 1))
    if parts[2] != FLOAT:
        return text(parts[8]), None
    raw = parts[9] if 9 in parts else b"".join(all_of(data, 4))
    return text(parts[8]), np.frombuffer(raw, np.float32).reshape(shape).copy()


def read(path):
    """Nodes, in order, the weights by name, and the name of the input."""
    with open(path, "rb") as file:
        (graph,) = all_of(memoryview(file.read()), 7)
    weights = dict(array(data) for data in all_of(graph, 5))
    nodes = [{
        "op": text(all_of(data, 4)[0]),
        "name": text(all_of(data, 2)[0]),
        "inputs": [text(name) for name in all_of(data, 1)],
        "attributes": dict(attribute(a) for a in all_of(data, 5)),
    } for data in all_of(graph, 1)]
    inputs = [text(all_of(data, 1)[0]) for data in all_of(graph, 11)]
    return nodes, weights, next(name for name in inputs if name not in weights)
