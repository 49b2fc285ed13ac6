/** @file Ways of corrupting the structure of a model: each changes the decoded model in place. */

const extremes = [
  0n,
  1n,
  -1n,
  2n,
  -2n,
  3n,
  7n,
  64n,
  1000n,
  65_536n,
  2n ** 20n,
  2n ** 27n,
  2n ** 31n - 1n,
  2n ** 31n,
  -(2n ** 31n),
  2n ** 32n,
  2n ** 40n,
  2n ** 53n + 1n,
  2n ** 62n,
  2n ** 63n - 1n,
  -(2n ** 63n),
];
const floatExtremes = [
  0,
  -0,
  -1,
  1e-45,
  1e-30,
  1e30,
  3.4e38,
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
];

export const ofStructure = {
  "extreme dimension of a constant": (model, draws) => {
    const tensor = draws.pick(tensorsOf(model));
    if (tensor.dims?.length > 0) tensor.dims[draws.below(tensor.dims.length)] = draws.pick(extremes);
    else tensor.dims = [draws.pick(extremes)];
  },

  "extreme dimension of an input": (model, draws) => {
    const info = draws.pick([...model.graph.inputs, ...(model.graph.outputs ?? [])]);
    const dims = info.type?.tensor?.shape?.dims;
    if (dims?.length > 0) dims[draws.below(dims.length)] = { value: draws.pick(extremes) };
  },

  "rank of an input": (model, draws) => {
    const info = draws.pick(model.graph.inputs);
    const dims = Array.from({ length: draws.pick([0, 1, 2, 3, 5, 9, 70, 5000]) }, () => ({ value: 1n }));
    if (info.type?.tensor) info.type.tensor.shape = { dims };
  },

  rewire: (model, draws) => {
    const { node, nodes } = pickNode(model, draws);
    const names = nodes.flatMap((n) => n.outputs ?? []);
    if (node.inputs?.length > 0) node.inputs[draws.below(node.inputs.length)] = draws.pick(names);
  },

  "rewire to a constant": (model, draws) => {
    const { node } = pickNode(model, draws);
    const names = (model.graph.initializers ?? []).map((t) => t.name);
    if (node.inputs?.length > 0 && names.length > 0) node.inputs[draws.below(node.inputs.length)] = draws.pick(names);
  },

  cycle: (model, draws) => {
    const { node, nodes } = pickNode(model, draws);
    const after = nodes.slice(nodes.indexOf(node));
    if (node.inputs?.length > 0) node.inputs[0] = draws.pick(after).outputs?.[0] ?? "";
  },

  "name twice": (model, draws) => {
    const [a, b] = [pickNode(model, draws).node, pickNode(model, draws).node];
    if (a.outputs?.length > 0) a.outputs[0] = draws.pick([...(b.outputs ?? []), ...(b.inputs ?? [])]) ?? "";
  },

  "lost input": (model, draws) => {
    const { node } = pickNode(model, draws);
    if (node.inputs?.length > 0)
      node.inputs.splice(draws.below(node.inputs.length), 1, ...draws.pick([[], [""], ["nowhere"]]));
  },

  "one input more": (model, draws) => {
    const { node, nodes } = pickNode(model, draws);
    node.inputs = [...(node.inputs ?? []), draws.pick(nodes).outputs?.[0] ?? ""];
  },

  "one output more": (model, draws) => {
    const { node } = pickNode(model, draws);
    node.outputs = [...(node.outputs ?? []), ...Array.from({ length: draws.pick([1, 2, 300]) }, (_, i) => `more${i}`)];
  },

  "lost output": (model, draws) => {
    const { node } = pickNode(model, draws);
    node.outputs = draws.pick([[], [""], ["", ...(node.outputs ?? [])]]);
  },

  "element type": (model, draws) => {
    const type = BigInt(draws.below(28));
    const holder = draws.pick([...tensorsOf(model), ...model.graph.inputs]);
    if (holder.type?.tensor) holder.type.tensor.dataType = type;
    else holder.dataType = type;
  },

  "extreme attribute": (model, draws) => {
    const attribute = pickAttribute(model, draws);
    if (attribute === undefined) return;
    if (attribute.int !== undefined) attribute.int = draws.pick(extremes);
    else if (attribute.float !== undefined) attribute.float = draws.pick(floatExtremes);
    else if (attribute.ints?.length > 0) attribute.ints[draws.below(attribute.ints.length)] = draws.pick(extremes);
    else if (attribute.string !== undefined)
      attribute.string = Uint8Array.from({ length: draws.below(40) }, () => draws.below(256));
  },

  "all of a list extreme": (model, draws) => {
    const attribute = pickAttribute(model, draws);
    if (attribute?.ints !== undefined) attribute.ints = attribute.ints.map(() => draws.pick(extremes));
  },

  "length of a list": (model, draws) => {
    const attribute = pickAttribute(model, draws);
    if (attribute?.ints !== undefined)
      attribute.ints = Array.from({ length: draws.below(9) }, () => draws.pick(extremes));
  },

  "lost attribute": (model, draws) => {
    const { node } = pickNode(model, draws);
    if (node.attributes?.length > 0) node.attributes.splice(draws.below(node.attributes.length), 1);
  },

  "kind of an attribute": (model, draws) => {
    const attribute = pickAttribute(model, draws);
    if (attribute !== undefined) attribute.type = BigInt(draws.below(16));
  },

  "new attribute": (model, draws) => {
    const { node } = pickNode(model, draws);
    const name = draws.pick([
      "axis",
      "group",
      "pads",
      "strides",
      "dilations",
      "kernel_shape",
      "output_padding",
      "ceil_mode",
      "keepdims",
      "axes",
      "perm",
      "to",
      "mode",
      "hidden_size",
      "blocksize",
      "auto_pad",
      "largest",
      "noop_with_empty_axes",
      "size",
    ]);
    const value = draws.pick([
      { int: draws.pick(extremes), type: 2n },
      { ints: Array.from({ length: draws.below(6) }, () => draws.pick(extremes)), type: 7n },
      {
        string: new TextEncoder().encode(
          draws.pick(["", "SAME_UPPER", "edge", "wrap", "cubic", "NOTSET", "bidirectional"]),
        ),
        type: 3n,
      },
    ]);
    node.attributes = [...(node.attributes ?? []), { name, ...value }];
  },

  "other operator": (model, draws) => {
    const { node } = pickNode(model, draws);
    node.op = draws.pick([
      "Conv",
      "Relu",
      "MatMul",
      "Loop",
      "If",
      "Scan",
      "Reshape",
      "Expand",
      "Tile",
      "Resize",
      "ConstantOfShape",
      "Range",
      "Gather",
      "Concat",
      "Split",
      "Transpose",
      "LSTM",
      "TopK",
      "OneHot",
      "Einsum",
      "Pad",
      "Slice",
      "MaxPool",
      "Cast",
      "Shape",
      "Nonsense",
      "EyeLike",
      "Where",
      "CumSum",
      "ArgMax",
      "Softmax",
      "GridSample",
      "NonZero",
    ]);
    if (draws.next() < 0.3) node.domain = draws.pick(["com.microsoft", "ai.onnx.ml", "nowhere", "ai.onnx"]);
  },

  /** Shapes, axes, sizes, indices: the numbers that decide how much is computed. */
  "extreme element of an integer constant": (model, draws) => {
    const whole = tensorsOf(model).filter((t) => t.dataType === 7n && t.raw?.length >= 8);
    if (whole.length === 0) return;
    const tensor = draws.pick(whole);
    tensor.raw = tensor.raw.slice();
    new DataView(tensor.raw.buffer).setBigInt64(8 * draws.below(tensor.raw.length / 8), draws.pick(extremes), true);
  },

  "extreme element of a float constant": (model, draws) => {
    const floats = tensorsOf(model).filter((t) => t.dataType === 1n && t.raw?.length >= 4);
    if (floats.length === 0) return;
    const tensor = draws.pick(floats);
    tensor.raw = tensor.raw.slice();
    const value = draws.pick([...floatExtremes, 3, 1000, 1e6, 1e9]);
    new DataView(tensor.raw.buffer).setFloat32(4 * draws.below(tensor.raw.length / 4), value, true);
  },

  "data beside the model": (model, draws) => {
    const tensor = draws.pick(tensorsOf(model));
    delete tensor.raw;
    tensor.location = 1n;
    tensor.external = [
      { key: "location", value: draws.pick(["weights.bin", "../../../etc/passwd", "", "/dev/zero"]) },
      { key: "offset", value: draws.pick(["0", "-1", "99999999999999999999", "x"]) },
    ];
  },

  opset: (model, draws) => {
    for (const entry of model.opsetImport ?? [])
      entry.version = draws.pick([...extremes, 7n, 8n, 10n, 12n, 13n, 17n, 26n, 27n]);
  },

  "nest bodies": (model, draws) => {
    const { node } = pickNode(model, draws);
    let body = {
      nodes: [{ op: "Relu", inputs: [node.outputs?.[0] ?? ""], outputs: ["leaf"] }],
      outputs: [{ name: "leaf" }],
    };
    const depth = draws.pick([2, 10, 19, 30, 200]);
    for (let i = 0; i < depth; i++) {
      const attributes = ["then_branch", "else_branch"]
        .map((name) => ({ name, graph: body, type: 5n }))
        .slice(i < 6 ? 0 : 1);
      body = {
        nodes: [{ op: "If", inputs: [node.outputs?.[0] ?? ""], outputs: [`nest${i}`], attributes }],
        outputs: [{ name: `nest${i}` }],
      };
    }
    model.graph.nodes.push(...body.nodes);
    model.graph.outputs.push({ name: `nest${depth - 1}`, type: { tensor: { dataType: 1n } } });
  },

  "call itself": (model, draws) => {
    const name = pickNode(model, draws).node.op ?? "";
    const nodes = [0, 1].map((i) => ({
      op: "Endless",
      domain: "house",
      inputs: [i === 0 ? "a" : "b0"],
      outputs: [`b${i}`],
    }));
    model.functions = [
      ...(model.functions ?? []),
      { name: "Endless", domain: "house", inputs: ["a"], outputs: ["b1"], nodes },
    ];
    for (const node of model.graph.nodes ?? [])
      if (node.op === name) Object.assign(node, { op: "Endless", domain: "house" });
  },

  "two hundred times": (model, draws) => {
    const { node } = pickNode(model, draws);
    const [output] = node.outputs ?? [];
    let last = output ?? "";
    for (let i = 0; i < 200; i++) {
      model.graph.nodes.push({
        ...node,
        name: `again${i}`,
        inputs: [last, ...(node.inputs ?? []).slice(1)],
        outputs: [`again${i}`],
      });
      last = `again${i}`;
    }
    if (model.graph.outputs?.length > 0) model.graph.outputs[0] = { ...model.graph.outputs[0], name: last };
  },

  /** Each doubles the last: 2^60 elements where nobody counts. */
  "grow without end": (model, draws) => {
    const [first] = model.graph.inputs;
    let last = first.name;
    for (let i = 0; i < 60; i++) {
      const op = draws.pick(["Concat", "Add"]);
      model.graph.nodes.push({
        op,
        inputs: [last, last],
        outputs: [`grown${i}`],
        attributes: op === "Concat" ? [{ name: "axis", int: 0n, type: 2n }] : [],
      });
      last = `grown${i}`;
    }
    model.graph.outputs.push({ ...first, name: last });
  },

  "names without end": (model, draws) => {
    const { node } = pickNode(model, draws);
    node.name = "n".repeat(draws.pick([1, 1000, 2_000_000]));
    if (node.inputs?.length > 0) node.inputs[0] = `${node.inputs[0]}${"\u0000".repeat(draws.below(3))}`;
  },
};

/** All node lists of a model: of the graph, of bodies, of functions. */
function nodeLists(model) {
  const lists = [];
  const visit = (nodes = []) => {
    if (nodes.length > 0) lists.push(nodes);
    for (const node of nodes) for (const { graph } of node.attributes ?? []) if (graph) visit(graph.nodes);
  };
  visit(model.graph.nodes);
  for (const custom of model.functions ?? []) visit(custom.nodes);
  return lists;
}

function pickNode(model, draws) {
  const nodes = draws.pick(nodeLists(model));
  return { nodes, node: draws.pick(nodes) };
}

function pickAttribute(model, draws) {
  const all = nodeLists(model).flatMap((nodes) => nodes.flatMap((node) => node.attributes ?? []));
  return all.length === 0 ? undefined : draws.pick(all);
}

function tensorsOf(model) {
  const inAttributes = nodeLists(model).flatMap((nodes) =>
    nodes.flatMap((node) => (node.attributes ?? []).flatMap(({ tensor }) => (tensor ? [tensor] : []))),
  );
  return [...(model.graph.initializers ?? []), ...inAttributes];
}
