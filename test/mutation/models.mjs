/** @file Small valid models of many kinds, to be corrupted. */
const { build, emit, input, constant, Tensor, writeModel } = await import("../../packages/engine/dist/index.js");
const { encodeModel } = await import("../../packages/engine/dist/graph/encode.testing.js");
const { decodeModel } = await import("../../packages/engine/dist/graph/decode.js");

/** The models by name, as bytes of ONNX files. */
export function baseModels() {
  const made = {
    convolutions,
    recurrent,
    transformer,
    indexing,
    bodies,
    functions,
    "typed-data": typedData,
    "old-opset": oldOpset,
  };
  return Object.fromEntries(Object.entries(made).map(([name, make]) => [name, make()]));
}

const one = (op, inputs, attributes = {}) => emit(op, inputs, attributes)[0];
const ints = (values) => constant(Tensor.ofNumbers("int64", [values.length], values));

/** Smooth numbers without a generator: the same in every run. */
function weight(...dims) {
  const size = dims.reduce((a, b) => a * b, 1);
  return constant(
    Tensor.of(
      "float32",
      dims,
      Float32Array.from({ length: size }, (_, i) => Math.sin(1 + 1.7 * i) / 2),
    ),
  );
}

const written = (inputs, outputs) => writeModel({ inputs, outputs }).bytes;

function convolutions() {
  const x = input("x", [1, 3, 12, 12]);
  const a = one("Relu", [one("Conv", [x, weight(4, 3, 3, 3), weight(4)], { pads: [1, 1, 1, 1] })]);
  const pooled = one("MaxPool", [a], { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] });
  const normal = one("LRN", [pooled], { size: 3 });
  const wide = one("Conv", [normal, weight(4, 2, 3, 3)], { group: 2, strides: [2, 2], pads: [1, 1, 1, 1] });
  const mean = one("AveragePool", [normal], { kernel_shape: [2, 2], strides: [2, 2] });
  const batch = one("BatchNormalization", [wide, weight(4), weight(4), weight(4), build.abs(weight(4))]);
  const up = one("ConvTranspose", [build.concat([batch, mean], 1), weight(8, 2, 2, 2)], { strides: [2, 2] });
  const flat = build.reshape(one("GlobalAveragePool", [up]), [1, 2]);
  const y = build.softmax(one("Gemm", [flat, weight(5, 2), weight(5)], { transB: 1 }), 1);
  return written({ x }, { y });
}

function recurrent() {
  const x = input("x", [4, 2, 3]);
  const lstm = emit(
    "LSTM",
    [x, weight(2, 20, 3), weight(2, 20, 5), weight(2, 40)],
    { hidden_size: 5, direction: "bidirectional" },
    { outputs: 3 },
  );
  const merged = build.reshape(build.transpose(lstm[0], [0, 2, 1, 3]), [4, 2, 10]);
  const gru = emit("GRU", [merged, weight(1, 12, 10), weight(1, 12, 4)], { hidden_size: 4 }, { outputs: 2 });
  return written({ x }, { y: gru[0], last: gru[1], cells: lstm[2] });
}

function transformer() {
  const x = input("x", [1, 6, 8]);
  const normal = one("LayerNormalization", [x, weight(8), weight(8)], { axis: -1 });
  const heads = (w) => build.transpose(build.reshape(build.matmul(normal, w), [1, 6, 2, 4]), [0, 2, 1, 3]);
  const [q, k, v] = [heads(weight(8, 8)), heads(weight(8, 8)), heads(weight(8, 8))];
  const scores = build.softmax(build.div(build.matmul(q, build.transpose(k, [0, 1, 3, 2])), 2), -1);
  const mixed = build.reshape(build.transpose(build.matmul(scores, v), [0, 2, 1, 3]), [1, 6, 8]);
  const added = build.add(x, mixed);
  const hidden = one("Gelu", [build.matmul(added, weight(8, 16))]);
  const y = one("Einsum", [build.add(added, build.matmul(hidden, weight(16, 8))), weight(8, 3)], {
    equation: "bti,io->bto",
  });
  return written({ x }, { y });
}

