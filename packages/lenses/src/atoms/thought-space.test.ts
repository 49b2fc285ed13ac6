/** @file A thought space: two networks of any names, or one that is cut; what does not fit is refused. */
import { build, constant, emit, input, readModel, Tensor, type Value, writeModel } from "@noema/engine";
import { afterEach, describe, expect, test } from "vitest";
import {
  type CutParts,
  openCutNetwork,
  openThoughtSpace,
  type ThoughtParts,
  type ThoughtSpace,
} from "./thought-space.js";

const [height, width] = [2, 3];
const matrix = (rows: number, columns: number, seed: number) =>
  Float32Array.from({ length: rows * columns }, (_, i) => Math.sin(12.9898 * (i + seed)));
const weight = (rows: number, columns: number, seed: number) =>
  constant(Tensor.of("float32", [rows, columns], matrix(rows, columns, seed)));
const reshape = (x: Value, ...shape: number[]) =>
  emit("Reshape", [x, constant(Tensor.ofNumbers("int64", [shape.length], shape))])[0];
const bytes = (inputs: Record<string, Value>, outputs: Record<string, Value>) =>
  writeModel({ inputs, outputs }, { batchAxis: "N" }).bytes;

/** Pictures of one channel to lines of their pixels. */
function encoder(length = 4, shape: readonly number[] = [1, 1, height, width]) {
  const x = input("image", shape);
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return bytes({ image: x }, { z: build.matmul(reshape(x, -1, size), weight(size, length, 1)) });
}

function decoder(length = 4, shape: readonly number[] = [-1, 1, height, width]) {
  const z = input("code", [1, length]);
  const size = shape.slice(1).reduce((a, b) => a * b, 1);
  return bytes({ code: z }, { drawn: reshape(build.matmul(z, weight(length, size, 2)), ...shape) });
}

const product = (x: Float32Array, rows: number, columns: number, seed: number) => {
  const w = matrix(rows, columns, seed);
  return Float32Array.from({ length: (x.length / rows) * columns }, (_, k) => {
    const [n, column] = [Math.floor(k / columns), k % columns];
    let sum = 0;
    for (let i = 0; i < rows; i++) sum += x[n * rows + i] * w[i * columns + column];
    return sum;
  });
};
const pictures = (count: number, each = height * width) =>
  Float32Array.from({ length: count * each }, (_, i) => (i * 0.37) % 1);
const close = (found: Float32Array, wanted: Float32Array) => {
  expect(found).toHaveLength(wanted.length);
  found.forEach((v, i) => {
    if (!(Math.abs(v - wanted[i]) < 1e-4)) expect.fail(`number ${i} is ${v}, not ${wanted[i]}`);
  });
};

const opened: ThoughtSpace[] = [];
afterEach(async () => {
  for (const one of opened.splice(0)) await one.dispose();
});
const keep = (space: ThoughtSpace) => {
  opened.push(space);
  return space;
};
const open = async (parts: ThoughtParts) => keep(await openThoughtSpace({ compile: { threads: 1 }, ...parts }));
const cut = async (parts: CutParts) => keep(await openCutNetwork({ compile: { threads: 1 }, ...parts }));

