/** @file inBatches: a program of a fixed batch over any number of rows. */
import { type Model, NoemaError, type Program, readModel } from "@noema/engine";

/** A model whose inputs take so many examples at a time. */
export function withBatch(bytes: Uint8Array, batch: number): Model {
  const inputs = readModel(bytes).inputs;
  return readModel(bytes, {
    inputShapes: Object.fromEntries(inputs.map(({ name, shape }) => [name, [batch, ...shape.slice(1)]])),
  });
}

/**
 * Runs over as many rows as there are, the last batch filled up with zeros.
 *
 * @param given by the name of an input: the numbers of all rows, and how many one row has
 * @throws NoemaError ROWS_COUNT
 */
export async function inBatches(
  program: Program,
  batch: number,
  given: Readonly<Record<string, readonly [Float32Array, number]>>,
): Promise<Record<string, Float32Array>> {
  const counts = Object.entries(given).map(([name, [values, size]]) => ({ name, count: values.length / size, size }));
  const [{ count }] = counts;
  const wrong = counts.find((one) => one.count !== count || !Number.isInteger(one.count));
  if (wrong !== undefined) {
    throw new NoemaError("ROWS_COUNT", {
      where: wrong.name,
      found: `${given[wrong.name][0].length} numbers`,
      needed: `${wrong.size} for each of as many rows as there are of the others`,
    });
  }
  const whole: Record<string, Float32Array> = {};
  for (let from = 0; from < count; from += batch) {
    const rows = Math.min(batch, count - from);
    const feeds = Object.fromEntries(
      Object.entries(given).map(([name, [values, size]]) => {
        const part = values.subarray(from * size, (from + rows) * size);
        if (rows === batch) return [name, part];
        const padded = new Float32Array(batch * size);
        padded.set(part);
        return [name, padded];
      }),
    );
    for (const [name, { data }] of Object.entries(await program.run(feeds))) {
      const size = data.length / batch;
      whole[name] ??= new Float32Array(count * size);
      whole[name].set((data as Float32Array).subarray(0, rows * size), from * size);
    }
  }
  if (count > 0) return whole;
  return Object.fromEntries(Object.keys(program.outputs).map((name) => [name, new Float32Array(0)]));
}
