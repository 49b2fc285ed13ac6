/** @file receptiveField: which pixels of a picture a position of a layer sees. */
import { type Node, Tensor, type Value } from "@noema/engine";

/** Along one side of the picture: position i sees pixels step·i + from … step·i + to; those beyond the picture are padding. */
export interface Field {
  readonly step: number;
  readonly from: number;
  readonly to: number;
}

export interface ReceptiveField {
  readonly rows: Field;
  readonly columns: Field;
}

interface AxisField extends Field {
  readonly side: "rows" | "columns";
}

/** For each axis of a value: what it sees of a side of the picture; null for axes that are no side of it. */
type Fields = readonly (AxisField | null)[];

/** Operators that may mix positions although what comes out has the shape of what goes in. */
const mixes = new Set(["MatMul", "Gemm", "Attention", "MultiHeadAttention", "CumSum", "GatherElements", "Einsum"]);

const windows = new Set(["Conv", "MaxPool", "AveragePool", "LpPool", "FusedConv"]);

/**
 * Follows the graph from the layer back to the picture. Branches that give one number for a whole channel, as squeeze and
 * excitation does, are left out: they say how much, not where. Statistics of normalizations are left out likewise.
 *
 * @param layout order of the input's axes
 * @returns null where the layer has no rows and columns, or a step on the way sees all of the picture or is not known
 */
export function receptiveField(layer: Value, input: Value, layout: "NCHW" | "NHWC"): ReceptiveField | null {
  const pixel = (side: AxisField["side"]): AxisField => ({ side, step: 1, from: 0, to: 0 });
  const [y, x] = layout === "NCHW" ? [2, 3] : [1, 2];
  const start: Fields = [0, 1, 2, 3].map((axis) => (axis === y ? pixel("rows") : axis === x ? pixel("columns") : null));
  const known = new Map<Value, Fields | null>([[input, start]]);
  // Not recursive: networks of thousands of nodes in a row would not fit on the stack.
  const stack = [layer];
  while (stack.length > 0) {
    const value = stack[stack.length - 1];
    if (known.has(value)) {
      stack.pop();
      continue;
    }
    const given = value.node === null ? [] : value.node.inputs.filter((one) => one !== null && one.constant === null);
    const open = given.filter((one) => !known.has(one!)) as Value[];
    if (open.length > 0) {
      stack.push(...open);
      continue;
    }
    stack.pop();
    known.set(value, value.node === null ? null : through(value, value.node, known));
  }
  const fields = known.get(layer) ?? [];
  const rows = fields.find((field) => field?.side === "rows");
  const columns = fields.find((field) => field?.side === "columns");
  if (!rows || !columns) return null;
  const plain = ({ step, from, to }: AxisField): Field => ({ step, from, to });
  return { rows: plain(rows), columns: plain(columns) };
}

/** What a node makes of the fields of its inputs. */
function through(value: Value, node: Node, known: ReadonlyMap<Value, Fields | null>): Fields | null {
  const [first] = node.inputs;
  const fields = first === null ? null : (known.get(first) ?? null);
  const shape = value.knownShape;
  if (shape === null) return null;
  if (windows.has(node.op)) return fields && throughWindow(node, first!, value, fields);
  if (node.op === "Transpose") {
    const perm = numbers(node, "perm") ?? [...shape.keys()].reverse();
    return fields && perm.map((axis) => fields[axis] ?? null);
  }
  if (node.op === "Pad") {
    const pads = node.inputs[1]?.constant?.toNumbers();
    return fields && pads && !node.inputs[3] ? fields.map((field, i) => moved(field, -pads[i])) : null;
  }
  if (node.op === "Resize" || node.op === "Upsample") {
    const from = first?.knownShape;
    return fields && from ? fields.map((field, i) => resized(field, from[i] / shape[i])) : null;
  }
  if (mixes.has(node.op)) return null;
  return union(node, shape, known);
}

/** Operators that keep positions apart: each one sees what the same position of the inputs sees. */
function union(node: Node, shape: readonly number[], known: ReadonlyMap<Value, Fields | null>): Fields | null {
  const given = node.inputs.filter((one) => one !== null && one.constant === null) as Value[];
  const of = (one: Value) => (one.knownShape?.length === shape.length ? known.get(one) : null);
  const sides = [...shape.keys()].filter((axis) => given.some((one) => of(one)?.[axis]));
  const joined = node.op === "Concat" ? (numbers(node, "axis")?.[0] ?? 0) : undefined;
  if (joined !== undefined && sides.includes(joined < 0 ? joined + shape.length : joined)) return null;
  let all: Fields | null = null;
  for (const one of given) {
    const own = one.knownShape;
    if (own === null) return null;
    const length = (axis: number) => own[axis + own.length - shape.length] ?? 1;
    const wholeChannel = sides.every((axis) => length(axis) === 1) && sides.some((axis) => shape[axis] > 1);
    if (wholeChannel) continue;
    const fields = of(one);
    if (!fields || sides.some((axis) => length(axis) !== shape[axis])) return null;
    all = all === null ? fields : all.map((field, axis) => wider(field, fields[axis]));
  }
  return all;
}

function throughWindow(node: Node, input: Value, output: Value, fields: Fields): Fields | null {
  const from = input.knownShape;
  const kernel = numbers(node, "kernel_shape") ?? node.inputs[1]?.knownShape?.slice(2);
  if (kernel === undefined || from === null || from.length !== kernel.length + 2) return null;
  const to = output.shape;
  const strides = numbers(node, "strides") ?? kernel.map(() => 1);
  const dilations = numbers(node, "dilations") ?? kernel.map(() => 1);
  const mode = node.attributes.auto_pad?.value;
  return fields.map((field, axis) => {
    const i = axis - 2;
    if (field === null || i < 0) return field;
    const extent = (kernel[i] - 1) * dilations[i];
    const total = Math.max(0, (to[axis] - 1) * strides[i] + extent + 1 - from[axis]);
    const begin =
      mode === "SAME_UPPER"
        ? Math.floor(total / 2)
        : mode === "SAME_LOWER"
          ? Math.ceil(total / 2)
          : (numbers(node, "pads")?.[i] ?? 0);
    const { side, step } = field;
    return {
      side,
      step: step * strides[i],
      from: field.from - step * begin,
      to: field.to + step * (extent - begin),
    };
  });
}

function moved(field: AxisField | null, by: number): AxisField | null {
  return field && { ...field, from: field.from + by * field.step, to: field.to + by * field.step };
}

/** Between two positions lies a mixture of both. */
function resized(field: AxisField | null, by: number): AxisField | null {
  if (field === null || by === 1) return field;
  // Centres of the first positions do not lie on each other.
  const shift = (field.step * (by - 1)) / 2;
  return {
    side: field.side,
    step: field.step * by,
    from: field.from + shift - field.step,
    to: field.to + shift + field.step,
  };
}

function wider(a: AxisField | null, b: AxisField | null): AxisField | null {
  if (a === null || b === null) return null;
  return { ...a, from: Math.min(a.from, b.from), to: Math.max(a.to, b.to) };
}

function numbers(node: Node, name: string): readonly number[] | undefined {
  const value = node.attributes[name]?.value;
  if (typeof value === "number") return [value];
  if (value === undefined || typeof value === "string" || value instanceof Tensor || !Array.isArray(value)) return;
  return value as readonly number[];
}
