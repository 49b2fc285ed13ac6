/** @file Scan: runs its body once for each element along an axis of its inputs, carrying states from one to the next. */
import { type Body, body, int, ints } from "../../graph/attribute.js";
import { add, mul } from "../../graph/builder.js";
import { emit, input } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import type { Nd } from "../../graph/nd.js";
import { type Case, defineOp, type ImportCall, undifferentiable } from "../../graph/op.js";
import { typeWithoutShape, Value, type ValueType } from "../../graph/value.js";
import { resolveAxis } from "../axes.js";
import { uniform } from "../case.js";
import { evaluate } from "../evaluate.js";
import { refuseEmpty } from "../refuse-empty.js";
import { stack, unstacked } from "./stack.js";
import { checkBody, sameShape, shapeOf, shapeUnknown, typedBody } from "./typed-body.js";

/** How many inputs of the node are states; the others are gone through. */
function stateCount(inputs: number, scanned: number): number {
  if (scanned < 1 || scanned > inputs) {
    throw new NoemaError("SCAN_INPUTS", {
      found: `num_scan_inputs ${scanned} of ${inputs} inputs`,
      needed: "at least one, and no more than there are",
    });
  }
  return inputs - scanned;
}

/** What the body gets of an input that is gone through. */
function elementType(x: ValueType, axisGiven: number): ValueType {
  const shape = shapeOf(x);
  if (shape === null) return typeWithoutShape(x.dtype, (x as Value).failure!);
  const axis = resolveAxis(axisGiven, shape.length);
  return { dtype: x.dtype, shape: shape.filter((_, i) => i !== axis) };
}

interface ScanAttributes {
  readonly num_scan_inputs: number;
  readonly scan_input_axes: readonly number[] | undefined;
}

/** How many elements there are to go through; null where it is not known before running. */
function lengthOf(scanned: readonly (readonly number[] | null)[], axes: readonly number[] | undefined): number | null {
  const lengths = scanned.flatMap((shape, i) =>
    shape === null ? [] : [shape[resolveAxis(axes?.[i] ?? 0, shape.length)]],
  );
  if (lengths.some((length) => length !== lengths[0])) {
    throw new NoemaError("SCAN_LENGTHS", {
      found: `inputs of ${lengths.join(" and ")} elements`,
      needed: "all inputs that are gone through have as many",
    });
  }
  return lengths[0] ?? null;
}

/** The body on the types that the node's inputs give it. */
function bodyFor(
  inner: Body,
  inputs: readonly Value[],
  { num_scan_inputs: scanned, scan_input_axes: axes }: ScanAttributes,
) {
  const states = stateCount(inputs.length, scanned);
  checkBody(inner, inputs.length, inner.outputs.length);
  const types = inputs.map((x, i) => (i < states ? x : elementType(x, axes?.[i - states] ?? 0)));
  return typedBody(inner, types, { firstInput: 0, firstOutput: 0, count: states });
}

/** s ← s·x + 1, with each s collected. */
function example(shape: readonly number[]): Body {
  const [state, element] = [input("state", shape), input("element", shape)];
  const next = add(mul(state, element), 1);
  return { inputs: [state, element], outputs: [next, next] };
}

function examples(): Case[] {
  const one = { num_scan_inputs: 1 };
  return [
    { inputs: [uniform([2]), uniform([3, 2])], attributes: { ...one, body: example([2]) }, outputs: 2, note: "rows" },
    {
      inputs: [uniform([2]), uniform([2, 4])],
      attributes: { ...one, body: example([2]), scan_input_axes: [-1], scan_output_axes: [1] },
      outputs: 2,
      note: "columns",
    },
    {
      inputs: [uniform([2]), uniform([3, 2])],
      attributes: { ...one, body: example([2]), scan_input_directions: [1], scan_output_directions: [1] },
      outputs: 2,
      note: "backwards",
    },
  ];
}

