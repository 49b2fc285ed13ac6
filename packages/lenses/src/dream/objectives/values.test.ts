import { beforeAll, describe, expect, test } from "vitest";
import { plainRgb, tinyNetwork } from "../../tiny-network.testing.js";
import { Dream } from "../dream.js";
import { evaluate, materials, pictureLength, randomPictures, side } from "./evaluate.testing.js";
import { parseObjective } from "./parse-objective.js";

/** Every formula written out in double precision, from what the network made of the pictures. */

const pictures = randomPictures(1, 2, 3);
const batch = 3;
const plane = side * side;
const places = [...Array(plane).keys()];
const channels = [...Array(6).keys()];
const mean = (values: readonly number[]) => values.reduce((a, b) => a + b, 0) / values.length;
const add = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);

/** Pictures and features by picture, channel and place. */
const at = (data: Float32Array, count: number) => (n: number, c: number, p: number) =>
  data[(n * count + c) * plane + p];
const pixel = at(pictures, 3);
const eachPixel = (f: (c: number, y: number, x: number) => number) =>
  mean([0, 1, 2].flatMap((c) => places.map((p) => f(c, Math.floor(p / side), p % side))));
const { v } = materials.vectors;
const photograph = materials.photographs.photo;

interface Seen {
  feature(n: number, c: number, p: number): number;
  /** Of the photograph `photo`. */
  photo(c: number, p: number): number;
  logit(n: number, k: number): number;
  photoLogit(k: number): number;
}

const meanOf = ({ feature }: Seen, n: number, c: number) => mean(places.map((p) => feature(n, c, p)));

function cosineWeighted(dot: number, a: number, b: number, power: number): number {
  return dot * Math.max(0.1, dot / (a + 1e-4) / (b + 1e-4)) ** power;
}

function along({ feature }: Seen, n: number, p: number, power: number): number {
  const x = channels.map((c) => feature(n, c, p));
  const norm = (list: readonly number[]) => Math.sqrt(add(list.map((u) => u * u)));
  return cosineWeighted(add(x.map((u, c) => u * v[c])), norm(x), norm([...v]), power);
}

function caricature({ feature, photo }: Seen, n: number, power: number): number {
  const pairs = channels.flatMap((c) => places.map((p) => [feature(n, c, p), photo(c, p)]));
  const [ab, aa, bb] = [
    add(pairs.map(([a, b]) => a * b)),
    add(pairs.map(([a]) => a * a)),
    add(pairs.map(([, b]) => b * b)),
  ];
  return cosineWeighted(ab, Math.sqrt(aa), Math.sqrt(bb), power) / bb;
}

const gram = (f: (c: number, p: number) => number) =>
  channels.flatMap((c) => channels.map((d) => mean(places.map((p) => f(c, p) * f(d, p)))));

function diversity({ feature }: Seen, n: number): number {
  const grams = [0, 1, 2].map((i) => gram((c, p) => feature(i, c, p)));
  const norm = (g: readonly number[]) => Math.sqrt(add(g.map((u) => u * u)));
  const cosine = (a: readonly number[], b: readonly number[]) => add(a.map((u, i) => u * b[i])) / norm(a) / norm(b);
  return -mean([0, 1, 2].filter((i) => i !== n).map((i) => cosine(grams[n], grams[i])));
}

function alignment({ feature }: Seen, n: number): number {
  const apart = (i: number) =>
    mean(channels.flatMap((c) => places.map((p) => (feature(n, c, p) - feature(i, c, p)) ** 2))) / 2 ** Math.abs(i - n);
  return -0.5 * add([0, 1, 2].filter((i) => i !== n).map(apart));
}

const relative = (g: readonly number[], h: readonly number[]) =>
  add(g.map((u, i) => (u - h[i]) ** 2)) / add(h.map((u) => u * u));

function style({ feature, photo, logit, photoLogit }: Seen, n: number): number {
  const five = [0, 1, 2, 3, 4];
  const products = (f: (k: number) => number) => five.flatMap((i) => five.map((k) => f(i) * f(k)));
  const features = relative(
    gram((c, p) => feature(n, c, p)),
    gram(photo),
  );
  return (
    (features +
      relative(
        products((k) => logit(n, k)),
        products(photoLogit),
      )) /
    2
  );
}

