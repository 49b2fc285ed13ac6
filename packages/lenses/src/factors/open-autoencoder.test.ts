/** @file openAutoencoder: what two model files make of any number of pictures; what does not fit together is refused. */
import { build, constant, emit, input, Tensor, type Value, writeModel } from "@noema/engine";
import { afterEach, describe, expect, test } from "vitest";
import { type AutoencoderParts, type OpenAutoencoder, openAutoencoder } from "./open-autoencoder.js";

const labels = ["dark", "light", "striped"];
const [height, width, latents] = [2, 3, 2];
const each = height * width;

/** N×P, for any N. */
const rowsOf = (x: Value, length: number) =>
  emit("Reshape", [x, constant(Tensor.ofNumbers("int64", [2], [-1, length]))])[0];
const matrix = (rows: number, columns: number, seed: number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(12.9898 * (i + seed)));
const weight = (rows: number, columns: number, seed: number) =>
  constant(Tensor.of("float32", [rows, columns], matrix(rows, columns, seed)));

interface Sizes {
  readonly labels?: number;
  readonly latents?: number;
  readonly width?: number;
}

/** Softmax and lines of the pixels. */
function encoder(
  sizes: Sizes = {},
  change: (outputs: Record<string, Value>, x: Value) => Record<string, Value> = (o) => o,
) {
  const pixels = height * (sizes.width ?? width);
  const x = input("picture", [1, 1, height, sizes.width ?? width]);
  const flat = rowsOf(x, pixels);
  const logits = build.matmul(flat, weight(pixels, sizes.labels ?? 3, 1));
  const outputs = {
    label: build.softmax(logits),
    logits,
    latents: build.matmul(flat, weight(pixels, sizes.latents ?? latents, 2)),
  };
  return writeModel({ inputs: { picture: x }, outputs: change(outputs, x) }, { batchAxis: "N" }).bytes;
}

/** Lines of label and latents. */
function decoder(sizes: Sizes = {}) {
  const [l, z] = [sizes.labels ?? 3, sizes.latents ?? latents];
  const pixels = height * (sizes.width ?? width);
  const [y, codes] = [input("label", [1, l]), input("latents", [1, z])];
  const drawn = build.matmul(build.concat([y, codes], 1), weight(l + z, pixels, 3));
  const shape = constant(Tensor.ofNumbers("int64", [4], [-1, 1, height, sizes.width ?? width]));
  const picture = emit("Reshape", [drawn, shape])[0];
  return writeModel({ inputs: { label: y, latents: codes }, outputs: { picture } }, { batchAxis: "N" }).bytes;
}

const opened: OpenAutoencoder[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});

async function open(parts: Partial<AutoencoderParts> = {}): Promise<OpenAutoencoder> {
  const autoencoder = await openAutoencoder({
    ...{ encoder: encoder(), decoder: decoder(), labels, compile: { threads: 1 } },
    ...parts,
  });
  opened.push(autoencoder);
  return autoencoder;
}

const coded = (code: string) => expect.objectContaining({ code });

/** Row by row, in double precision. */
function times(rows: Float32Array, [inner, columns, seed]: readonly [number, number, number]): number[] {
  const w = matrix(inner, columns, seed);
  return Array.from({ length: (rows.length / inner) * columns }, (_, i) => {
    const [n, k] = [Math.floor(i / columns), i % columns];
    let sum = 0;
    for (let m = 0; m < inner; m++) sum += rows[n * inner + m] * w[m * columns + k];
    return sum;
  });
}

function expectNear(found: Float32Array, wanted: readonly number[]) {
  expect(found).toHaveLength(wanted.length);
  found.forEach((v, i) => {
    if (!(Math.abs(v - wanted[i]) < 1e-5)) expect.fail(`number ${i} is ${v}, wanted ${wanted[i]}`);
  });
}

const pictures = (count: number) => Float32Array.from({ length: count * each }, (_, i) => 0.5 + 0.5 * Math.sin(i * i));