export const Scan = defineOp({
  name: "Scan",
  since: 16,
  attributes: {
    body: body.required(),
    num_scan_inputs: int.required(),
    scan_input_axes: ints(),
    scan_input_directions: ints(),
    scan_output_axes: ints(),
    scan_output_directions: ints(),
  },
  shape: (inputs, { body: inner, num_scan_inputs: scanned, scan_input_axes, scan_output_axes }, outputCount) => {
    refuseEmpty(inputs);
    const states = stateCount(inputs.length, scanned);
    checkBody(inner, inputs.length, outputCount);
    const length = lengthOf(
      inputs.slice(states).map(({ knownShape }) => knownShape),
      scan_input_axes,
    );
    return inner.outputs.map((output, i): ValueType => {
      const { dtype, knownShape } = output;
      if (i < states) {
        if (sameShape(inputs[i].knownShape, knownShape)) return { dtype, shape: output.shape };
        return typeWithoutShape(dtype, shapeUnknown(`the shape of state ${i} is only known while running`));
      }
      if (knownShape === null || length === null) {
        return typeWithoutShape(dtype, shapeUnknown(`the shape of output ${i} is only known while running`));
      }
      const shape = [...knownShape];
      shape.splice(resolveAxis(scan_output_axes?.[i - states] ?? 0, shape.length + 1), 0, length);
      return { dtype, shape };
    });
  },
  gradient: undifferentiable(
    "loops run forward only; a fixed number of iterations can be written out one after another",
  ),
  oracle: (inputs, attributes, types) => {
    const { body: inner, num_scan_inputs: scanned, scan_input_axes: axes } = attributes;
    const count = stateCount(inputs.length, scanned);
    let states = inputs.slice(0, count);
    const sequences = inputs.slice(count);
    const inputAxes = sequences.map(({ dims }, i) => resolveAxis(axes?.[i] ?? 0, dims.length));
    const length = sequences[0].dims[inputAxes[0]];
    const collected = inner.outputs.slice(count).map((): Nd[] => []);
    for (let t = 0; t < length; t++) {
      const elements = sequences.map((x, i) => {
        const backwards = attributes.scan_input_directions?.[i] === 1;
        return unstacked(x, inputAxes[i], backwards ? length - 1 - t : t);
      });
      const given = [...states, ...elements];
      const results = evaluate(inner.outputs, new Map(inner.inputs.map((v, i) => [v, given[i]])));
      states = results.slice(0, count);
      collected.forEach((rows, i) => {
        rows.push(results[count + i]);
      });
    }
    const joined = collected.map((rows, i) => {
      const whole = shapeOf(types[count + i]);
      const rank = rows[0] === undefined ? whole!.length : rows[0].dims.length + 1;
      const axis = resolveAxis(attributes.scan_output_axes?.[i] ?? 0, rank);
      return stack(attributes.scan_output_directions?.[i] === 1 ? rows.toReversed() : rows, axis, whole);
    });
    return [...states, ...joined];
  },
  // Made on demand: when this file is loaded, the operators are not there yet.
  get cases() {
    return examples();
  },
  import: (call) => {
    if (call.opset < 9) return batched(call);
    const { body: inner, num_scan_inputs: scanned, scan_input_axes } = call.attributes;
    const inputs = call.inputs.filter((v): v is Value => v !== null);
    if (inner === undefined || scanned === undefined || inputs.length !== call.inputs.length) return undefined;
    const own = {
      num_scan_inputs: scanned as number,
      scan_input_axes: scan_input_axes as readonly number[] | undefined,
    };
    const typed = bodyFor(inner as Body, inputs, own);
    return emit("Scan", inputs, { ...call.attributes, body: typed }, { outputs: call.outputCount });
  },
});

/** Opset 8 goes through sequences of a whole batch: a Scan over the batch, in whose body stands the Scan of today. */
function batched({ label, inputs: [lengths, ...rest], attributes, outputCount }: ImportCall): readonly Value[] {
  const { body: inner, num_scan_inputs: scanned, directions } = attributes;
  const inputs = rest.filter((v): v is Value => v !== null);
  if (lengths || inner === undefined || scanned === undefined || inputs.length !== rest.length) {
    throw new NoemaError("SCAN_INPUTS", {
      where: label,
      found: lengths ? "it has sequence_lens" : "an input or attribute is missing",
      needed: "of opset 8, scans over whole sequences are read",
      remedy: "Convert the model to opset 9 or newer with onnx.version_converter.",
    });
  }
  const samples = inputs.map((x): Value => {
    const type = elementType(x, 0);
    return type instanceof Value ? type : new Value({ dtype: type.dtype, shape: type.shape });
  });
  const own = { num_scan_inputs: scanned as number, scan_input_axes: undefined };
  const given = {
    num_scan_inputs: scanned,
    body: bodyFor(inner as Body, samples, own),
    scan_input_directions: directions,
  };
  const outputs = emit("Scan", samples, given, { outputs: outputCount });
  const whole = { num_scan_inputs: inputs.length, body: { inputs: samples, outputs } };
  return emit("Scan", inputs, whole, { outputs: outputCount });
}