/** The pixel less the weighted mean of those around it that there are. */
function roughness(n: number, c: number, y: number, x: number, reach: number): number {
  let [sum, weights] = [0, 0];
  for (let dy = -reach; dy <= reach; dy++) {
    for (let dx = -reach; dx <= reach; dx++) {
      if (y + dy < 0 || y + dy >= side || x + dx < 0 || x + dx >= side) continue;
      const weight = Math.max(Math.abs(dy), Math.abs(dx)) === reach ? 0.5 : 1;
      sum += weight * pixel(n, c, (y + dy) * side + x + dx);
      weights += weight;
    }
  }
  return pixel(n, c, y * side + x) - sum / weights;
}

function boundary(n: number, width: number): number {
  const edge = places.filter((p) => {
    const [y, x] = [Math.floor(p / side), p % side];
    return Math.min(y, x, side - 1 - y, side - 1 - x) < width;
  });
  const complexity = (c: number, p: number) =>
    roughness(n, c, Math.floor(p / side), p % side, 2) ** 2 + 0.8 * (pixel(n, c, p) - 0.5) ** 2;
  return mean([0, 1, 2].flatMap((c) => edge.map((p) => complexity(c, p))));
}

function variation(n: number): number {
  return eachPixel((c, y, x) => {
    const here = pixel(n, c, y * side + x);
    const right = x + 1 < side ? Math.abs(pixel(n, c, y * side + x + 1) - here) : 0;
    const below = y + 1 < side ? Math.abs(pixel(n, c, (y + 1) * side + x) - here) : 0;
    return right + below;
  });
}

/** What each objective is for picture n. */
const formulas: Readonly<Record<string, (seen: Seen, n: number) => number>> = {
  "channel:features:3": (seen, n) => meanOf(seen, n, 3),
  "channel:logits:4": (seen, n) => seen.logit(n, 4),
  "neuron:features:2": (seen, n) => seen.feature(n, 2, 6 * side + 6),
  "neuron:features:2:3,4": (seen, n) => seen.feature(n, 2, 4 * side + 3),
  "neuron:logits:2": (seen, n) => seen.logit(n, 2),
  "group:features:1*0.5,3*-2,1": (seen, n) => 1.5 * meanOf(seen, n, 1) - 2 * meanOf(seen, n, 3),
  "deepdream:features": (seen, n) => mean(channels.flatMap((c) => places.map((p) => seen.feature(n, c, p) ** 2))),
  "direction:features:v": (seen, n) => mean(places.map((p) => along(seen, n, p, 0))),
  "direction:features:v:2.5": (seen, n) => mean(places.map((p) => along(seen, n, p, 2.5))),
  "direction-neuron:features:v:2": (seen, n) => along(seen, n, 6 * side + 6, 2),
  "direction-neuron:features:v:1:11,0": (seen, n) => along(seen, n, 11, 1),
  "logit:logits:3": (seen, n) => seen.logit(n, 3),
  "class:1": (seen, n) => seen.logit(n, 1),
  "class-difference:1:3": (seen, n) => seen.logit(n, 1) - seen.logit(n, 3),
  "interpolation:features:3:logits:1": (seen, n) => (1 - n / 2) * meanOf(seen, n, 3) + (n / 2) * seen.logit(n, 1),
  "alignment:features": alignment,
  "diversity:features": diversity,
  "activation-difference:features:photo": ({ feature, photo }, n) =>
    mean(channels.flatMap((c) => places.map((p) => Math.abs(feature(n, c, p) - photo(c, p))))),
  "caricature:features:photo": (seen, n) => caricature(seen, n, 0),
  "caricature:features:photo:4": (seen, n) => caricature(seen, n, 4),
  "style:features,logits:photo": style,
  l1: (_, n) => eachPixel((c, y, x) => Math.abs(pixel(n, c, y * side + x) - 0.5)),
  "l1:0": (_, n) => eachPixel((c, y, x) => pixel(n, c, y * side + x)),
  "l2:0.25": (_, n) => Math.sqrt(1e-6 + eachPixel((c, y, x) => (pixel(n, c, y * side + x) - 0.25) ** 2)),
  "photograph-difference:photo": (_, n) =>
    Math.sqrt(1e-6 + eachPixel((c, y, x) => (pixel(n, c, y * side + x) - photograph[c * plane + y * side + x]) ** 2)),
  "total-variation": (_, n) => variation(n),
  blur: (_, n) => eachPixel((c, y, x) => 0.5 * roughness(n, c, y, x, 1) ** 2),
  boundary: (_, n) => boundary(n, 1),
  "boundary:3": (_, n) => boundary(n, 3),
  "boundary:99": (_, n) => boundary(n, 99),
  "channel:features:1 - 0.5*channel:features:2": (seen, n) => meanOf(seen, n, 1) - 0.5 * meanOf(seen, n, 2),
  "(l1 + class:2) * -2*l1:0": (seen, n) => {
    const absolute = eachPixel((c, y, x) => Math.abs(pixel(n, c, y * side + x) - 0.5));
    return -2 * (absolute + seen.logit(n, 2)) * eachPixel((c, y, x) => pixel(n, c, y * side + x));
  },
  "channel:features:0@0 + 3*class:2@2": (seen, n) => [meanOf(seen, n, 0), 0, 3 * seen.logit(n, 2)][n],
};

