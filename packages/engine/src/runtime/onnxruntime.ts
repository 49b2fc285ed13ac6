/** @file The ONNX Runtime of this environment: native in Node, WebAssembly or WebGPU in a browser. */
import type * as Common from "onnxruntime-common";
import { NoemaError } from "../graph/error.js";

export type OnnxRuntime = typeof Common;

/** Whether this is Node, rather than a browser. */
export const inNode =
  (globalThis as { process?: { versions?: { node?: string } } }).process?.versions?.node !== undefined;

/** Named through a variable, so that bundlers for the browser do not look for the native package. */
const nativePackage = "onnxruntime-node";

/** Loads ONNX Runtime. In browsers the WebGPU build is loaded only when that provider is asked for. */
export async function loadOnnxRuntime(providers: readonly string[]): Promise<OnnxRuntime> {
  try {
    if (inNode) return moduleOf(await import(/* @vite-ignore */ nativePackage));
    if (providers.includes("webgpu")) return moduleOf(await import("onnxruntime-web/webgpu"));
    return moduleOf(await import("onnxruntime-web"));
  } catch (cause) {
    throw new NoemaError("RUNTIME_MISSING", {
      where: "ONNX Runtime",
      found: `it could not be loaded (${(cause as Error).message})`,
      remedy: inNode ? "Install onnxruntime-node." : "Serve the .wasm files of onnxruntime-web beside the page.",
      cause,
    });
  }
}

function moduleOf(loaded: unknown): OnnxRuntime {
  const { default: inner } = loaded as { default?: OnnxRuntime };
  return inner?.InferenceSession === undefined ? (loaded as OnnxRuntime) : inner;
}
