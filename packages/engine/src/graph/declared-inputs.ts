/** @file declaredInputs: what an ONNX file says of its inputs, before anything is bound or read. */
import { decodeModel } from "./decode.js";

/** An axis is of fixed size, or has a name, or is just dynamic. */
export type DeclaredDimension = number | string | null;

export interface DeclaredInput {
  readonly name: string;
  /** Null where not even the number of axes is declared. */
  readonly dims: readonly DeclaredDimension[] | null;
}

/** @throws NoemaError MODEL_CORRUPT */
export function declaredInputs(bytes: Uint8Array): DeclaredInput[] {
  const { graph } = decodeModel(bytes);
  const initialized = new Set((graph?.initializers ?? []).map((tensor) => tensor.name ?? ""));
  const inputs = (graph?.inputs ?? []).filter((info) => !initialized.has(info.name ?? ""));
  return inputs.map(({ name = "", type }) => {
    const shape = type?.tensor?.shape;
    const dims = shape?.dims ?? [];
    const size = (value: bigint | undefined, parameter: string | undefined): DeclaredDimension =>
      value !== undefined && value > 0n ? Number(value) : parameter || null;
    return { name, dims: shape === undefined ? null : dims.map((dim) => size(dim.value, dim.parameter)) };
  });
}
