/** @file compile: a computation to a Program that ONNX Runtime runs, natively in Node or in the browser. */
import type { InferenceSession } from "onnxruntime-common";
import { NoemaError } from "../graph/error.js";
import { type Signature, writeModel } from "../graph/write-model.js";
import { contentHash } from "./content-hash.js";
import { checkMemory, defaultMemoryLimit } from "./memory.js";
import { loadOnnxRuntime, type OnnxRuntime } from "./onnxruntime.js";
import { Program } from "./program.js";

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
 * Compiles a computation. Only what the outputs need is in the program. Programs of equal content and options share one
 * session, which is released when the last of them is disposed.
 *
 * @throws NoemaError INPUT_MISSING, MODEL_TOO_LARGE, RUNTIME_MISSING, SESSION_REFUSED
 */
export async function compile(signature: Signature, options: CompileOptions = {}): Promise<Program> {
  const { memoryLimit = defaultMemoryLimit, ...sessionChoices } = options;
  checkMemory(signature, memoryLimit);
  const { bytes, external } = writeModel(signature, { externalAbove: inlineBytes });
  const providers = (options.executionProviders ?? []).map((p) => (typeof p === "string" ? p : p.name));
  const runtime = await loadOnnxRuntime(providers);
  const key = await contentHash(bytes, external.values(), JSON.stringify(sessionChoices));
  let cached = sessions.get(key);
  if (cached === undefined) {
    const weights = [...external].map(([path, tensor]) => ({ path, data: tensor.bytes }));
    cached = { session: createSession(runtime, bytes, sessionOptions(options, weights)), users: 0 };
    sessions.set(key, cached);
  }
  const entry = cached;
  entry.users++;
  try {
    const session = await entry.session;
    return new Program({ signature, session, runtime, release: () => release(key, entry) });
  } catch (cause) {
    sessions.delete(key);
    throw cause;
  }
}

async function release(key: string, entry: CachedSession): Promise<void> {
  if (--entry.users > 0) return;
  sessions.delete(key);
  await (await entry.session).release();
}

async function createSession(
  runtime: OnnxRuntime,
  bytes: Uint8Array,
  options: InferenceSession.SessionOptions,
): Promise<InferenceSession> {
  try {
    return await runtime.InferenceSession.create(bytes, options);
  } catch (cause) {
    throw new NoemaError("SESSION_REFUSED", {
      where: "ONNX Runtime",
      found: `it does not run this program (${(cause as Error).message.slice(0, 500)})`,
      cause,
    });
  }
}

function sessionOptions(
  { executionProviders, threads, session = {} }: CompileOptions,
  externalData: { path: string; data: Uint8Array }[],
): InferenceSession.SessionOptions {
  const { session: extraSession, ...extra } = (session.extra ?? {}) as Record<string, Record<string, unknown>>;
  return {
    graphOptimizationLevel: "all",
    logSeverityLevel: 3,
    ...(executionProviders === undefined ? {} : { executionProviders: [...executionProviders] }),
    ...(threads === undefined ? {} : { intraOpNumThreads: threads }),
    ...session,
    externalData,
    // Denormal numbers, common in vanishing gradients, are computed ten times slower than others.
    extra: { ...extra, session: { set_denormal_as_zero: "1", ...extraSession } },
  };
}