describe("two files", () => {
  test("of whatever names, for any number of pictures", async () => {
    const space = await open({ encoder: { model: encoder() }, decoder: { model: decoder() }, batch: 3 });
    expect(space).toMatchObject({ picture: { channels: 1, height, width }, latents: 4, undecoded: undefined });
    const shown = pictures(7);
    const vectors = await space.encode!(shown);
    close(vectors, product(shown, 6, 4, 1));
    close(await space.decode!(vectors), product(vectors, 4, 6, 2));
    expect(await space.encode!(new Float32Array(0))).toHaveLength(0);
    await expect(space.decode!(new Float32Array(3))).rejects.toThrow(/ROWS_COUNT/);
  });

  test("or only one of them", async () => {
    const front = await open({ encoder: { model: encoder() } });
    expect([front.decode, front.undecoded]).toEqual([undefined, "there is no decoder"]);
    expect(await front.encode!(pictures(2))).toHaveLength(8);
    const back = await open({ decoder: { model: decoder() } });
    expect([back.encode, back.latents]).toEqual([undefined, 4]);
    expect(await back.decode!(new Float32Array(8))).toHaveLength(12);
  });

  test("that take rows of numbers: the shape is the other's, or is told", async () => {
    const flat = { model: encoder(4, [1, 6]) };
    const space = await open({ encoder: flat, decoder: { model: decoder() } });
    close(await space.encode!(pictures(5)), product(pictures(5), 6, 4, 1));
    const told = await open({ encoder: flat, picture: { channels: 1, height: 3, width: 2 } });
    expect(told.picture).toEqual({ channels: 1, height: 3, width: 2 });
    await expect(open({ encoder: flat })).rejects.toThrow(/encoder, "image".*1×6|64×6.*THOUGHT_PICTURE/);
    await expect(open({ encoder: flat, picture: { channels: 1, height: 7, width: 1 } })).rejects.toThrow(
      /THOUGHT_PICTURE/,
    );
  });

  test("whose channels come last and whose black is −1, in blue, green, red", async () => {
    const preprocessing = { range: [-1, 1] as const, channels: "BGR" as const };
    const space = await open({
      encoder: { model: encoder(18, [1, height, width, 3]), preprocessing },
      // The inverse of what the encoder's numbers are is not asked for: only that the picture is taken apart as it is put together.
      decoder: { model: decoder(18, [-1, height, width, 3]), preprocessing },
    });
    expect(space.picture).toEqual({ channels: 3, height, width });
    const shown = pictures(2, 18);
    const network = Float32Array.from({ length: 36 }, (_, i) => {
      const [n, pixel, c] = [Math.floor(i / 18), Math.floor((i % 18) / 3), i % 3];
      return 2 * shown[n * 18 + (2 - c) * 6 + pixel] - 1;
    });
    const vectors = await space.encode!(shown);
    close(vectors, product(network, 18, 18, 1));
    const drawn = product(vectors, 18, 18, 2);
    const wanted = Float32Array.from({ length: 36 }, (_, i) => {
      const [n, c, pixel] = [Math.floor(i / 18), Math.floor((i % 18) / 6), i % 6];
      return (drawn[n * 18 + pixel * 3 + (2 - c)] + 1) / 2;
    });
    close(await space.decode!(vectors), wanted);
  });

  test("one of which was exported for one picture at a time, with vectors of more axes", async () => {
    const x = input("image", [1, 1, height, width]);
    const z = emit("Reshape", [
      build.matmul(reshape(x, 1, 6), weight(6, 4, 1)),
      constant(Tensor.ofNumbers("int64", [4], [1, 4, 1, 1])),
    ])[0];
    const model = writeModel({ inputs: { image: x }, outputs: { z } }).bytes;
    const space = await open({ encoder: { model }, decoder: { model: decoder() } });
    close(await space.encode!(pictures(3)), product(pictures(3), 6, 4, 1));
  });

  test("with a label that is held, as of an XCov decoder", async () => {
    const [y, z] = [input("label", [1, 2]), input("latents", [1, 4])];
    const drawn = build.add(build.matmul(y, weight(2, 6, 3)), build.matmul(z, weight(4, 6, 2)));
    const model = bytes({ label: y, latents: z }, { picture: reshape(drawn, -1, 1, height, width) });
    const label = [0.25, 0.75];
    const space = await open({ decoder: { model, held: { label } } });
    expect(space.latents).toBe(4);
    const vectors = pictures(3, 4);
    const wanted = product(vectors, 4, 6, 2);
    const constantPart = product(Float32Array.from(label), 2, 6, 3);
    close(
      await space.decode!(vectors),
      wanted.map((v, i) => v + constantPart[i % 6]),
    );
    await expect(open({ decoder: { model } })).rejects.toThrow(
      /input "label": nothing is said of it, 2 numbers.*THOUGHT_PORT/,
    );
    await expect(open({ decoder: { model, held: { label: [1] } } })).rejects.toThrow(
      /1 numbers, 2 numbers.*THOUGHT_PORT/,
    );
    await expect(open({ decoder: { model, held: { label, other: [1] } } })).rejects.toThrow(/"other".*THOUGHT_PORT/);
  });
});