function indexing() {
  const x = input("x", [2, 3, 4]);
  const padded = one("Pad", [x, ints([0, 1, 1, 0, 1, 1])], { mode: "reflect" });
  const cut = build.slice(padded, [0, 5], [5, -7], [1, 2], [2, -1]);
  const [a, b] = build.split(cut, [1, 2], 1);
  const picked = build.gather(b, ints([1, 0, 1]), 1);
  const [top] = emit("TopK", [picked, ints([2])], { axis: 2 }, { outputs: 2 });
  const scattered = one("ScatterND", [top, constant(Tensor.ofNumbers("int64", [1, 2], [0, 1])), weight(1, 2)]);
  const tiled = one("Tile", [a, ints([1, 3, 1])]);
  const sized = one(
    "Resize",
    [build.unsqueeze(tiled, [0]), null, constant(Tensor.ofNumbers("float32", [4], [1, 1, 2, 1.5]))],
    { mode: "linear" },
  );
  const summed = build.reduceSum(sized, [2], { keepdims: false });
  return written({ x }, { y: scattered, z: one("CumSum", [summed, constant(Tensor.ofNumbers("int64", [], [1]))]) });
}

/** What the engine itself writes has few names; hand-made protos say more. */
const tensorInfo = (name, dims, dataType = 1n) => ({
  name,
  type: {
    tensor: {
      dataType,
      shape: { dims: dims.map((d) => (typeof d === "string" ? { parameter: d } : { value: BigInt(d) })) },
    },
  },
});

const file = (graph, version = 21n, parts = {}) =>
  encodeModel({ irVersion: 10n, opsetImport: [{ domain: "", version }], graph: { name: "graph", ...graph }, ...parts });

const float32 = (name, dims, values) => ({
  name,
  dims: dims.map(BigInt),
  dataType: 1n,
  raw: new Uint8Array(Float32Array.from(values).buffer),
});

const int64 = (name, dims, values) => ({
  name,
  dims: dims.map(BigInt),
  dataType: 7n,
  raw: new Uint8Array(BigInt64Array.from(values.map(BigInt)).buffer),
});

function bodies() {
  const loopBody = {
    name: "body",
    inputs: [tensorInfo("i", [], 7n), tensorInfo("go", [], 9n), tensorInfo("state", [1, 3])],
    outputs: [tensorInfo("go_out", [], 9n), tensorInfo("state_out", [1, 3]), tensorInfo("scan", [1, 3])],
    nodes: [
      { op: "Identity", inputs: ["go"], outputs: ["go_out"] },
      { op: "Mul", inputs: ["state", "w"], outputs: ["scaled"] },
      { op: "Tanh", inputs: ["scaled"], outputs: ["state_out"] },
      { op: "Add", inputs: ["state_out", "x"], outputs: ["scan"] },
    ],
  };
  const quietBody = {
    name: "quiet",
    inputs: [tensorInfo("k", [], 7n), tensorInfo("still", [], 9n), tensorInfo("last", [1, 3])],
    outputs: [tensorInfo("still_out", [], 9n), tensorInfo("next", [1, 3])],
    nodes: [
      { op: "Identity", inputs: ["still"], outputs: ["still_out"] },
      { op: "Sin", inputs: ["last"], outputs: ["next"] },
    ],
  };
  const branch = (name, op) => ({
    name,
    outputs: [tensorInfo(`${name}_out`, [1, 3])],
    nodes: [{ op, inputs: ["x"], outputs: [`${name}_out`] }],
  });
  const graphAttribute = (name, graph) => ({ name, graph, type: 5n });
  return file({
    inputs: [tensorInfo("x", ["batch", 3])],
    outputs: [tensorInfo("y", [1, 3]), tensorInfo("scans", [3, 1, 3]), tensorInfo("looped", [1, 3])],
    initializers: [
      int64("trips", [], [3]),
      { name: "yes", dims: [], dataType: 9n, int32s: [1n] },
      float32("w", [3], [0.5, -0.25, 2]),
    ],
    nodes: [
      {
        op: "Loop",
        inputs: ["trips", "yes", "x"],
        outputs: ["turned", "scans"],
        attributes: [graphAttribute("body", loopBody)],
      },
      {
        op: "Loop",
        inputs: ["trips", "yes", "turned"],
        outputs: ["looped"],
        attributes: [graphAttribute("body", quietBody)],
      },
      { op: "ReduceSum", inputs: ["x"], outputs: ["sum"], attributes: [{ name: "keepdims", int: 0n, type: 2n }] },
      { op: "Greater", inputs: ["sum", "zero"], outputs: ["positive"] },
      { op: "Constant", outputs: ["zero"], attributes: [{ name: "value", type: 4n, tensor: float32("", [], [0]) }] },
      {
        op: "If",
        inputs: ["positive"],
        outputs: ["y"],
        attributes: [
          graphAttribute("then_branch", branch("then", "Neg")),
          graphAttribute("else_branch", branch("else", "Exp")),
        ],
      },
    ],
  });
}