describe("values are what the formulas say", () => {
  let seen: Seen;
  beforeAll(async () => {
    const own = await evaluate(parseObjective("l1"), pictures);
    const its = await evaluate(parseObjective("l1"), materials.photographs.photo);
    seen = {
      feature: at(own.features, 6),
      photo: (c, p) => at(its.features, 6)(0, c, p),
      logit: (n, k) => own.logits[n * 5 + k],
      photoLogit: (k) => its.logits[k],
    };
  });

  test.each(Object.keys(formulas))("%s", async (text) => {
    const { values } = await evaluate(parseObjective(text), pictures);
    expect(values.length).toBe(batch);
    values.forEach((value, n) => {
      const expected = formulas[text](seen, n);
      expect(Math.abs(value - expected), `picture ${n}: ${value}, expected ${expected}`).toBeLessThan(
        2e-5 * Math.max(1, Math.abs(expected)),
      );
    });
  });

  test("opacity", async () => {
    const opacity = Float32Array.from({ length: 2 * plane }, (_, i) => (i < plane ? 0.25 : i % 2));
    const { values } = await evaluate(parseObjective("opacity"), pictures.slice(0, 2 * pictureLength), { opacity });
    expect(values[0]).toBeCloseTo(0.25, 6);
    expect(values[1]).toBeCloseTo(0.5, 6);
  });
});

describe("refuses when built", () => {
  test.each([
    ["channel:features:6", /6 channels, 0 … 5.*UNIT_RANGE/],
    ["group:features:0,7", /unit 7.*UNIT_RANGE/],
    ["class:5", /"logits": unit 5.*0 … 4.*UNIT_RANGE/],
    ["logit:features:3", /channel:features:3.*LAYER_POSITIONS/],
    ["neuron:features:0:12,0", /12×12 positions.*0 … 11.*POSITION_RANGE/],
    ["neuron:logits:0:0,1", /one position.*POSITION_RANGE/],
    ["direction:logits:v", /6 numbers.*5 channels.*VECTOR_SIZE/],
    ["direction:features:zero", /all zeros.*VECTOR_VALUES/],
    ["direction:features:nan", /no finite number.*VECTOR_VALUES/],
    ["direction:features:w", /vector "w".*MATERIAL_MISSING/],
    ["caricature:features:pho", /Nearest: "photo".*MATERIAL_MISSING/],
    ["style:features,featurs:photo", /LAYER_UNKNOWN/],
    ["opacity", /OPACITY_NONE/],
    ["l1@3", /picture 3.*0 … 2.*BATCH_RANGE/],
  ])("%s", async (text, message) => {
    const vectors = { ...materials.vectors, zero: new Float32Array(6), nan: new Float32Array(6).fill(Number.NaN) };
    const evaluated = evaluate(parseObjective(text), pictures, { materials: { ...materials, vectors } });
    await expect(evaluated).rejects.toThrowError(message);
  });

  test.each(["alignment:features", "diversity:features", "interpolation:features:1:features:2"])(
    "%s of one picture",
    async (text) => {
      await expect(evaluate(parseObjective(text), randomPictures(1))).rejects.toThrowError(/one picture.*BATCH_SIZE/);
    },
  );
});

test("a photograph undergoes the transforms that the pictures undergo", async () => {
  const dream = await Dream.open({
    model: tinyNetwork(1, side, side),
    preprocessing: plainRgb,
    objective: parseObjective("activation-difference:features:photo"),
    photographs: materials.photographs,
    seed: 0,
    start: materials.photographs.photo.map((u) => Math.min(0.999, Math.max(0.001, u))),
    compile: { threads: 1 },
  });
  const [distance] = await dream.score(4);
  await dream.dispose();
  expect(distance).toBeGreaterThan(0);
  expect(distance).toBeLessThan(0.01);
});