describe("is refused:", () => {
  const two = { encoder: { model: encoder() }, decoder: { model: decoder() } };
  test.each<[string, ThoughtParts, RegExp]>([
    ["nothing", {}, /neither an encoder nor a decoder.*THOUGHT_PARTS/],
    [
      "a decoder of other vectors",
      { ...two, decoder: { model: decoder(5) } },
      /takes vectors of 5 numbers, the encoder gives 4.*THOUGHT_SHAPE/,
    ],
    [
      "a decoder of other pictures",
      { ...two, decoder: { model: decoder(4, [-1, 1, height, width + 1]) } },
      /draws pictures of 1×2×4, the encoder takes 1×2×3.*THOUGHT_SHAPE/,
    ],
    [
      "pictures of another shape than was told",
      { ...two, picture: { channels: 1, height: 9, width: 9 } },
      /1×9×9 were told, the network has 1×2×3.*THOUGHT_PICTURE/,
    ],
    ["a decoder that ends in no picture", { decoder: { model: encoder(4, [1, 5]) } }, /decoder, "z".*THOUGHT_PICTURE/],
    ["a name that is not there", { encoder: { model: encoder(), output: "y" } }, /"y".*Nearest: "z".*THOUGHT_PORT/],
    ["an empty file", { encoder: { model: new Uint8Array(0) } }, /MODEL_CORRUPT/],
    ["half a file", { encoder: { model: encoder().slice(0, 90) } }, /MODEL_CORRUPT/],
    [
      "colours where there is grey",
      { encoder: { model: encoder(), preprocessing: { channels: "RGB" } } },
      /for 3 channels, the network has 1.*THOUGHT_PICTURE/,
    ],
    [
      "one number for black and white",
      { encoder: { model: encoder(), preprocessing: { range: [1, 1] } } },
      /THOUGHT_PICTURE/,
    ],
  ])("%s", async (_, parts, message) => {
    await expect(open(parts)).rejects.toThrow(message);
  });
});

describe("a network that is cut", () => {
  /** With names for the parts: hidden, code, and what is drawn; `skip` draws from the picture too. */
  function network(skip = false) {
    const x = input("image", [2, 1, height, width]);
    const hidden = build.relu(build.matmul(build.reshape(x, [2, 6]), weight(6, 5, 1)));
    const code = build.matmul(hidden, weight(5, 4, 2));
    const drawn = build.reshape(build.matmul(code, weight(4, 6, 3)), [2, 1, height, width]);
    const end = skip ? build.add(drawn, x) : drawn;
    hidden.name = "hidden";
    code.name = "code";
    return writeModel({ inputs: { image: x }, outputs: { code, end } }).bytes;
  }

  test("encodes before the layer and draws behind it, as the whole does", async () => {
    const whole = await open({ encoder: { model: network(), output: "end" } });
    const shown = pictures(3);
    const wanted = await whole.encode!(shown);
    for (const [layer, latents] of [
      ["hidden", 5],
      ["code", 4],
    ] as const) {
      const space = await cut({ network: { model: network() }, layer });
      expect([space.latents, space.undecoded]).toEqual([latents, undefined]);
      close(await space.decode!(await space.encode!(shown)), wanted);
    }
  });

  test("encodes alone where the picture is drawn past the layer, or nothing is drawn", async () => {
    const skipped = await cut({ network: { model: network(true) }, layer: "code" });
    expect(skipped.undecoded).toMatch(/not drawn from code alone: it needs the input "image"/);
    expect([skipped.decode, (await skipped.encode!(pictures(1))).length]).toEqual([undefined, 4]);
    const classifier = await cut({ network: { model: network(), output: "code" }, layer: "hidden" });
    expect(classifier.undecoded).toMatch(/ends in 4 numbers and not in a picture/);
  });

  test("was read before, in its own batch", async () => {
    const model = readModel(network());
    const space = await cut({ network: { model }, layer: "hidden" });
    expect(await space.encode!(pictures(5))).toHaveLength(25);
  });

  test.each([
    ["hiden", /Nearest: "hidden".*LAYER_UNKNOWN/],
    ["image", /it is the picture itself.*THOUGHT_LAYER/],
  ])("%s is refused", async (layer, message) => {
    await expect(cut({ network: { model: network() }, layer })).rejects.toThrow(message);
  });

  test("a layer that does not follow from the picture is refused", async () => {
    const [x, y] = [input("image", [1, 1, height, width]), input("other", [1, 6])];
    const beside = build.mul(y, 2);
    beside.name = "beside";
    const end = build.add(x, build.reshape(beside, [1, 1, height, width]));
    const model = writeModel({ inputs: { image: x, other: y }, outputs: { end } }).bytes;
    const parts = { network: { model, input: "image", held: { other: new Float32Array(6) } }, layer: "beside" };
    await expect(cut(parts)).rejects.toThrow(/does not follow from the picture.*THOUGHT_LAYER/);
  });
});
