/** @file Nodes that a provider of ONNX Runtime accepts and then cannot run, or runs wrongly: they are kept on the CPU. */
import type { InferenceSession } from "onnxruntime-common";
import { ancestors } from "../graph/topology.js";
import type { Node } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";

type Providers = readonly InferenceSession.ExecutionProviderConfig[];

/** By provider; found by running gradients on it with ONNX Runtime 1.30. */
const gaps: Readonly<Record<string, (node: Node) => boolean>> = {
  webgpu: (node) => poolsWithIndices(node) || readsChannelsInThrees(node),
};

/** "The Indices output is not supported yet": the gradient of a maximum needs them. */
function poolsWithIndices({ op, outputs }: Node): boolean {
  return op === "MaxPool" && outputs.length > 1;
}

/** From 6, 9, 15 … channels to a multiple of 4 its convolution takes three channels at a time, and gives wrong numbers. */
function readsChannelsInThrees({ op, inputs: [x, weight] }: Node): boolean {
  const [, channels = 0] = op === "Conv" ? (x?.knownShape ?? []) : [];
  return channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && (weight?.knownShape?.[0] ?? 0) % 4 === 0;
}

export interface Placement {
  readonly executionProviders: Providers;
  /** Names that nodes must have in the program, so that the providers' options can speak of them. */
  readonly nodeNames: ReadonlyMap<Node, string>;
}

/** Providers told which nodes to leave to the CPU. */
export function placeNodes({ inputs, outputs }: Signature, providers: Providers): Placement {
  const nodeNames = new Map<Node, string>();
  const executionProviders = providers.map((given) => {
    const provider = typeof given === "string" ? { name: given } : given;
    const gap = gaps[provider.name];
    if (gap === undefined) return given;
    const nodes = ancestors(Object.values(outputs), { stopAt: new Set(Object.values(inputs)) }).filter(gap);
    if (nodes.length === 0) return given;
    for (const node of nodes) nodeNames.set(node, `on_cpu_${nodeNames.size}`);
    const { forceCpuNodeNames = [] } = provider as { forceCpuNodeNames?: readonly string[] };
    const forced = [...forceCpuNodeNames, ...nodes.map((node) => nodeNames.get(node)!)];
    return { ...provider, forceCpuNodeNames: forced } as InferenceSession.ExecutionProviderConfig;
  });
  return { executionProviders, nodeNames };
}
