/** @file What the translation of one TensorFlow operator is: a function from a node with its operands to values. */
import type { DType } from "../graph/dtype.js";
import { knownNumbers } from "../graph/emit.js";
import { NoemaError } from "../graph/error.js";
import type { Value } from "../graph/value.js";
import type { NodeAttributes } from "./attributes.js";
import type { NodeDef } from "./graph-def.js";
import type { Twin } from "./twin.js";

/** What a rule sees of one node. */
export class Call {
  readonly op: string;
  readonly name: string;
  readonly attributes: NodeAttributes;
  readonly inputs: readonly Twin[];

  constructor(node: NodeDef, inputs: readonly Twin[]) {
    this.op = node.op;
    this.name = node.name;
    this.attributes = node.attributes;
    this.inputs = inputs;
  }

  /** An operand. Throws where the node has fewer. */
  input(index: number): Twin {
    const found = this.inputs[index];
    if (found === undefined) {
      throw new NoemaError("OPERATOR_INPUTS", {
        found: `${this.inputs.length} inputs`,
        needed: `at least ${index + 1} are needed`,
      });
    }
    return found;
  }

  /** An operand in the model's own layout. */
  own(index: number): Value {
    return this.input(index).own;
  }

  /** The numbers of an operand that must be known when the model is read: axes, sizes, paddings. */
  numbers(index: number, what: string): number[] {
    return knownNumbers(this.input(index).own, what);
  }

  /** The one number of an operand. */
  number(index: number, what: string): number {
    return this.numbers(index, what)[0] ?? Number.NaN;
  }

  /** The refusal of something this operator may say but that is not translated. */
  refuse(found: string, needed?: string): NoemaError {
    return new NoemaError("OPERATOR_UNSUPPORTED", { found, ...(needed === undefined ? {} : { needed }) });
  }

  dtype(attribute: string, fallback: DType): DType {
    return this.attributes.dtype(attribute, fallback);
  }
}

/** The outputs of a node; one that has a single output may give it bare. */
export type Rule = (call: Call) => Twin | readonly Twin[];

export type Rules = Readonly<Record<string, Rule>>;
