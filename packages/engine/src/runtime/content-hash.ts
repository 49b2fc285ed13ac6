/** @file A name for the content of a program: equal programs are compiled once. */
import xxhash from "xxhash-wasm";
import type { Tensor } from "../graph/tensor.js";

const known = new WeakMap<Tensor, string>();
let hasher: ReturnType<typeof xxhash> | undefined;

/** Hash (xxHash64) of a program's bytes, its weights and its options. Each tensor's is computed once. */
export async function contentHash(bytes: Uint8Array, tensors: Iterable<Tensor>, options: string): Promise<string> {
  hasher ??= xxhash();
  const { h64Raw, create64 } = await hasher;
  const all = create64().update(bytes).update(options);
  for (const tensor of tensors) {
    let hash = known.get(tensor);
    if (hash === undefined) {
      hash = tensor.bytes.length < 2 ** 24 ? h64Raw(tensor.bytes).toString(16) : inPieces(tensor.bytes, create64());
      known.set(tensor, hash);
    }
    all.update(hash);
  }
  return all.digest().toString(16);
}

/** The hasher copies what it is given into its own memory, which never shrinks. */
function inPieces(bytes: Uint8Array, hash: { update(b: Uint8Array): unknown; digest(): bigint }): string {
  const step = 2 ** 22;
  for (let at = 0; at < bytes.length; at += step) hash.update(bytes.subarray(at, at + step));
  return hash.digest().toString(16);
}
