/** @file Nodes that a provider of ONNX Runtime accepts and then cannot run, or runs wrongly: they are kept on the CPU. */
import type { InferenceSession } from "onnxruntime-common";
import { ancestors } from "../graph/topology.js";
import type { Node, Value } from "../graph/value.js";
import type { Signature } from "../graph/write-model.js";

type Providers = readonly InferenceSession.ExecutionProviderConfig[];

type Gap = (node: Node) => boolean;

const attribute = (node: Node, name: string) => node.attributes[name]?.value;
const rankOf = (value: Value | null | undefined) => value?.knownShape?.length ?? 0;

/** "The Indices output is not supported yet": the gradient of a maximum needs them. */
const poolWithIndices: Gap = ({ op, outputs }) => op === "MaxPool" && outputs.length > 1;

/** From 6, 9, 15 … channels to a multiple of 4 its convolution takes three channels at a time, and gives wrong numbers. */
const channelsInThrees: Gap = ({ op, inputs: [x, weight] }) => {
  const [, channels = 0] = op === "Conv" ? (x?.knownShape ?? []) : [];
  return channels > 3 && channels % 3 === 0 && channels % 4 !== 0 && (weight?.knownShape?.[0] ?? 0) % 4 === 0;
};

/** "Only Conv2d or Conv1d are supported." */
const convTransposeInSpace: Gap = ({ op, inputs: [x] }) => op === "ConvTranspose" && rankOf(x) > 4;

/** Wrong numbers where a slice runs backwards and one element remains; its gradient is that of padding by reflection. */
const sliceBackwards: Gap = ({ op, inputs }) =>
  op === "Slice" && (inputs[4]?.constant?.toNumbers().some((step) => step < 0) ?? false);

/** Without axes it does nothing at all, where only the reduction should be left out. */
const reductionOfNothing: Gap = (node) => {
  const axes = node.inputs[1];
  const none = axes === null || axes === undefined || axes.knownShape?.[0] === 0;
  return none && node.op.startsWith("Reduce") && attribute(node, "noop_with_empty_axes") === 1;
};

/** The sum of exponentials overflows beyond 88. */
const logSumExp: Gap = ({ op }) => op === "ReduceLogSumExp";

/** Antialias is not implemented, nor an array of one axis; the second axis is taken for channels, which stay as they are. */
const resizeUnlikePictures: Gap = (node) => {
  if (node.op !== "Resize") return false;
  const [from, to] = [node.inputs[0]?.knownShape ?? [], node.outputs[0]?.knownShape ?? []];
  return attribute(node, "antialias") === 1 || from.length === 1 || from[1] !== to[1];
};

/** "Unsupported activation", "clip not supported". */
const unusualCell: Gap = (node) =>
  ["LSTM", "GRU", "RNN"].includes(node.op) &&
  ["activations", "clip"].some((name) => attribute(node, name) !== undefined);

/** Its shader is not valid. */
const cubicGrid: Gap = (node) => node.op === "GridSample" && String(attribute(node, "mode")).endsWith("cubic");

/** By provider; found by running the cases of all operators, and their gradients, on it with ONNX Runtime 1.30. */
const gaps: Readonly<Record<string, readonly Gap[]>> = {
  webgpu: [
    poolWithIndices,
    channelsInThrees,
    convTransposeInSpace,
    sliceBackwards,
    reductionOfNothing,
    logSumExp,
    resizeUnlikePictures,
    unusualCell,
    cubicGrid,
  ],
};

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
    const all = ancestors(Object.values(outputs), { stopAt: new Set(Object.values(inputs)) });
    const nodes = all.filter((node) => gap.some((cannot) => cannot(node)));
    if (nodes.length === 0) return given;
    for (const node of nodes) nodeNames.set(node, `on_cpu_${nodeNames.size}`);
    const { forceCpuNodeNames = [] } = provider as { forceCpuNodeNames?: readonly string[] };
    const forced = [...forceCpuNodeNames, ...nodes.map((node) => nodeNames.get(node)!)];
    return { ...provider, forceCpuNodeNames: forced } as InferenceSession.ExecutionProviderConfig;
  });
  return { executionProviders, nodeNames };
}
