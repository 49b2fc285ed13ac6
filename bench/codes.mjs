/**
 * @file All vectors that have an atom, the strongest first, of a million: by the table sorted by atom, beside reading all codes.
 *
 *   npm run bench -- codes [--vectors 1000000] [--sparsity 8] [--atoms 4096] [--queries 40] [--json]
 */
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { seededRandom } from "@noema/engine";
import { CodesStore } from "../packages/noema/dist/store/codes-store.js";
import { median } from "./parts/sides.mjs";

const { values: options } = parseArgs({
  options: {
    vectors: { type: "string", default: "1000000" },
    sparsity: { type: "string", default: "8" },
    atoms: { type: "string", default: "4096" },
    queries: { type: "string", default: "40" },
    json: { type: "boolean", default: false },
  },
});
const [vectors, sparsity, atoms, queries] = ["vectors", "sparsity", "atoms", "queries"].map((name) => whole(name));
/** How many of the strongest are wanted. */
const limit = 100;
/** Vectors that are coded at once. */
const batch = 20_000;

function whole(name) {
  const value = Number(options[name]);
  if (Number.isInteger(value) && value >= 1) return value;
  process.stderr.write(`--${name} "${options[name]}": it must be a whole number from 1. code: OPTION_VALUE\n`);
  process.exit(2);
}

/** Atoms of which few are common and most are rare, as learned ones are. */
function* codes() {
  const random = seededRandom(1);
  for (let first = 0; first < vectors; first += batch) {
    const count = Math.min(batch, vectors - first);
    const parts = count * sparsity;
    yield {
      vectors: count,
      starts: Uint32Array.from({ length: count + 1 }, (_, i) => i * sparsity),
      atoms: Uint32Array.from({ length: parts }, () => Math.floor(atoms * random.uniform() ** 2)),
      coefficients: Float32Array.from({ length: parts }, () => random.normal()),
    };
  }
}

/** What would be done without the table. */
function scanned(store, atom) {
  const found = [];
  for (let from = 0; from < vectors; from += batch) {
    const part = store.read(from, Math.min(batch, vectors - from));
    for (let row = 0; row < part.vectors; row++) {
      for (let at = part.starts[row]; at < part.starts[row + 1]; at++) {
        if (part.atoms[at] === atom) found.push([from + row, part.coefficients[at]]);
      }
    }
  }
  return found.sort((a, b) => Math.abs(b[1]) - Math.abs(a[1]) || a[0] - b[0]).slice(0, limit);
}

async function timed(act) {
  const startMs = performance.now();
  const result = await act();
  return [performance.now() - startMs, result];
}

const folder = mkdtempSync(join(tmpdir(), "noema-codes-"));
try {
  const hash = "0".repeat(64);
  const activations = { folder, count: vectors, meta: { hash } };
  const about = { activations, dictionary: { hash, count: atoms }, options: {} };
  const [writingMs, store] = await timed(() => CodesStore.write(folder, codes(), about));
  const random = seededRandom(2);
  const asked = Array.from({ length: queries }, () => random.below(atoms));
  const byTable = [];
  for (const atom of asked) byTable.push((await timed(() => store.withAtom(atom, { limit })))[0]);
  const byScan = [];
  for (const atom of asked.slice(0, 3)) {
    const [ms, wanted] = await timed(async () => scanned(store, atom));
    byScan.push(ms);
    const { rows } = await store.withAtom(atom, { limit });
    if (wanted.some(([row], i) => row !== rows[i])) throw new Error(`the table and the scan differ for atom ${atom}`);
  }
  const byRow = [];
  for (let i = 0; i < queries; i++) byRow.push((await timed(async () => store.atomsOf(random.below(vectors))))[0]);
  const [bothMs] = await timed(() => store.withAtoms(asked.slice(0, 2), { limit }));
  const formula = `atom(${asked[0]}) > 0.5 and not atom(${asked[1]})`;
  const [formulaMs] = await timed(() => store.where(formula, { limit }));
  const [frequenciesMs] = await timed(() => store.frequencies());
  store.close();
  const result = {
    vectors,
    parts: store.meta.parts,
    writingSeconds: writingMs / 1000,
    megabytes: statSync(join(folder, "codes.parquet")).size / 1e6,
    withAtomMs: median(byTable),
    slowestMs: Math.max(...byTable),
    scanMs: median(byScan),
    ratio: median(byScan) / median(byTable),
    atomsOfMs: median(byRow),
    withAtomsMs: bothMs,
    whereMs: formulaMs,
    frequenciesMs,
    peakMegabytes: process.resourceUsage().maxRSS / 1e3,
  };
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const ms = (value) => `${value.toFixed(value < 1 ? 2 : 1)} ms`;
    process.stdout.write(
      [
        `${vectors.toLocaleString("en-US")} vectors of ${sparsity} atoms each, ${atoms} atoms: written in ${result.writingSeconds.toFixed(1)} s, ${result.megabytes.toFixed(0)} MB, at most ${result.peakMegabytes.toFixed(0)} MB of memory`,
        `the ${limit} strongest of an atom: ${ms(result.withAtomMs)} (slowest of ${queries}: ${ms(result.slowestMs)}); by reading all codes ${ms(result.scanMs)}, ${result.ratio.toFixed(0)} times as long`,
        `the atoms of a vector: ${ms(result.atomsOfMs)}; vectors with two atoms: ${ms(bothMs)}; by a formula: ${ms(formulaMs)}; how often each atom is: ${ms(frequenciesMs)}`,
        "",
      ].join("\n"),
    );
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
