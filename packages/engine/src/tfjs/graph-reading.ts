/** @file GraphReading: the nodes of a TensorFlow graph to values, one by one; loops are run while they are read. */
import { constant } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import type { Layer, ModelOutput } from "../graph/model.js";
import type { ReadOptions } from "../graph/read-model.js";
import type { Value } from "../graph/value.js";
import { type InputRef, type NodeDef, neededNodes, sortedNodes } from "./graph-def.js";
import { boundInput, refuseUnknownInputs } from "./inputs.js";
import { corrupt } from "./json.js";
import { type Loops, loopsOf } from "./loops.js";
import { rules } from "./ops/index.js";
import { Call } from "./rule.js";
import { Twin } from "./twin.js";
import type { Weight } from "./weights.js";

/** A name that the outside uses, and the node output it stands for. */
export interface Port {
  readonly key: string;
  readonly ref: InputRef;
  readonly shape: number[] | undefined;
}

/** Outputs of a node; undefined where a branch was not taken. */
type Results = readonly (Twin | undefined)[];

/** All outputs of a node on a branch that was not taken. */
const dead: Results = [];

/** Results of nodes: those of one iteration of a loop, then those around it. */
interface Scope {
  readonly results: Map<string, Results>;
  readonly parent?: Scope;
  /** What names get to tell iterations apart. */
  readonly suffix: string;
}

/** Operators that decide what is computed at all; the others are in the table of rules. */
const controlOps = new Set(["Switch", "Merge", "Exit"]);

/** A hostile file could make small loops run without end. */
const maxIterations = 4096;
const maxNodesRead = 500_000;

export class GraphReading {
  readonly layers: Layer[] = [];
  readonly values = new Map<string, Value>();
  readonly #nodes: ReadonlyMap<string, NodeDef>;
  readonly #weights: ReadonlyMap<string, Weight>;
  readonly #options: ReadOptions;
  readonly #needed: ReadonlySet<string>;
  readonly #root: Scope = { results: new Map(), suffix: "" };
  readonly #loops: Loops;
  /** Last iterations of the loops that were run, by the scope they were run in and their name. */
  readonly #ended = new WeakMap<Scope, Map<string, Scope>>();
  #budget = maxNodesRead;

