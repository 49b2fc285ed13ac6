/**
 * @file Learns the atoms of docs/atoms.md, measures them, and writes their numbers and pictures into the page.
 *
 *   node scripts/measure-atoms.mjs [--runs FOLDER] [--only NAME,NAME…] [--network FILE --photographs FOLDER]
 *
 * Every part goes into a folder of its own under FOLDER (default: out/atoms); what is finished there is not done again, and what
 * was interrupted is gone on with. `network` and `study` look into a classifier for photographs (googlenet.onnx) over a folder of
 * them; without both they are left out, and it is said. The numbers of parts that are not asked for stay as they are in the page.
 */
import { mkdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { docsPage, noema } from "./docs-page.mjs";
import { build, install, requireNode, root } from "./project.mjs";

const page = docsPage("atoms");

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: join(root, "out/atoms") },
    only: { type: "string" },
    network: { type: "string" },
    photographs: { type: "string" },
    "no-build": { type: "boolean", default: false },
  },
});

const at = (...names) => join(values.runs, ...names);
const layer = "inception_4c/output";
const percent = (share) => `${(100 * share).toFixed(1)} %`;

/** What each part does, and what it says of it. */
const parts = {
  recovery: async () => {
    const { text } = await said("scripts/measure-recovery.mjs", "--no-build");
    return text
      .split("\n")
      .filter((line) => line.startsWith("|"))
      .join("\n");
  },
  faces: async () => {
    const [run, activations, atoms] = [at("faces"), at("faces-activations"), at("faces-atoms")];
    await noema("train", "autoencoder", ...faces, "--out", run);
    await noema("activations", run, "--out", activations);
    await noema("atoms", "learn", activations, ...features, "--out", atoms);
    await noema("atoms", "measure", atoms);
    await noema("atoms", "report", atoms);
    await noema("atoms", "show", atoms, "--top", "10", "--pictures", "4");
    await noema("atoms", "truncate", atoms, "--count", "3");
    for (const view of ["atoms", "truncate", "measure"])
      await page.keep(`faces-${view}.webp`, sharp(join(atoms, `${view}.png`)));
    return facesTable(run, atoms);
  },
  network: async () => {
    if (missing("network")) return undefined;
    const [activations, atoms] = [at("network-activations"), at("network-atoms")];
    const data = ["--layer", layer, "--data", values.photographs, "--positions", "16"];
    await noema("activations", values.network, ...data, "--out", activations);
    await noema(
      "atoms",
      "learn",
      activations,
      "--atoms",
      "512",
      "--sparsity",
      "16",
      "--iterations",
      "40",
      "--out",
      atoms,
    );
    await noema("atoms", "show", atoms, "--dreams", "--top", "8");
    await keepDreams(join(atoms, "atoms.png"), "network-atoms.webp");
    return learnedTable(atoms);
  },
  study: async () => {
    if (missing("study")) return undefined;
    const layers = "inception_3b/output,inception_4c/output,inception_5b/output";
    const out = at("study");
    await noema("atoms", "study", values.network, "--layers", layers, "--data", values.photographs, "--out", out);
    await page.keep("study.webp", sharp(join(out, "study.png")));
    return studyTable(out);
  },
};

/** Independent faces, and latents that stay where they are in the picture; at this size it learns in ten minutes on two cores. */
const faces = [
  ...["--data", "strangers", "--size", "32", "--variational", "--spatial", "--latents", "128", "--hidden", "32,64,96"],
  ...["--batch", "32", "--epochs", "30", "--schedule", "warmup:200,cosine"],
];

/** Atoms of single things: whitened, so that small ones count; some tens first, so that combinations do not take their place. */
const features = [
  ...["--atoms", "512", "--sparsity", "8", "--whiten", "0.1", "--general", "64"],
  ...["--non-negative", "--centre"],
];

const names = values.only?.split(",") ?? Object.keys(parts);
const unknown = names.find((name) => !Object.hasOwn(parts, name));
if (unknown !== undefined) fail(`There is no part "${unknown}": ${Object.keys(parts).join(", ")}. code: PART_NAME`);
for (const name of names) page.check(name);

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const { default: sharp } = await import("sharp");
mkdirSync(values.runs, { recursive: true });
for (const name of names) {
  const table = await parts[name]();
  if (table !== undefined) page.write(name, table);
}

function missing(name) {
  if (values.network !== undefined && values.photographs !== undefined) return false;
  process.stdout.write(`${name}: left out, since --network and --photographs do not say what to look into\n`);
  return true;
}

/** What a script prints. */
async function said(script, ...words) {
  process.stdout.write(`${script}\n`);
  const { spawnSync } = await import("node:child_process");
  const { stdout, status } = spawnSync(process.execPath, [script, ...words], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
  });
  if (status !== 0) process.exit(status ?? 1);
  process.stdout.write(stdout);
  return { text: stdout };
}

