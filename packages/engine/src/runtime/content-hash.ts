/** @file A name for the content of a program: equal programs are compiled once. */
import xxhash from "xxhash-wasm";
import type { Tensor } from "../graph/tensor.js";

const known = new WeakMap<Tensor, string>();
let hasher: ReturnType<typeof xxhash> | undefined;

/** Hash (xxHash64) of a program's bytes, its weights and its options. Each tensor's is computed once. */
export async function contentHash(bytes: Uint8Array, tensors: Iterable<Tensor>, options: string): Promise<string> {
  hasher ??= xxhash();
  const hashes = await hasher;
  const all = hashes.create64().update(bytes).update(options);
  for (const tensor of tensors) all.update(tensorHash(tensor, hashes));
  return all.digest().toString(16);
}

type Hashes = Awaited<ReturnType<typeof xxhash>>;

function tensorHash(tensor: Tensor, hashes: Hashes): string {
  let hash = known.get(tensor);
  if (hash === undefined) {
    const { origin } = tensor;
    // What follows from other tensors is named by them: it need not be computed to be recognised.
    hash =
      origin === undefined
        ? inPieces(tensor.passingBytes, hashes)
        : `${origin.recipe}(${origin.from.map((t) => tensorHash(t, hashes))})`;
    known.set(tensor, hash);
  }
  return hash;
}

/** The hasher copies what it is given into its own memory, which never shrinks. */
function inPieces(bytes: Uint8Array, { create64 }: Hashes): string {
  const hash = create64();
  const step = 2 ** 22;
  for (let at = 0; at < bytes.length; at += step) hash.update(bytes.subarray(at, at + step));
  return hash.digest().toString(16);
}
