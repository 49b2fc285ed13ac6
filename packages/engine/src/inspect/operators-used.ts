/** @file operatorsUsed: the operators of a model file, also of one that cannot be read otherwise. */
import { decodeModel } from "../graph/decode.js";
import type { GraphProto, NodeProto } from "../graph/onnx-schema.js";
import { findImport, findOp } from "../graph/op.js";

/** One operator of a model file. */
export interface OperatorUse {
  readonly name: string;
  /** "" for the ONNX standard's own operators. */
  readonly domain: string;
  /** How many nodes apply it, those of bodies and of the model's own functions included. */
  readonly nodes: number;
  /** Whether reading knows it. */
  readonly known: boolean;
}

/**
 * The operators that a model file applies, by name. Calls of the model's own functions are not listed, but what the
 * functions are made of is.
 *
 * @throws NoemaError MODEL_CORRUPT
 */
export function operatorsUsed(bytes: Uint8Array): OperatorUse[] {
  const { graph = {}, functions = [] } = decodeModel(bytes);
  const own = new Set(functions.map((f) => `${f.domain ?? ""}::${f.name}`));
  const uses = new Map<string, { name: string; domain: string; nodes: number; known: boolean }>();
  const count = (node: NodeProto) => {
    const domain = node.domain === "ai.onnx" ? "" : (node.domain ?? "");
    const name = node.op ?? "";
    const key = `${domain}::${name}`;
    const known = findOp(name, domain) !== undefined || findImport(name, domain) !== undefined;
    if (known || !own.has(`${node.domain ?? ""}::${name}`)) {
      const use = uses.get(key) ?? { name, domain, nodes: 0, known };
      use.nodes++;
      uses.set(key, use);
    }
    for (const { graph: body } of node.attributes ?? []) if (body !== undefined) visit(body);
  };
  const visit = (part: GraphProto) => (part.nodes ?? []).forEach(count);
  visit(graph);
  for (const { nodes = [] } of functions) nodes.forEach(count);
  return [...uses.values()].sort((a, b) => (a.domain + a.name < b.domain + b.name ? -1 : 1));
}