/** The dreams of a sheet without the photographs beside them, which are not ours to show: its first column, folded into four. */
async function keepDreams(from, name) {
  const { width, height } = await sharp(from).metadata();
  const [rows, columns, pitch, margin] = [16, 4, 236, 22];
  const [wide, tall] = [Math.round(width * 0.226), (rows / columns) * pitch];
  const top = height - margin - rows * pitch;
  const parts = await Promise.all(
    Array.from({ length: columns }, (_, i) =>
      sharp(from)
        .extract({ left: 0, top: top + i * tall, width: wide, height: tall })
        .toBuffer(),
    ),
  );
  const sheet = sharp({ create: { width: wide * columns, height: tall, channels: 3, background: "#ffffff" } });
  await page.keep(name, sheet.composite(parts.map((input, i) => ({ input, left: i * wide, top: 0 }))));
}

function read(...names) {
  return JSON.parse(readFileSync(join(...names), "utf8"));
}

function rowsOf(atoms) {
  const { split, curve } = read(atoms, "atoms.json");
  const { count, length, sparsity, figures } = read(atoms, "dictionary.json");
  return [
    ["vectors that taught, set apart", `${split.training}, ${split.test} (${split.manner})`],
    ["atoms, numbers of each", `${count}, ${length}`],
    ["atoms that are used", `${figures?.used ?? "?"}`],
    ...[1, 2, 4, 8, 16]
      .filter((k) => k <= sparsity && k < curve.length)
      .map((k) => [`explained variance of ${k} atom${k === 1 ? "" : "s"}, of vectors set apart`, percent(curve[k])]),
  ];
}

function table(rows) {
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}

function learnedTable(atoms) {
  return table(rowsOf(atoms));
}

function facesTable(run, atoms) {
  const { figures, steps, seconds, parameters, options } = read(run, "run.json");
  const { values: known, judges } = read(atoms, "measures.json");
  const rows = [
    ["seed", options.seed],
    [
      "autoencoder",
      `${parameters.toLocaleString("en")} parameters, ${steps} steps of ${options.batch}, ${Math.round(seconds)} s`,
    ],
    ["of pixels of people set apart, it explains", percent(figures["explained-variance"])],
    ...rowsOf(atoms),
    [
      "judges on people they had not seen",
      judges.map(({ factor, accuracy }) => `${factor} ${percent(accuracy)}`).join(", "),
    ],
  ];
  const found = known.filter(({ steered }) => steered !== undefined).sort((a, b) => b.precision - a.precision);
  const good = ({ flipped, unchanged }) => flipped >= 0.8 && unchanged >= 0.8;
  rows.push(
    ["values that one atom finds with average precision of at least 0.8", `${found.length} of ${known.length}`],
    [
      "of these, given to 80 % that lacked it, other factors as before in 80 %",
      found.filter(({ steered }) => good(steered)).length,
    ],
  );
  const lines = found.map(
    ({ factor, value, atom, sign, precision, chance, by, steered }) =>
      `| ${factor} ${value} | ${sign < 0 ? "−" : ""}${atom} | ${precision.toFixed(3)} | ${by} | ${chance.toFixed(3)} | ${percent(steered.flipped)} | ${percent(steered.unchanged)} | ${steered.least.factor} ${percent(steered.least.unchanged)} | ${percent(steered.allUnchanged)} |`,
  );
  const head = [
    "| value | atom | average precision | ranked by | chance | given, where it lacked | other factors as before, mean | least of them | all of them |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  return `${table(rows)}\n\n${[...head, ...lines].join("\n")}`;
}

function studyTable(out) {
  const { layers } = read(out, "study.json");
  const head = [
    "| layer | atoms | layer | Gaussian | shuffled | untrained | its Gaussian | above the Gaussian | beyond the untrained excess |",
    "|---|---|---|---|---|---|---|---|---|",
  ];
  const range = ({ value, low, high }) => `${points(value)} (${points(low)} to ${points(high)})`;
  const points = (share) => (100 * share).toFixed(1).replace("-", "−");
  const lines = layers.flatMap(({ layer: name, study: { curves, above } }) => {
    const depth = curves.layer.length - 1;
    return [4, depth].map((k) => {
      const of = ["layer", "gaussian", "shuffled", "untrained", "untrained-gaussian"].map((kind) =>
        curves[kind] === undefined ? "" : percent(curves[kind][k].value),
      );
      const beyond = above.untrained === undefined ? "" : range(above.untrained[k]);
      return `| ${name} | ${k} | ${of.join(" | ")} | ${range(above.gaussian[k])} | ${beyond} |`;
    });
  });
  return [...head, ...lines].join("\n");
}

function fail(message) {
  process.stderr.write(`${message}\n`);
  process.exit(2);
}
