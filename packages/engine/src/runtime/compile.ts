/** @file compile: a computation to a Program that ONNX Runtime runs, natively in Node or in the browser. */
import type { InferenceSession } from "onnxruntime-common";
import { NoemaError, nearestNames } from "../graph/error.js";
import { allOpNames, findOp } from "../graph/op.js";
import { ancestors } from "../graph/topology.js";
import { type ExternalTensor, type Signature, type WrittenModel, writeModel } from "../graph/write-model.js";
import { contentHash } from "./content-hash.js";
import { checkMemory, defaultMemoryLimit } from "./memory.js";
import { inNode, loadOnnxRuntime, type OnnxRuntime } from "./onnxruntime.js";
import { Program } from "./program.js";
import { placeNodes } from "./provider-gaps.js";

export interface CompileOptions {
  /** In order of preference, such as `["cuda", "cpu"]` or `["webgpu", "wasm"]`. Default: CPU, or wasm in a browser. */
  readonly executionProviders?: readonly InferenceSession.ExecutionProviderConfig[];
  /** Threads of one operator. Default: ONNX Runtime's, one per physical core. */
  readonly threads?: number;
  /**
   * Bytes of arrays, beside the weights, that one run may hold at a time: what needs more is refused before it is
   * allocated. Default: 4 GiB.
   */
  readonly memoryLimit?: number;
  /** Anything else ONNX Runtime takes; wins over what is set here. */
  readonly session?: InferenceSession.SessionOptions;
}

interface CachedSession {
  readonly session: Promise<InferenceSession>;
  users: number;
}

const sessions = new Map<string, CachedSession>();

/** Constants of at most this many bytes are written into the program; shape inference looks at them. */
const inlineBytes = 1024;

/**
 * Weights of more bytes than this go through a file in Node, from which ONNX Runtime maps them: in memory it would hold
 * them twice more while it builds a session.
 */
const weightsFile = { name: "weights.bin", above: 2 ** 24 };

/** Named through a variable, so that bundlers for the browser do not look at it. */
const nodeModelFile = "./node-model-file.js";

/**
 * Compiles a computation. Only what the outputs need is in the program. Programs of equal content and options share one
 * session, which is released when the last of them is disposed.
 *
 * @throws NoemaError INPUT_MISSING, MODEL_TOO_LARGE, OPERATOR_UNKNOWN, RUNTIME_MISSING, SESSION_REFUSED
 */
export async function compile(signature: Signature, options: CompileOptions = {}): Promise<Program> {
  const { memoryLimit = defaultMemoryLimit, ...sessionChoices } = options;
  checkMemory(signature, memoryLimit);
  const { executionProviders, nodeNames } = placeNodes(signature, options.executionProviders ?? []);
  const written = writeModel(signature, {
    externalAbove: inlineBytes,
    nodeNames,
    ...(inNode && { externalFile: weightsFile }),
  });
  const providers = executionProviders.map((p) => (typeof p === "string" ? p : p.name));
  const runtime = await loadOnnxRuntime(providers);
  // In a browser all sessions share their threads, which the first one starts.
  if (!inNode && options.threads !== undefined) runtime.env.wasm.numThreads = options.threads;
  const weights = [...written.external.values()].map(({ tensor }) => tensor);
  const key = await contentHash(written.bytes, weights, JSON.stringify(sessionChoices));
  let cached = sessions.get(key);
  if (cached === undefined) {
    cached = { session: createSession(runtime, written, sessionOptions(options, executionProviders)), users: 0 };
    sessions.set(key, cached);
  }
  const entry = cached;
  entry.users++;
  try {
    const session = await entry.session;
    return new Program({ signature, session, runtime, release: () => release(key, entry) });
  } catch (cause) {
    sessions.delete(key);
    throw explain(cause, signature);
  }
}

async function release(key: string, entry: CachedSession): Promise<void> {
  if (--entry.users > 0) return;
  sessions.delete(key);
  await (await entry.session).release();
}

async function createSession(
  runtime: OnnxRuntime,
  { bytes, external }: WrittenModel,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    const { create } = runtime.InferenceSession;
    const outside = [...external.values()];
    if (outside[0]?.location === weightsFile.name) {
      const { withModelFile } = (await import(
        /* @vite-ignore */ nodeModelFile
      )) as typeof import("./node-model-file.js");
      const session = await withModelFile(bytes, weightsFile.name, outside, (path) => create(path, options));
      if (session !== undefined) return session;
    }
    return await create(bytes, { ...options, externalData: inMemory(outside) });
  } catch (cause) {
    throw new NoemaError("SESSION_REFUSED", {
      where: "ONNX Runtime",
      found: `it does not run this program (${(cause as Error).message.slice(0, 500)})`,
      cause,
    });
  }
}

/** The weights as files that exist in memory only. */
function inMemory(outside: readonly ExternalTensor[]): { path: string; data: Uint8Array }[] {
  const last = outside[outside.length - 1];
  if (last === undefined || last.location !== weightsFile.name) {
    return outside.map(({ location, tensor }) => ({ path: location, data: tensor.passingBytes }));
  }
  const data = new Uint8Array(last.offset + last.tensor.passingBytes.byteLength);
  for (const { offset, tensor } of outside) data.set(tensor.passingBytes, offset);
  return [{ path: weightsFile.name, data }];
}

/** A refusal whose reason is an operator that nobody knows says so. */
function explain(refusal: unknown, { inputs, outputs }: Signature): unknown {
  const nodes = ancestors(Object.values(outputs), { stopAt: new Set(Object.values(inputs)) });
  const unknown = nodes.find((node) => findOp(node.op, node.domain) === undefined);
  if (unknown === undefined || (refusal as NoemaError).code !== "SESSION_REFUSED") return refusal;
  const op = unknown.domain === "" ? unknown.op : `${unknown.domain}::${unknown.op}`;
  const nearest = nearestNames(op, allOpNames());
  return new NoemaError("OPERATOR_UNKNOWN", {
    where: unknown.label,
    found: `neither the engine nor ONNX Runtime knows the operator ${op}`,
    remedy: `Nearest: ${nearest.join(", ")}.`,
    cause: refusal,
  });
}

function sessionOptions(
  { threads, session = {} }: CompileOptions,
  executionProviders: readonly InferenceSession.ExecutionProviderConfig[],
): InferenceSession.SessionOptions {
  const { session: extraSession, ...extra } = (session.extra ?? {}) as Record<string, Record<string, unknown>>;
  return {
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    // Reserving all arrays of a run in one block takes more memory and no less time.
    enableMemPattern: false,
    ...(executionProviders.length === 0 ? {} : { executionProviders: [...executionProviders] }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...session,
    // Denormal numbers, common in vanishing gradients, are computed ten times slower than others.
    extra: { ...extra, session: { set_denormal_as_zero: "1", ...extraSession } },
  };
}
