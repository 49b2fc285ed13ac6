/**
 * @file How many atoms of a known dictionary are found again by learning: the test of the K-SVD paper (Aharon, Elad and Bruckstein
 * 2006, section V-A), and one of the size of a network's layer. Prints a table in Markdown.
 *
 *   node scripts/measure-recovery.mjs [--seeds 20] [--only paper,layer] [--learners k-svd,exact,online] [--json]
 *
 * Vectors are sums of a few atoms with normally distributed coefficients, and noise of 20 dB: a tenth of each vector's length. An
 * atom is found where a learnt one has |cosine| > 0.99 with it. All else is as `noema atoms learn` has it by default.
 */
import { cpus } from "node:os";
import { parseArgs } from "node:util";
import { build, install, requireNode } from "./project.mjs";

const noise = 0.1;
const sameCosine = 0.99;

/** `seeds`: of how many dictionaries, each with vectors of its own; of the large ones one says enough. */
const tests = {
  paper: { title: "the paper's", atoms: 50, length: 20, vectors: 1500, parts: 3, seeds: undefined, needed: 0.92 },
  layer: { title: "a layer's", atoms: 1024, length: 512, vectors: 20_000, parts: 5, seeds: 1, needed: 0.95 },
};

/** By the word of --learners. */
const ways = {
  "k-svd": { title: "K-SVD, approximate updates", options: { learner: "k-svd" } },
  exact: { title: "K-SVD, exact updates", options: { learner: "k-svd", update: "exact" } },
  online: { title: "online", options: { learner: "online", batch: { paper: 256, layer: 1024 } } },
};

const { values } = parseArgs({
  options: {
    seeds: { type: "string", default: "20" },
    only: { type: "string", default: Object.keys(tests).join(",") },
    learners: { type: "string", default: "k-svd" },
    json: { type: "boolean", default: false },
    "no-build": { type: "boolean", default: false },
  },
});
const seeds = Number(values.seeds);
if (!(Number.isInteger(seeds) && seeds >= 1)) refuse(`--seeds ${values.seeds}: a whole number from 1 is needed`);
const [only, chosen] = [known("only", tests), known("learners", ways)];

function known(option, table) {
  const words = values[option].split(",");
  const odd = words.find((word) => !Object.hasOwn(table, word));
  if (odd !== undefined) refuse(`--${option} "${odd}" is none of ${Object.keys(table).join(", ")}`);
  return words;
}

function refuse(what) {
  process.stderr.write(`${what}. code: OPTION_VALUE\n`);
  process.exit(2);
}

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const { learnDictionary, seededRandom, vectorsInMemory } = await import("@noema/lenses");

/** Rows of length 1, and sums of some of them. */
function make(seed, { atoms: count, length, vectors: rows, parts }) {
  const random = seededRandom(seed, 5);
  const atoms = Float32Array.from({ length: count * length }, () => random.normal());
  for (let from = 0; from < atoms.length; from += length) {
    const size = Math.hypot(...atoms.subarray(from, from + length));
    for (let i = from; i < from + length; i++) atoms[i] /= size;
  }
  const vectors = new Float32Array(rows * length);
  for (let n = 0; n < rows; n++) {
    const own = new Set();
    while (own.size < parts) own.add(random.below(count));
    const row = new Float64Array(length);
    for (const atom of own) {
      const amount = random.normal();
      for (let i = 0; i < length; i++) row[i] += amount * atoms[atom * length + i];
    }
    const drawn = Float64Array.from({ length }, () => random.normal());
    const share = (noise * Math.hypot(...row)) / Math.hypot(...drawn);
    for (let i = 0; i < length; i++) vectors[n * length + i] = row[i] + share * drawn[i];
  }
  return { atoms, vectors };
}

function foundAmong(atoms, learnt, length) {
  let found = 0;
  for (let from = 0; from < atoms.length; from += length) {
    for (let at = 0; at < learnt.length; at += length) {
      let cosine = 0;
      for (let i = 0; i < length; i++) cosine += atoms[from + i] * learnt[at + i];
      if (Math.abs(cosine) <= sameCosine) continue;
      found++;
      break;
    }
  }
  return found / (atoms.length / length);
}

async function measure(name, way) {
  const test = tests[name];
  const { options } = ways[way];
  const results = [];
  for (let seed = 0; seed < (test.seeds ?? seeds); seed++) {
    const { atoms, vectors } = make(seed, test);
    const begin = performance.now();
    let last;
    const { dictionary } = await learnDictionary(vectorsInMemory(vectors, test.length), {
      ...{ ...options, atoms: test.atoms, sparsity: test.parts, seed },
      ...(options.batch && { batch: options.batch[name] }),
      onStep: (step) => {
        last = step;
        if (process.stderr.isTTY)
          process.stderr.write(`\r${name}, ${way}, seed ${seed}: ${step.step} of ${step.steps} `);
      },
    });
    const seconds = (performance.now() - begin) / 1e3;
    results.push({
      seed,
      found: foundAmong(atoms, dictionary.atoms, test.length),
      error: last.error,
      steps: last.steps,
      seconds,
    });
  }
  if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  const mean = (of) => results.reduce((sum, one) => sum + of(one), 0) / results.length;
  const found = results.map((one) => one.found);
  return {
    ...{ test: name, learner: way, needed: test.needed, steps: results[0].steps, results },
    ...{ found: mean((one) => one.found), least: Math.min(...found), most: Math.max(...found) },
    ...{ error: mean((one) => one.error), seconds: mean((one) => one.seconds) },
  };
}

const percent = (share) => `${(100 * share).toFixed(1)} %`;
const rows = [];
console.log(
  `${cpus()[0].model.trim()}, ${cpus().length} threads; noise of 20 dB, found where |cosine| > ${sameCosine}\n`,
);
console.log(
  "| test | learnt by | dictionaries | steps | found | least, most | needed | relative squared error | seconds |",
);
console.log("|---|---|---|---|---|---|---|---|---|");
for (const name of only) {
  const { title, atoms, length, vectors, parts } = tests[name];
  for (const way of chosen) {
    const row = await measure(name, way);
    rows.push(row);
    const what = `${title}: ${atoms} atoms in ${length} dimensions, ${vectors.toLocaleString("en")} vectors of ${parts}`;
    console.log(
      `| ${what} | ${ways[way].title} | ${row.results.length} | ${row.steps} | **${percent(row.found)}** | ` +
        `${percent(row.least)}, ${percent(row.most)} | ${percent(row.needed)} | ${row.error.toFixed(4)} | ${row.seconds.toFixed(1)} |`,
    );
  }
}
if (values.json) console.log(JSON.stringify({ name: "recovery", rows }));
process.exitCode = rows.every(({ found, needed }) => found >= needed) ? 0 : 1;