describe.each([1, 4, 64])("in runs of %i", (batch) => {
  test.each([1, 3, 4, 9])("%i pictures, each by itself", async (count) => {
    const autoencoder = await open({ batch });
    expect(autoencoder).toMatchObject({ picture: { channels: 1, height, width }, labels, latents });
    const x = pictures(count);
    const found = await autoencoder.encode(x);
    const logits = times(x, [each, 3, 1]);
    const softmax = logits.map((v, i) => {
      const own = logits.slice(i - (i % 3), i - (i % 3) + 3);
      return Math.exp(v) / own.reduce((sum, one) => sum + Math.exp(one), 0);
    });
    expectNear(await autoencoder.logits(x), logits);
    expectNear(found.labels, softmax);
    expectNear(found.latents, times(x, [each, latents, 2]));
    // A label may be any numbers.
    const far = Float32Array.from(found.labels, (v) => 5 - 20 * v);
    const joined = Float32Array.from({ length: count * 5 }, (_, i) =>
      i % 5 < 3 ? far[Math.floor(i / 5) * 3 + (i % 5)] : found.latents[Math.floor(i / 5) * 2 + (i % 5) - 3],
    );
    expectNear(await autoencoder.decode(far, found.latents), times(joined, [5, each, 3]));
  });
});

test("no pictures are no error", async () => {
  const autoencoder = await open();
  const none = new Float32Array(0);
  expect(await autoencoder.encode(none)).toEqual({ labels: none, latents: none });
  expect(await autoencoder.decode(none, none)).toHaveLength(0);
});

test("a picture with NaN spoils no other", async () => {
  const autoencoder = await open({ batch: 4 });
  const x = pictures(4);
  const whole = await autoencoder.encode(x);
  x[each] = Number.NaN;
  const found = await autoencoder.encode(x);
  expect(found.latents.slice(0, 2)).toEqual(whole.latents.slice(0, 2));
  expect(found.latents.slice(4)).toEqual(whole.latents.slice(4));
  expect(found.latents[2]).toBeNaN();
});

test("rows that are not whole, or not as many, are refused", async () => {
  const autoencoder = await open();
  await expect(autoencoder.encode(new Float32Array(each + 1))).rejects.toThrow(coded("ROWS_COUNT"));
  await expect(autoencoder.decode(new Float32Array(6), new Float32Array(2))).rejects.toThrow(coded("ROWS_COUNT"));
  await expect(autoencoder.decode(new Float32Array(0), new Float32Array(2))).rejects.toThrow(coded("ROWS_COUNT"));
});

test("is closed once it is disposed", async () => {
  const autoencoder = await open();
  await autoencoder.dispose();
  await expect(autoencoder.encode(pictures(1))).rejects.toThrow(coded("PROGRAM_DISPOSED"));
});

describe("refuses", () => {
  test.each<readonly [string, Partial<AutoencoderParts>]>([
    ["fewer names than labels", { labels: ["dark", "light"] }],
    ["no names", { labels: [] }],
    ["a decoder of other labels", { decoder: decoder({ labels: 4 }) }],
    ["a decoder of other latents", { decoder: decoder({ latents: 3 }) }],
    ["a decoder of other pictures", { decoder: decoder({ width: 4 }) }],
    [
      "logits of other labels",
      { encoder: encoder({}, (o) => ({ ...o, logits: build.slice(o.logits, [0], [2], [1]) })) },
    ],
    ["latents with positions", { encoder: encoder({}, (o, x) => ({ ...o, latents: x })) }],
    ["labels as whole numbers", { encoder: encoder({}, (o) => ({ ...o, label: build.cast(o.label, "int64") })) }],
  ])("%s", async (_, parts) => {
    await expect(open(parts)).rejects.toThrow(coded("AUTOENCODER_SHAPE"));
  });

  test("the two in each other's place", async () => {
    await expect(open({ encoder: decoder(), decoder: encoder() })).rejects.toThrow(coded("INPUT_UNKNOWN"));
  });

  test("an encoder without latents", async () => {
    const without = encoder({}, ({ latents: _, ...others }) => others);
    await expect(open({ encoder: without })).rejects.toThrow(coded("OUTPUT_UNKNOWN"));
  });

  test.each([
    ["empty", new Uint8Array(0)],
    ["text", new TextEncoder().encode("no model")],
    ["truncated", decoder().slice(0, 100)],
  ])("a decoder that is %s", async (_, broken) => {
    await expect(open({ decoder: broken })).rejects.toThrow(coded("MODEL_CORRUPT"));
  });
});