function functions() {
  const custom = {
    name: "Scaled",
    domain: "house",
    inputs: ["a", "b"],
    outputs: ["c"],
    attributeNames: ["alpha"],
    opsetImport: [{ domain: "", version: 21n }],
    nodes: [
      { op: "LeakyRelu", inputs: ["a"], outputs: ["t"], attributes: [{ name: "alpha", reference: "alpha", type: 1n }] },
      { op: "MatMul", inputs: ["t", "b"], outputs: ["c"] },
    ],
  };
  const call = (x, y) => ({
    op: "Scaled",
    domain: "house",
    inputs: [x, "w"],
    outputs: [y],
    attributes: [{ name: "alpha", float: 0.1, type: 1n }],
  });
  return file(
    {
      inputs: [tensorInfo("x", [2, 3])],
      outputs: [tensorInfo("y", [2, 3])],
      initializers: [float32("w", [3, 3], [1, 2, 3, 4, 5, 6, 7, 8, 9])],
      nodes: [call("x", "t"), call("t", "y")],
    },
    21n,
    {
      opsetImport: [
        { domain: "", version: 21n },
        { domain: "house", version: 1n },
      ],
      functions: [custom],
    },
  );
}

/** Initializers of every element type, in the typed fields and as raw bytes. */
function typedData() {
  const bits = (array) => [new Uint8Array(array.buffer)];
  const typed = {
    float32: { dataType: 1n, floats: bits(Float32Array.of(1, -2.5)) },
    uint8: { dataType: 2n, int32s: [3n, 255n] },
    int8: { dataType: 3n, int32s: [-3n, 127n] },
    uint16: { dataType: 4n, int32s: [4n, 65535n] },
    int16: { dataType: 5n, int32s: [-4n, 32767n] },
    int32: { dataType: 6n, int32s: [-5n, 7n] },
    int64: { dataType: 7n, int64s: [-6n, 8n] },
    bool: { dataType: 9n, int32s: [1n, 0n] },
    float16: { dataType: 10n, int32s: [0x3c00n, 0xc000n] },
    double: { dataType: 11n, doubles: bits(Float64Array.of(0.5, -0.125)) },
    uint32: { dataType: 12n, uint64s: [9n, 10n] },
    uint64: { dataType: 13n, uint64s: [11n, 12n] },
    bfloat16: { dataType: 16n, int32s: [0x3f80n, 0xbf80n] },
    rawHalf: { dataType: 10n, raw: Uint8Array.of(0, 0x3c, 0, 0x40) },
    rawDouble: { dataType: 11n, raw: new Uint8Array(Float64Array.of(3, 4).buffer) },
  };
  const names = Object.keys(typed);
  return file({
    inputs: [tensorInfo("x", [3, 2])],
    outputs: [tensorInfo("y", [3, 2])],
    initializers: names.map((name) => ({ name, dims: [2n], ...typed[name] })),
    nodes: names.flatMap((name, i) => [
      { op: "Cast", inputs: [name], outputs: [`${name}_float`], attributes: [{ name: "to", int: 1n, type: 2n }] },
      {
        op: "Add",
        inputs: [i === 0 ? "x" : `sum${i - 1}`, `${name}_float`],
        outputs: [i === names.length - 1 ? "y" : `sum${i}`],
      },
    ]),
  });
}

