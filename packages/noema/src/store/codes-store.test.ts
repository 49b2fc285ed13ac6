import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { seededRandom } from "@noema/engine";
import type { Codes } from "@noema/lenses";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { CodesStore } from "./codes-store.js";
import type { CodesAbout } from "./codes-writer.js";
import { writeVectorsTable } from "./vectors-table.js";

let root: string;
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "noema-codes-"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

let folders = 0;
const fresh = () => join(root, String(folders++));
const coded = (code: string) => expect.objectContaining({ code });
const hash = (digit: string) => digit.repeat(64);

type Part = readonly [atom: number, amount: number];

function codesOf(vectors: readonly (readonly Part[])[]): Codes {
  const flat = vectors.flat();
  let at = 0;
  return {
    vectors: vectors.length,
    starts: Uint32Array.from([0, ...vectors.map((parts) => (at += parts.length))]),
    atoms: Uint32Array.from(flat, ([atom]) => atom),
    coefficients: Float32Array.from(flat, ([, amount]) => amount),
  };
}

const glasses = ["none", "sunglasses", "it's round", undefined];

/** Activations of so many pictures, with their labels; two columns have names of our own. */
async function activations(count: number, labelled = true): Promise<CodesAbout["activations"]> {
  const folder = fresh();
  const columns = [
    { name: "glasses", column: "glasses" },
    { name: "Name", column: "Name_" },
  ];
  if (labelled) {
    await writeVectorsTable(join(folder, "vectors.parquet"), {
      pictures: {
        indices: Uint32Array.from({ length: count }, (_, i) => i),
        name: (picture) => `p${picture}.png`,
        columns: [
          { column: "glasses", of: (picture) => glasses[picture % 4] },
          { column: "Name_", of: (picture) => String(picture % 3) },
        ],
      },
      perPicture: 1,
    });
  }
  const meta = { hash: hash("a"), model: { hash: hash("b") }, pictures: { columns } };
  return { folder, count, meta } as unknown as CodesAbout["activations"];
}

const about = async (count: number, atoms: number, labelled = true): Promise<CodesAbout> => ({
  activations: await activations(count, labelled),
  dictionary: { hash: hash("c"), count: atoms },
  options: { sparsity: 3 },
});

/** Up to five different atoms each, some with amounts that are alike. */
function someVectors(count: number, atoms: number, seed = 1): Part[][] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, () => {
    const chosen = new Set(Array.from({ length: random.below(6) }, () => Math.floor(atoms * random.uniform() ** 2)));
    return [...chosen].map((atom) => [atom, (random.below(9) - 4) / 4 || 1.5] as const);
  });
}

const amount = (vectors: readonly (readonly Part[])[], row: number, atom: number) =>
  vectors[row].find(([one]) => one === atom)?.[1] ?? 0;

/** What a table sorted by atom must give, by looking at all codes. */
function strongest(vectors: readonly (readonly Part[])[], atoms: readonly number[], sign: number) {
  return [...vectors.keys()]
    .map((row) => ({ row, amounts: atoms.map((atom) => amount(vectors, row, atom)) }))
    .filter(({ amounts }) => amounts.every((v) => (sign === 0 ? v !== 0 : v * sign > 0)))
    .map((one) => ({ ...one, all: one.amounts.reduce((sum, v) => sum + Math.abs(v), 0) }))
    .sort((a, b) => b.all - a.all || a.row - b.row);
}

