/** @file idxFile: a file in the format of MNIST's, for tests. */

/** @param shape a size for each dimension, the slowest first */
export function idxFile(shape: readonly number[], data: Uint8Array): Uint8Array {
  const file = new Uint8Array(4 + 4 * shape.length + data.length);
  const view = new DataView(file.buffer);
  view.setUint32(0, 0x0800 + shape.length);
  for (const [i, size] of shape.entries()) view.setUint32(4 + 4 * i, size);
  file.set(data, 4 + 4 * shape.length);
  return file;
}