/** The forms of opset 9: axes, pads and limits as attributes, softmax over two dimensions, a classifier of its time. */
function oldOpset() {
  const attribute = {
    ints: (name, values) => ({ name, ints: values.map(BigInt), type: 7n }),
    int: (name, value) => ({ name, int: BigInt(value), type: 2n }),
    float: (name, value) => ({ name, float: value, type: 1n }),
    string: (name, value) => ({ name, string: new TextEncoder().encode(value), type: 3n }),
  };
  return file(
    {
      inputs: [tensorInfo("x", ["N", 2, 4, 4]), tensorInfo("w", [3, 16])],
      outputs: [tensorInfo("y", ["N", 3])],
      initializers: [
        float32(
          "w",
          [3, 16],
          Array.from({ length: 48 }, (_, i) => Math.cos(i)),
        ),
      ],
      nodes: [
        {
          op: "Pad",
          inputs: ["x"],
          outputs: ["padded"],
          attributes: [
            attribute.ints("pads", [0, 0, 1, 1, 0, 0, 1, 1]),
            attribute.string("mode", "constant"),
            attribute.float("value", 0.5),
          ],
        },
        {
          op: "Clip",
          inputs: ["padded"],
          outputs: ["clipped"],
          attributes: [attribute.float("min", -1), attribute.float("max", 1)],
        },
        {
          op: "Slice",
          inputs: ["clipped"],
          outputs: ["cut"],
          attributes: [
            attribute.ints("axes", [2, 3]),
            attribute.ints("starts", [1, 2]),
            attribute.ints("ends", [5, 9999]),
          ],
        },
        {
          op: "ReduceMean",
          inputs: ["cut"],
          outputs: ["mean"],
          attributes: [attribute.ints("axes", [1]), attribute.int("keepdims", 1)],
        },
        { op: "Squeeze", inputs: ["mean"], outputs: ["squeezed"], attributes: [attribute.ints("axes", [1])] },
        { op: "Shape", inputs: ["squeezed"], outputs: ["shape"] },
        { op: "Gather", inputs: ["shape", "first"], outputs: ["count"] },
        { op: "Constant", outputs: ["first"], attributes: [{ name: "value", type: 4n, tensor: int64("", [], [0]) }] },
        { op: "Unsqueeze", inputs: ["count"], outputs: ["count1"], attributes: [attribute.ints("axes", [0])] },
        { op: "Constant", outputs: ["rest"], attributes: [{ name: "value", type: 4n, tensor: int64("", [1], [-1]) }] },
        { op: "Concat", inputs: ["count1", "rest"], outputs: ["flat_shape"], attributes: [attribute.int("axis", 0)] },
        { op: "Reshape", inputs: ["squeezed", "flat_shape"], outputs: ["flat"] },
        { op: "Dropout", inputs: ["flat"], outputs: ["kept"], attributes: [attribute.float("ratio", 0.5)] },
        { op: "Gemm", inputs: ["kept", "w"], outputs: ["logits"], attributes: [attribute.int("transB", 1)] },
        { op: "Softmax", inputs: ["logits"], outputs: ["y"], attributes: [attribute.int("axis", 1)] },
      ],
    },
    9n,
  );
}

/** The structure of a file, to be changed and written again. */
export const structureOf = (bytes) => decodeModel(bytes);
