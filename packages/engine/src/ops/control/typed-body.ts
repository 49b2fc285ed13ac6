/** @file Bodies of loops on inputs whose types are known: files often leave them open. */
import type { Body } from "../../graph/attribute.js";
import { NoemaError } from "../../graph/error.js";
import { reapply } from "../../graph/reapply.js";
import { bodiesOf, innerNodes } from "../../graph/topology.js";
import { Value, type ValueType } from "../../graph/value.js";

/** Bodies hold bodies, and typing one types all it holds: the work doubles with each level, so it has an end. */
const deepest = 4;

/** How often a body is tried with some of what it carries left open, before all of it is. */
const mostTries = 4;

/** What a loop carries from one iteration to the next, among the inputs and outputs of its body. */
export interface Carried {
  readonly firstInput: number;
  readonly firstOutput: number;
  readonly count: number;
}

export function sameShape(a: readonly number[] | null, b: readonly number[] | null): boolean {
  return a !== null && b !== null && a.length === b.length && a.every((d, i) => d === b[i]);
}

/** The dimensions of a type, or null where they are not known before running. */
export function shapeOf(type: ValueType): readonly number[] | null {
  return type instanceof Value ? type.knownShape : type.shape;
}

/** Why the shape of a loop's output is not known. */
export function shapeUnknown(found: string): NoemaError {
  return new NoemaError("SHAPE_UNKNOWN", { found, needed: "it must follow from the shapes of the inputs" });
}

/**
 * The body with inputs of these types. What is carried keeps its shape where the first iteration, given it, returns it
 * (then all do); where it does not, the shape is left open. A body that refuses the types is returned as it was.
 */
export function typedBody(body: Body, types: readonly ValueType[], carried: Carried): Body {
  if (depthOf(body) > deepest) return body;
  const open = new Set<number>();
  for (let tries = 1; ; tries++) {
    const inputs = types.map((type, i) => inputLike(body.inputs[i]!, type, open.has(i)));
    let outputs: Value[];
    try {
      outputs = reapply(body.outputs, new Map(body.inputs.map((v, i) => [v, inputs[i]!])));
    } catch (error) {
      if (error instanceof NoemaError) return body;
      throw error;
    }
    const before = open.size;
    for (let k = 0; k < carried.count; k++) {
      const i = carried.firstInput + k;
      const output = outputs[carried.firstOutput + k]!;
      if (inputs[i]!.knownShape !== null && !sameShape(inputs[i]!.knownShape, output.knownShape)) open.add(i);
    }
    if (open.size === before) return { inputs, outputs };
    if (tries === mostTries) for (let k = 0; k < carried.count; k++) open.add(carried.firstInput + k);
  }
}

const depths = new WeakMap<Body, number>();

/** How many bodies stand inside each other here. */
function depthOf(body: Body): number {
  let depth = depths.get(body);
  if (depth === undefined) {
    depth = 1;
    for (const node of innerNodes(body)) {
      for (const inside of bodiesOf(node)) depth = Math.max(depth, 1 + depthOf(inside));
    }
    depths.set(body, depth);
  }
  return depth;
}

function inputLike({ name }: Value, type: ValueType, isOpen: boolean): Value {
  const { dtype } = type;
  const shape = isOpen ? null : shapeOf(type);
  if (shape !== null) return new Value({ dtype, shape, name });
  return new Value({ dtype, shape: null, name, failure: shapeUnknown(`"${name}" changes its shape as the loop runs`) });
}

/** Refuses a body that has another number of inputs or outputs than its node needs. */
export function checkBody(body: Body, inputs: number, outputs: number): void {
  if (body.inputs.length === inputs && body.outputs.length === outputs) return;
  throw new NoemaError("BODY_SIGNATURE", {
    found: `its body has ${body.inputs.length} inputs and ${body.outputs.length} outputs`,
    needed: `its own inputs and outputs call for ${inputs} and ${outputs}`,
  });
}
