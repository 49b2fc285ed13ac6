/** @file A training of a few steps, the same in Node and on a page: seeded data, a net of every way that arrays are carried. */
import {
  adamW,
  build,
  type CompileOptions,
  initializers,
  losses,
  schedules,
  seededRandom,
  Tensor,
  Trainer,
} from "@noema/engine";

export interface Trained {
  readonly figures: Readonly<Record<string, readonly number[]>>;
  /** Of rows that were not learned from, after the last step. */
  readonly held: Readonly<Record<string, number>>;
  readonly weights: Readonly<Record<string, readonly number[]>>;
  /** Whether a second trainer, from a state in between, came to the same bytes. */
  readonly resumed: boolean;
}

const [count, taught, batch, steps] = [240, 200, 20, 24];
const [side, hidden, classes] = [12, 64, 3];

/** Bytes whose brightest third tells the class. */
function drawData() {
  const random = seededRandom(1);
  const label = Int32Array.from({ length: count }, () => random.below(classes));
  const pixels = Uint8Array.from({ length: count * side * side }, (_, i) => {
    const third = Math.floor((i % side) / (side / classes));
    return random.below(128) + (third === label[Math.floor(i / (side * side))] ? 100 : 0);
  });
  return {
    pixels: Tensor.of("uint8", [count, side * side], pixels),
    label: Tensor.of("int32", [count], label),
  };
}

export async function trainSome(compile: CompileOptions): Promise<Trained> {
  const random = seededRandom(2);
  const weight = (dims: readonly number[]) => Tensor.of("float32", dims, initializers.heNormal(dims, random));
  const bias = (length: number) => Tensor.of("float32", [length], new Float32Array(length));
  const open = () =>
    Trainer.open({
      parameters: {
        "first.weight": weight([side * side, hidden]),
        "first.bias": bias(hidden),
        "last.weight": weight([hidden, classes]),
        "last.bias": bias(classes),
      },
      data: drawData(),
      batch,
      noise: { shake: [batch, side * side] },
      loss: ({ parameters: p, rows: [row], noise }) => {
        const { add, cast, matmul, mul, relu } = build;
        const shown = add(mul(cast(row!.pixels!, "float32"), 1 / 255), mul(noise.shake!, 0.1));
        const seen = relu(add(matmul(shown, p["first.weight"]!), p["first.bias"]!));
        const logits = add(matmul(seen, p["last.weight"]!), p["last.bias"]!);
        const { crossEntropy, accuracy } = losses;
        return { loss: crossEntropy(logits, row!.label!), figures: { accuracy: accuracy(logits, row!.label!) } };
      },
      optimizer: adamW({ weightDecay: 0.1 }),
      clip: { norm: 1 },
      mostSteps: 10,
      compile,
    });
  const rows = Int32Array.from({ length: steps * batch }, () => random.below(taught));
  const shake = Float32Array.from({ length: steps * batch * side * side }, random.normal);
  const schedule = schedules.parseSchedule("warmup:4,cosine");
  const rates = Float64Array.from({ length: steps }, (_, i) => 0.01 * schedule(i, steps));
  const take = (trainer: Trainer, from: number, to: number) =>
    trainer.advance({
      rows: [rows.subarray(from * batch, to * batch)],
      rates: rates.subarray(from, to),
      noise: { shake: shake.subarray(from * batch * side * side, to * batch * side * side) },
    });
  const [trainer, other] = [await open(), await open()];
  const figures: Record<string, number[]> = {};
  for (const [from, to] of [
    [0, 9],
    [9, 14],
    [14, steps],
  ] as const) {
    if (from === 9) other.restore(trainer.state);
    for (const [name, values] of Object.entries(await take(trainer, from, to))) {
      figures[name] = [...(figures[name] ?? []), ...values];
    }
  }
  await take(other, 9, 19);
  await take(other, 19, steps);
  const held = await trainer.evaluate([Int32Array.from({ length: count - taught }, (_, i) => taught + i)]);
  const weights = Object.entries(trainer.parameters()).map(
    ([name, { data }]) => [name, Array.from(data, Number)] as const,
  );
  const again = other.parameters();
  const resumed = weights.every(([name, values]) => values.every((v, i) => v === again[name]!.data[i]));
  await trainer.dispose();
  await other.dispose();
  return { figures, held, weights: Object.fromEntries(weights), resumed };
}
