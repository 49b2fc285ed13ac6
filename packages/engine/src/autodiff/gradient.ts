/** @file gradient: appends the reverse-mode derivative of outputs with respect to inputs to their graph. */
import { type AttributeValue, attributeValues } from "../graph/attribute.js";
import { add, full, sumTo, zeros } from "../graph/builder.js";
import { NoemaError } from "../graph/error.js";
import { type Expansion, findOp, type GradientCall, type GradientRule, type Undifferentiable } from "../graph/op.js";
import { ancestors, needsOf } from "../graph/topology.js";
import { type Node, Value } from "../graph/value.js";

export interface GradientOptions {
  /**
   * d objective / d output, one per output, of the outputs' shapes. Left out: ones, so that the gradient is that of
   * the sum of all elements of all outputs.
   */
  readonly outputGradients?: readonly Value[];
  /** Take the inputs as independent of each other, though the graph computes one from another. */
  readonly independent?: boolean;
  /**
   * Rules that stand in for those of operators, by name (ONNX's own domain): another way back through the same forward
   * pass, such as a smoothed one. They are not used inside the bodies of loops.
   */
  readonly rules?: GradientRules;
}

/** Rules by name of operator. Attributes come as the definition reads them, defaults filled in. */
export type GradientRules = Readonly<Record<string, GradientRule<Readonly<Record<string, unknown>>>>>;

/**
 * The gradient of outputs with respect to inputs, as new values of the same graph: one per input, of the input's shape.
 * An input may be any value of the graph, not only one that is fed. Inputs that do not influence the outputs get zeros.
 *
 * @throws NoemaError GRADIENT_UNDEFINED where a node on the way has no gradient, or every way passes one that has none
 */
export function gradient(
  outputs: Value | readonly Value[],
  inputs: readonly Value[],
  options: GradientOptions = {},
): Value[] {
  const targets = outputs instanceof Value ? [outputs] : outputs;
  const seeds = options.outputGradients ?? targets.map((y) => full(y.shape, 1));
  checkSeeds(targets, seeds);
  const stop: ReadonlySet<Value> = new Set(options.independent ? inputs : []);
  const nodes = ancestors(targets, { stopAt: stop });
  const live = dependents(nodes, inputs);
  refuseSevered(nodes, targets, inputs, live);

  const flowing = new Map<Value, Value>();
  const receive = (value: Value, part: Value) => {
    const sum = flowing.get(value);
    flowing.set(value, sum === undefined ? part : add(sum, part));
  };
  targets.forEach((y, i) => {
    if (live.has(y)) receive(y, seeds[i]!);
  });
  const wanted = new Set(inputs);
  const rules = options.rules ?? {};
  const isOnlyFor = (x: Value, op: string) =>
    x.node?.op === op && x.node.domain === "" && !Object.hasOwn(rules, op) && !wanted.has(x);
  for (const node of nodes.reverse()) {
    if (!node.outputs.some((y) => flowing.has(y) && !stop.has(y))) continue;
    const gradients = node.outputs.map((y) => (stop.has(y) ? undefined : flowing.get(y)));
    const parts = nodeGradient(node, gradients, live, { rules, isOnlyFor });
    node.inputs.forEach((x, i) => {
      const part = parts[i];
      if (x !== null && part && live.has(x)) receive(x, sumTo(part, x.shape));
    });
    for (const y of node.outputs) if (!wanted.has(y)) flowing.delete(y);
  }
  return inputs.map((x) => flowing.get(x) ?? zeros(x.shape));
}

function checkSeeds(targets: readonly Value[], seeds: readonly Value[]): void {
  if (seeds.length !== targets.length) {
    throw new NoemaError("GRADIENT_SEEDS", {
      where: "gradient",
      found: `${seeds.length} output gradients`,
      needed: `${targets.length} outputs need one each`,
    });
  }
  targets.forEach((y, i) => {
    if (y.dtype !== "float32") {
      throw new NoemaError("GRADIENT_UNDEFINED", {
        where: `output ${y.name || i}`,
        found: `its elements are ${y.dtype}`,
        needed: "only float32 has a gradient",
      });
    }
    const [found, needed] = [seeds[i]!.shape.join("×"), y.shape.join("×")];
    if (found !== needed) {
      throw new NoemaError("GRADIENT_SEEDS", {
        where: `output gradient ${i}`,
        found: `shape ${found}`,
        needed: `the output has ${needed}`,
      });
    }
  });
}