describe("codes", () => {
  const [count, atoms] = [500, 30];
  const vectors = someVectors(count, atoms);
  let folder: string;
  let store: CodesStore;
  beforeAll(async () => {
    folder = fresh();
    const batches = [vectors.slice(0, 7), [], vectors.slice(7, 300), vectors.slice(300)].map(codesOf);
    store = await CodesStore.write(folder, batches, await about(count, atoms));
  });
  afterAll(() => store.close());

  test("by atom: all vectors that have it, the strongest first", async () => {
    for (const atom of [0, 1, 7, 29]) {
      for (const [sign, factor] of [
        ["both", 0],
        ["positive", 1],
        ["negative", -1],
      ] as const) {
        const wanted = strongest(vectors, [atom], factor);
        const found = await store.withAtom(atom, { sign });
        expect([...found.rows]).toEqual(wanted.map(({ row }) => row));
        expect([...found.coefficients]).toEqual(wanted.map(({ amounts }) => amounts[0]));
        const some = await store.withAtom(atom, { sign, limit: 3 });
        expect([...some.rows]).toEqual(wanted.slice(0, 3).map(({ row }) => row));
      }
    }
  });

  test("by several atoms: vectors that have all of them", async () => {
    for (const some of [[0, 1], [2, 0, 5], [28, 29], [3]]) {
      for (const [sign, factor] of [
        ["both", 0],
        ["positive", 1],
      ] as const) {
        const wanted = strongest(vectors, some, factor);
        const found = await store.withAtoms(some, { sign, limit: 20 });
        expect([...found.rows]).toEqual(wanted.slice(0, 20).map(({ row }) => row));
        expect([...found.coefficients]).toEqual(wanted.slice(0, 20).flatMap(({ amounts }) => amounts));
      }
    }
    expect((await store.withAtoms([])).rows).toHaveLength(0);
  });

  test("by vector, as they were written; and how often each atom is", async () => {
    vectors.forEach((parts, row) => {
      const found = store.atomsOf(row);
      expect([...found.atoms].map((atom, i) => [atom, found.coefficients[i]])).toEqual(parts);
    });
    expect(store.read(290, 20)).toEqual(codesOf(vectors.slice(290, 310)));
    expect(store.read(500, 0)).toEqual(codesOf([]));
    const uses = Array.from({ length: atoms }, (_, atom) => strongest(vectors, [atom], 0).length);
    expect([...(await store.frequencies())]).toEqual(uses);
  });

  test("by formula, with labels and amounts", async () => {
    const found = await store.where("atom(0) > 0.5 and glasses = 'it''s round' and not atom(1)", { limit: 4 });
    const wanted = [...vectors.keys()]
      .filter((row) => amount(vectors, row, 0) > 0.5 && row % 4 === 2 && amount(vectors, row, 1) === 0)
      .sort((a, b) => amount(vectors, b, 0) - amount(vectors, a, 0) || a - b)
      .slice(0, 4);
    expect(wanted).toHaveLength(4);
    expect(found).toEqual(
      wanted.map((row) => ({
        ...{ row, picture: row, name: `p${row}.png`, glasses: "it's round", Name_: String(row % 3) },
        "atom(0)": amount(vectors, row, 0),
        "atom(1)": 0,
      })),
    );
    // The factor called as one of our columns is, but for its capital letter; and that column.
    expect((await store.where("Name = 2 and name = 'p5.png'")).map(({ row }) => row)).toEqual([5]);
    expect(await store.where("glasses in ('none', 'sunglasses') and row < 6")).toHaveLength(4);
    await expect(store.where("glases = 'none'")).rejects.toThrow(/nearest: glasses/);
  });

  test("in SQL, which only reads, and only these two tables", async () => {
    const uses = strongest(vectors, [0], 0).filter(({ row }) => row % 4 === 1).length;
    const query = `SELECT count(*) AS n FROM codes JOIN vectors USING ("row") WHERE atom = 0 AND glasses = 'sunglasses'`;
    expect(await store.sql(query)).toEqual([{ n: uses }]);
    const before = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    const outside = join(root, "outside.csv");
    writeFileSync(outside, "a\n1\n");
    for (const [text, code] of [
      ["SELECT * FROM nowhere", "SQL_REFUSED"],
      [`SELECT * FROM read_csv('${outside}')`, "SQL_REFUSED"],
      [`SELECT * FROM '${outside}'`, "SQL_REFUSED"],
      [`COPY (SELECT 1) TO '${join(folder, "codes.parquet")}' (FORMAT parquet)`, "SQL_STATEMENT"],
      ["DROP VIEW codes", "SQL_STATEMENT"],
      ["SET enable_external_access = true", "SQL_STATEMENT"],
      ["SELECT 1; SELECT 2", "SQL_STATEMENT"],
      ["", "SQL_STATEMENT"],
      ["SELEC 1", "SQL_REFUSED"],
    ]) {
      await expect(store.sql(text), text).rejects.toThrow(coded(code));
    }
    expect(readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"))).toEqual(before);
  });

  test("the same give the same bytes, and leave nothing beside", async () => {
    const other = fresh();
    (await CodesStore.write(other, [codesOf(vectors)], await about(count, atoms))).close();
    for (const name of readdirSync(other)) {
      expect(readFileSync(join(other, name)).equals(readFileSync(join(folder, name))), name).toBe(true);
    }
    expect(readdirSync(other).sort()).toEqual([
      "codes-atoms.u32",
      "codes-coefficients.f32",
      "codes-starts.u64",
      "codes.json",
      "codes.parquet",
      "vectors.parquet",
    ]);
  });

  test("what is not there is refused", async () => {
    await expect(store.withAtom(30)).rejects.toThrow(coded("CODES_ATOM"));
    await expect(store.withAtoms([0, -1])).rejects.toThrow(coded("CODES_ATOM"));
    await expect(store.withAtom(0, { limit: 0.5 })).rejects.toThrow(coded("CODES_LIMIT"));
    for (const row of [-1, 500, 0.5, Number.NaN]) expect(() => store.atomsOf(row)).toThrow(coded("CODES_ROWS"));
  });

  test("of another network, of other vectors or another dictionary are refused", async () => {
    const own = { model: hash("b"), activations: hash("a"), dictionary: hash("c") };
    (await CodesStore.open(folder, own)).close();
    for (const [what, said] of [
      ["model", "another network"],
      ["activations", "other vectors"],
      ["dictionary", "another dictionary"],
    ] as const) {
      await expect(CodesStore.open(folder, { ...own, [what]: hash("d") })).rejects.toThrow(
        new RegExp(`they are of ${said}, .* code: CODES_OTHER$`),
      );
    }
  });

  test.each<[name: string, damage: (at: string) => unknown, code: string]>([
    ["without codes.json", (at) => rmSync(join(at, "codes.json")), "CODES_MISSING"],
    ["with half of it", (at) => truncateSync(join(at, "codes.json"), 60), "CODES_CORRUPT"],
    ["without the table", (at) => rmSync(join(at, "codes.parquet")), "CODES_CORRUPT"],
    ["with half of the table", (at) => truncateSync(join(at, "codes.parquet"), 200), "CODES_CORRUPT"],
    ["with starts cut short", (at) => truncateSync(join(at, "codes-starts.u64"), 8), "CODES_CORRUPT"],
    ["with atoms cut short", (at) => truncateSync(join(at, "codes-atoms.u32"), 8), "CODES_CORRUPT"],
  ])("a folder %s is refused", async (_, damage, code) => {
    const at = fresh();
    cpSync(folder, at, { recursive: true });
    damage(at);
    await expect(CodesStore.open(at)).rejects.toThrow(coded(code));
  });

  test("starts that lead out of the file are refused", async () => {
    const at = fresh();
    cpSync(folder, at, { recursive: true });
    const starts = new BigUint64Array(501).fill(2n ** 60n);
    writeFileSync(join(at, "codes-starts.u64"), new Uint8Array(starts.buffer));
    const damaged = await CodesStore.open(at);
    expect(() => damaged.atomsOf(3)).toThrow(coded("CODES_CORRUPT"));
    damaged.close();
  });
});

describe("codes that do not fit are refused, and nothing stands in the folder:", () => {
  const vectors = someVectors(10, 8);
  const good = codesOf(vectors);
  test.each<[name: string, batches: readonly Codes[]]>([
    ["too few vectors", [codesOf(vectors.slice(1))]],
    ["too many", [good, codesOf([[]])]],
    ["an atom that is not in the dictionary", [{ ...good, atoms: good.atoms.map((atom) => atom + 5) }]],
    ["NaN", [{ ...good, coefficients: good.coefficients.map((v, i) => (i === 3 ? Number.NaN : v)) }]],
    ["starts of other vectors", [{ ...good, starts: good.starts.slice(1) }]],
  ])("%s", async (_, batches) => {
    const folder = fresh();
    await expect(CodesStore.write(folder, batches, await about(10, 8))).rejects.toThrow(coded("CODES_SHAPE"));
    expect(readdirSync(folder)).toEqual([]);
  });

  test("what the one who codes throws is passed on, and what was there before stays", async () => {
    const folder = fresh();
    const given = await about(10, 8);
    (await CodesStore.write(folder, [good], given)).close();
    const failing = (function* () {
      yield codesOf(vectors.slice(0, 4));
      throw new RangeError("mine");
    })();
    await expect(CodesStore.write(folder, failing, given)).rejects.toThrow(new RangeError("mine"));
    const store = await CodesStore.open(folder);
    expect(store.read(0, 10)).toEqual(good);
    store.close();
  });
});

test("vectors of which nothing is known, and none of which has an atom", async () => {
  const folder = fresh();
  const store = await CodesStore.write(folder, [codesOf([[], [[2, 0.5]], []])], await about(3, 4, false));
  expect(await store.where("atom(2) > 0.1")).toEqual([{ row: 1, "atom(2)": 0.5 }]);
  await expect(store.where("glasses = 'x'")).rejects.toThrow(coded("FORMULA_FACTOR"));
  expect((await store.withAtom(3)).rows).toHaveLength(0);
  store.close();
  const empty = await CodesStore.write(folder, [codesOf([[], [], []])], await about(3, 4, false));
  expect(empty.atomsOf(1).atoms).toHaveLength(0);
  expect([...(await empty.frequencies())]).toEqual([0, 0, 0, 0]);
  empty.close();
});

test("100,000 vectors: the strongest of an atom at once", async () => {
  const [count, atoms, sparsity] = [100_000, 1024, 5];
  const random = seededRandom(4);
  const batches = (function* () {
    for (let first = 0; first < count; first += 10_000) {
      yield {
        vectors: 10_000,
        starts: Uint32Array.from({ length: 10_001 }, (_, i) => i * sparsity),
        // Different ones for each vector.
        atoms: Uint32Array.from({ length: 10_000 * sparsity }, (_, i) => (i % sparsity) + sparsity * random.below(204)),
        coefficients: Float32Array.from({ length: 10_000 * sparsity }, () => random.normal()),
      };
    }
  })();
  const store = await CodesStore.write(fresh(), batches, await about(count, atoms, false));
  // The first query reads what every later one needs.
  await store.withAtom(0, { limit: 100 });
  const tookMs: number[] = [];
  for (const atom of [17, 500, 3, 1000, 800]) {
    const startMs = performance.now();
    const { rows, coefficients } = await store.withAtom(atom, { limit: 100 });
    tookMs.push(performance.now() - startMs);
    expect(rows).toHaveLength(100);
    expect([...coefficients].every((v, i) => i === 0 || Math.abs(v) <= Math.abs(coefficients[i - 1]))).toBe(true);
    expect(store.atomsOf(rows[99]).atoms).toContain(atom);
  }
  store.close();
  // What a million take, too (npm run bench -- codes), and then some for a busy machine: the median.
  expect(tookMs.sort((a, b) => a - b)[2]).toBeLessThan(100);
});
