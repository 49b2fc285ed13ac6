/** @file What an operator is: shape, gradient, oracle and cases in one definition, and the table of all of them. */
import type { AttributeSpecs, AttributeValue, AttributeValues } from "./attribute.js";
import type { Nd } from "./nd.js";
import type { Value, ValueType } from "./value.js";

/** What a gradient rule sees of one node. */
export interface GradientCall<A> {
  readonly inputs: readonly Value[];
  readonly outputs: readonly Value[];
  /** d objective / d output, one per output; zeros where nothing flows. */
  readonly outputGradients: readonly Value[];
  readonly attributes: A;
  /** Which inputs somebody wants the gradient of: a costly one may be skipped. */
  readonly wanted: readonly boolean[];
  /**
   * Whether nobody sees an input's gradient but the rule of this operator, its own, which made the input: then a part of
   * that rule may be done beforehand.
   */
  isOnlyFor(input: Value, op: string): boolean;
}

/**
 * d objective / d input, one per input, null for none. A gradient may have the shape that broadcasting gave its input:
 * the sum over repeated axes is taken centrally.
 */
export type GradientRule<A> = (call: GradientCall<A>) => readonly (Value | null)[];

/** No gradient rule, and why: reaching it is an error. */
export interface Undifferentiable {
  readonly undifferentiable: string;
}

/** The gradient is that of an equal expression in other operators. */
export interface Expansion<A> {
  readonly expand: (inputs: readonly Value[], attributes: A) => readonly Value[];
}

/** `"zero"`: constant wherever it is differentiable, so nothing flows. @public */
export type Gradient<A> = GradientRule<A> | "zero" | Undifferentiable | Expansion<A>;

/** Declares that there is no gradient, and why. */
export function undifferentiable(why: string): Undifferentiable {
  return { undifferentiable: why };
}

/** Declares that the gradient is that of an equal expression in other operators. */
export function expansion<A>(expand: Expansion<A>["expand"]): Expansion<A> {
  return { expand };
}

/** How one input of a test case is drawn: from a seeded generator, or given. */
export interface CaseInput {
  readonly dtype: ValueType["dtype"];
  readonly dims: readonly number[];
  /** Known when the graph is built (weights, shapes), rather than fed. */
  readonly constant: boolean;
  /** Nothing is differentiated by it, though it is a float: scales, regions, ratios. */
  readonly fixed?: boolean;
  readonly draw: (random: () => number) => Float64Array;
}

/** One call of an operator at a point where it is smooth: values, gradient and second gradient are checked on it. */
export interface Case {
  readonly inputs: readonly (CaseInput | null)[];
  readonly attributes?: Readonly<Record<string, AttributeValue>>;
  readonly outputs?: number;
  /** Relative error allowed against the oracle, where 1e-5 is not reachable in single precision. */
  readonly tolerance?: number;
  readonly note?: string;
}

/** A node as a model file has it, before its attributes are brought to the newest form. */
export interface ImportCall {
  readonly label: string;
  /** Version of the operator's own domain that the model was written for. */
  readonly opset: number;
  readonly inputs: readonly (Value | null)[];
  readonly attributes: Readonly<Record<string, AttributeValue | undefined>>;
  readonly outputCount: number;
}

/** Rewrites a node of an older opset, or one that is better said with other operators; undefined: take it as it is. */
export type ImportRule = (call: ImportCall) => readonly (Value | null)[] | undefined;

export interface OpDefinition<S extends AttributeSpecs = AttributeSpecs> {
  readonly name: string;
  readonly domain?: string;
  /** First opset that has the form described here; older ones are rewritten by `import`. */
  readonly since: number;
  readonly attributes?: S;
  /**
   * Types of the outputs. Throws where the inputs do not fit, and SHAPE_UNKNOWN where shapes follow from data; outputs
   * then have the element type of the first input, unless `typeWithoutShape` says which.
   */
  readonly shape: (
    inputs: readonly Value[],
    attributes: AttributeValues<S>,
    outputCount: number,
  ) => readonly ValueType[];
  readonly gradient: Gradient<AttributeValues<S>>;
  /** The definition in double precision, as the ONNX standard words it. `types` are those of the outputs. */
  readonly oracle?: (
    inputs: readonly Nd[],
    attributes: AttributeValues<S>,
    types: readonly ValueType[],
  ) => readonly Nd[];
  readonly cases: readonly Case[];
  readonly import?: ImportRule;
  /** Multiply-adds of one run, for `inspect`. */
  readonly multiplyAdds?: (
    inputs: readonly Value[],
    outputs: readonly Value[],
    attributes: AttributeValues<S>,
  ) => number;
}

/** An operator that exists only in model files: reading turns it into others. */
export interface ImportDefinition {
  readonly name: string;
  readonly domain?: string;
  readonly import: ImportRule;
}

type AnyDefinition = OpDefinition;

const definitions = new Map<string, AnyDefinition>();
const importers = new Map<string, ImportRule>();

function keyOf(op: string, domain: string): string {
  return domain === "" || domain === "ai.onnx" ? op : `${domain}::${op}`;
}

/** Defines an operator. The types of its attributes follow from their declarations. */
export function defineOp<const S extends AttributeSpecs = Record<never, never>>(
  definition: OpDefinition<S>,
): AnyDefinition {
  return definition as unknown as AnyDefinition;
}

/** Defines how an operator that only model files have is read. */
export function defineImport(definition: ImportDefinition): ImportDefinition {
  return definition;
}

/** Puts definitions into the table. Called once, by the operators' index. */
export function registerOps(list: readonly (OpDefinition | ImportDefinition)[]): void {
  for (const definition of list) {
    const key = keyOf(definition.name, definition.domain ?? "");
    if ("shape" in definition) definitions.set(key, definition);
    if (definition.import !== undefined) importers.set(key, definition.import);
  }
}

export function findOp(op: string, domain = ""): AnyDefinition | undefined {
  return definitions.get(keyOf(op, domain));
}

export function findImport(op: string, domain = ""): ImportRule | undefined {
  return importers.get(keyOf(op, domain));
}

/** All operator definitions, by name. */
export function allOps(): readonly AnyDefinition[] {
  return [...definitions.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** Names of all operators that are read, with a definition or by rewriting. */
export function allOpNames(): readonly string[] {
  return [...new Set([...definitions.keys(), ...importers.keys()])].sort();
}