/** The differentiable values among the nodes' outputs that depend on the inputs, and the inputs themselves. */
function dependents(nodes: readonly Node[], inputs: readonly Value[]): Set<Value> {
  const live = new Set<Value>(inputs);
  for (const node of nodes) {
    // Bodies may depend on the inputs without the node being given them.
    if (!needsOf(node).some((x) => live.has(x))) continue;
    if (findOp(node.op, node.domain)?.gradient === "zero") continue;
    // An operator without definition has outputs of unknown type: they stay live, so that reaching it is an error.
    for (const y of node.outputs) if (y.dtype === "float32") live.add(y);
  }
  return live;
}

/**
 * Refuses targets that depend on the inputs only through operators without gradient: zeros would look like an answer. A
 * network that quantizes its activations is the usual case.
 */
function refuseSevered(
  nodes: readonly Node[],
  targets: readonly Value[],
  inputs: readonly Value[],
  live: ReadonlySet<Value>,
): void {
  if (inputs.length === 0 || targets.some((y) => live.has(y))) return;
  const severedBy = new Map<Value, Node>();
  for (const node of nodes) {
    const rule = findOp(node.op, node.domain)?.gradient;
    const reached = needsOf(node);
    const isSevering = typeof rule === "object" && "undifferentiable" in rule && reached.some((x) => live.has(x));
    const before = reached.find((x) => severedBy.has(x));
    const by = isSevering ? node : before && rule !== "zero" ? severedBy.get(before) : undefined;
    if (by !== undefined) for (const y of node.outputs) severedBy.set(y, by);
  }
  const by = targets.map((y) => severedBy.get(y)).find((node) => node !== undefined);
  if (by === undefined) return;
  throw undefinedGradient(by, (findOp(by.op, by.domain)!.gradient as Undifferentiable).undifferentiable);
}

interface Surroundings extends Pick<GradientCall<never>, "isOnlyFor"> {
  readonly rules: GradientRules;
}

function nodeGradient(
  node: Node,
  gradients: readonly (Value | undefined)[],
  live: ReadonlySet<Value>,
  { rules, isOnlyFor }: Surroundings,
): readonly (Value | null)[] {
  const definition = findOp(node.op, node.domain);
  if (definition === undefined) throw undefinedGradient(node, "the operator is not known to the engine");
  const other = node.domain === "" && Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
  const rule = (other as GradientRule<never> | undefined) ?? definition.gradient;
  if (rule === "zero") return [];
  if (typeof rule === "object" && "undifferentiable" in rule) {
    throw undefinedGradient(node, (rule as Undifferentiable).undifferentiable);
  }
  const given: Record<string, AttributeValue> = {};
  for (const [name, { value }] of Object.entries(node.attributes)) given[name] = value;
  const attributes = attributeValues(node.label, definition.attributes ?? {}, given) as never;
  const inputs = node.inputs as readonly Value[];
  const wanted = node.inputs.map((x) => x !== null && live.has(x));
  if (typeof rule === "object") return expandedGradient(node, rule, attributes, gradients, wanted);
  const outputGradients = gradients.map((g, i) => g ?? zeros(node.outputs[i]!.shape));
  return rule({ inputs, outputs: node.outputs, outputGradients, attributes, wanted, isOnlyFor });
}

function expandedGradient(
  node: Node,
  rule: Expansion<never>,
  attributes: never,
  gradients: readonly (Value | undefined)[],
  wanted: readonly boolean[],
): readonly (Value | null)[] {
  const outputs = rule.expand(node.inputs as readonly Value[], attributes);
  const reached = gradients.flatMap((g, i) => (g === undefined || outputs[i] === undefined ? [] : [i]));
  const wantedInputs = [...new Set(node.inputs.filter((_, i) => wanted[i]))] as Value[];
  const parts = gradient(
    reached.map((i) => outputs[i]!),
    wantedInputs,
    { outputGradients: reached.map((i) => gradients[i]!), independent: true },
  );
  // A value that feeds two inputs gets its whole gradient once.
  const pending = new Map(wantedInputs.map((x, i) => [x, parts[i]!]));
  return node.inputs.map((x) => {
    const part = x === null ? undefined : pending.get(x);
    if (part !== undefined) pending.delete(x!);
    return part ?? null;
  });
}

function undefinedGradient(node: Node, why: string): NoemaError {
  return new NoemaError("GRADIENT_UNDEFINED", {
    where: node.label,
    found: `no gradient passes through ${node.op}`,
    needed: why,
    remedy: "Choose an objective below this node, or an input above it.",
  });
}