  constructor(
    nodes: ReadonlyMap<string, NodeDef>,
    weights: ReadonlyMap<string, Weight>,
    outputs: readonly Port[],
    options: ReadOptions,
  ) {
    this.#nodes = nodes;
    this.#weights = weights;
    this.#options = options;
    this.#needed = neededNodes(
      nodes,
      outputs.map((port) => port.ref.node),
    );
    this.#loops = loopsOf(sortedNodes(nodes));
  }

  readInputs(ports: readonly Port[]): Value[] {
    const nodeNames = new Map(ports.map((port) => [port.key, port.ref.node]));
    const given = Object.entries(this.#options.inputShapes ?? {});
    const inputShapes = Object.fromEntries(given.map(([name, shape]) => [nodeNames.get(name) ?? name, shape]));
    refuseUnknownInputs(inputShapes, [...nodeNames.values()]);
    return ports.map((port) => {
      const node = this.#nodes.get(port.ref.node)!;
      const declared = node.attributes.shape("shape");
      const dims = declared?.map((d, i) => (d < 0 ? (port.shape?.[i] ?? -1) : d)) ?? port.shape;
      const dtype = node.attributes.dtype("dtype", "float32");
      const value = boundInput(node.name, dtype, dims, { ...this.#options, inputShapes });
      this.#define(node, [Twin.own(value)], this.#root);
      return value;
    });
  }

  readNodes(): void {
    if (!this.#options.partial) this.#refuseUnsupported();
    // Loops use constants that nothing but their place in the file ties to them.
    for (const node of this.#nodes.values()) if (node.op === "Const") this.#read(node, this.#root);
    for (const node of this.#loops.nodes.get("") ?? []) this.#read(node, this.#root);
  }

  output(port: Port): ModelOutput {
    const { node, output } = port.ref;
    const name = output === 0 ? node : `${node}:${output}`;
    const found = this.#lookup(port.ref, this.#nodes.get(node)!, this.#root);
    if (found === undefined) throw corrupt(`the output "${name}" lies on a branch that is not taken`);
    return { name, value: found.own };
  }

  /** One error that names all operators which the outputs need and no rule translates. */
  #refuseUnsupported(): void {
    const missing = new Map<string, string>();
    for (const name of this.#needed) {
      const { op } = this.#nodes.get(name)!;
      if (!isKnown(op) && !missing.has(op)) missing.set(op, name);
    }
    if (missing.size > 0) throw unsupported([...missing.keys()], [...missing.values()][0]);
  }

  #read(node: NodeDef, scope: Scope): void {
    if (scope.results.has(node.name)) return;
    if (--this.#budget < 0) throw tooLarge(`more than ${maxNodesRead} nodes once loops are run`);
    const { operands, results } = this.#results(node, scope);
    this.#define(node, results, scope);
    if (node.op === "Const" || node.op.startsWith("Placeholder")) return;
    const outputs = results.flatMap((y) => (y === undefined || y.list !== undefined ? [] : [y.computed]));
    if (outputs.length === 0) return;
    const inputs = operands.map((x) => x?.computed ?? null);
    this.layers.push({ name: node.name + scope.suffix, op: node.op, domain: "tfjs", inputs, outputs });
  }

  #results(node: NodeDef, scope: Scope): { operands: Results; results: Results } {
    let operands: Results = [];
    try {
      if (node.op === "Exit") return { operands, results: [this.#left(node, scope)] };
      operands = node.inputs.map((ref) => this.#lookup(ref, node, scope));
      return { operands, results: this.#translate(node, operands) };
    } catch (error) {
      if (!(error instanceof NoemaError)) throw error;
      const placed = placedAt(node, error);
      if (this.#options.partial || !this.#needed.has(node.name)) return { operands, results: [Twin.failed(placed)] };
      throw placed;
    }
  }

  #translate(node: NodeDef, operands: Results): Results {
    if (node.op === "Merge") return merged(operands);
    if (operands.includes(undefined)) return dead;
    const live = operands as readonly Twin[];
    const broken = live.find((x) => x.computed.failure !== null && x.computed.failure.code !== "SHAPE_UNKNOWN");
    if (broken !== undefined) return [broken];
    if (node.op === "Const") return [this.#constant(node)];
    if (node.op === "NoOp") return [];
    if (node.op === "Switch") return switched(new Call(node, live));
    const rule = Object.hasOwn(rules, node.op) ? rules[node.op] : undefined;
    if (rule === undefined) throw unsupported([node.op]);
    return [rule(new Call(node, live))].flat();
  }

  /** What a loop leaves behind: it is run for the first of its exits, and remembered for the others. */
  #left(exit: NodeDef, scope: Scope): Twin | undefined {
    const loop = this.#loops.leaves.get(exit.name)!;
    const ended = this.#ended.get(scope) ?? new Map<string, Scope>();
    const last = ended.get(loop) ?? this.#run(loop, exit, scope);
    this.#ended.set(scope, ended.set(loop, last));
    return this.#lookup(exit.inputs[0], exit, last);
  }

  /** Runs a loop whose condition is known while reading; the scope of its last, unfinished iteration. */
  #run(loop: string, exit: NodeDef, outer: Scope): Scope {
    const nodes = this.#loops.nodes.get(loop) ?? [];
    const condition = nodes.find((node) => node.op === "LoopCond");
    if (condition === undefined) throw corrupt(`the loop that ${exit.label} leaves has no condition`);
    const entered: Scope = { results: new Map(), parent: outer, suffix: outer.suffix };
    for (const node of nodes) if (node.op === "Enter") this.#read(node, entered);
    const merges = nodes.filter((node) => node.op === "Merge" && this.#isHead(node));
    let state = merges.map((merge) => this.#lookup(merge.inputs[0], merge, entered));
    for (let iteration = 1; iteration <= maxIterations; iteration++) {
      const suffix = iteration === 1 ? outer.suffix : `${outer.suffix}(${iteration})`;
      const scope: Scope = { results: new Map(), parent: entered, suffix };
      merges.forEach((merge, i) => {
        this.#define(merge, [state[i]], scope);
      });
      for (const node of nodes) if (node.op !== "Enter") this.#read(node, scope);
      const continues = this.#lookup({ node: condition.name, output: 0 }, condition, scope);
      if (continues === undefined || !isTrue(new Call(condition, [continues]))) return scope;
      state = merges.map((merge) => this.#lookup(merge.inputs[1], merge, scope));
    }
    throw tooLarge(`a loop of more than ${maxIterations} iterations`);
  }

  /** Whether this is where an iteration begins, not where two branches meet. */
  #isHead(merge: NodeDef): boolean {
    return merge.inputs.length === 2 && this.#nodes.get(merge.inputs[1].node)!.op === "NextIteration";
  }

  /** One output of a node, or undefined on a branch that was not taken. */
  #lookup(ref: InputRef, user: NodeDef, scope: Scope): Twin | undefined {
    for (let at: Scope | undefined = scope; at !== undefined; at = at.parent) {
      const results = at.results.get(ref.node);
      if (results === undefined) continue;
      if (results === dead || ref.output < results.length) return results[ref.output];
      const failed = results.find((r) => r !== undefined && r.computed.failure !== null);
      if (failed !== undefined) return failed;
      break;
    }
    throw new NoemaError("OUTPUT_MISSING", {
      where: user.label,
      found: `output ${ref.output} of "${ref.node}" is not defined outside of training`,
    });
  }

  #constant(node: NodeDef): Twin {
    const weight = this.#weights.get(node.name);
    if (weight instanceof NoemaError) throw weight;
    if (weight === undefined) throw corrupt(`the manifest has no weight "${node.name}"`);
    return Twin.own(constant(weight, node.name));
  }

  #define(node: NodeDef, results: Results, scope: Scope): void {
    scope.results.set(node.name, results);
    results.forEach((result, i) => {
      if (result === undefined || result.list !== undefined) return;
      const { computed } = result;
      const name = i === 0 ? node.name + scope.suffix : `${node.name}${scope.suffix}:${i}`;
      if (computed.name === "") computed.name = name;
      if (computed.node !== null && computed.node.name === "") computed.node.name = name;
      this.values.set(name, computed);
    });
  }
}

function isKnown(op: string): boolean {
  return (
    Object.hasOwn(rules, op) || controlOps.has(op) || ["Const", "NoOp"].includes(op) || op.startsWith("Placeholder")
  );
}

/** Whether a condition holds; it must be known while reading. */
function isTrue(call: Call): boolean {
  const { constant: known } = call.input(call.inputs.length - 1).computed;
  if (known !== null) return Number(known.data[0]) !== 0;
  throw call.refuse("what is computed depends on its data", "conditions must be known when the model is read");
}

function switched(call: Call): Results {
  return isTrue(call) ? [undefined, call.input(0)] : [call.input(0), undefined];
}

/** The branch that was taken. */
function merged(operands: Results): Results {
  const taken = operands.find((x) => x !== undefined);
  return taken === undefined ? dead : [taken];
}

function tooLarge(found: string): NoemaError {
  return new NoemaError("MODEL_TOO_LARGE", { where: "model.json", found });
}

function unsupported(ops: readonly string[], first?: string): NoemaError {
  return new NoemaError("OPERATOR_UNSUPPORTED", {
    found: `no rule translates ${ops.join(", ")}${first === undefined ? "" : ` (first at "${first}")`}`,
    remedy: "With `partial: true` all that does not need them can be used.",
  });
}

/** The error as one of this node; an operator that the engine lacks is one that the model may not use. */
function placedAt(node: NodeDef, error: NoemaError): NoemaError {
  const { where } = error.parts;
  const code = error.code === "OPERATOR_UNKNOWN" ? "OPERATOR_UNSUPPORTED" : error.code;
  const inner = where === undefined || where.includes(node.name) ? "" : ` (${where})`;
  return new NoemaError(code, { ...error.parts, where: `${node.label}${inner}`, cause: error });
}
