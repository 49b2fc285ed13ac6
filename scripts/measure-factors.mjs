/**
 * @file Trains the autoencoders of docs/factors.md, measures them, and writes their numbers and pictures into the page.
 *
 *   node scripts/measure-factors.mjs [--runs FOLDER] [--only NAME,NAME…] [--faces FOLDER]
 *
 * Every run goes into a folder of its own under FOLDER (default: out/factors); one that is finished there is not trained again, and
 * one that was interrupted is gone on with. FACES holds the Olivetti faces (sPP_NN.png); without it their run is left out, and it is
 * said. The numbers of runs that are not asked for stay as they are in the page.
 */
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { docsPage, noema } from "./docs-page.mjs";
import { build, install, requireNode, root } from "./project.mjs";

const page = docsPage("factors");

/** Drawn faces at a size that this network learns in a quarter of an hour on two cores. */
const faces = ["--data", "avatars", "--most", "40320", "--size", "32", "--hidden", "32,64,96,512"];
const how = ["--beta", "100", "--gamma", "200", "--schedule", "warmup:200,cosine", "--seed", "0"];

/** What is trained with which command; `views`: the pictures that the page shows of it. */
const runs = {
  mnist: {
    command: ["train", "xcov", "--data", "mnist", "--epochs", "10", "--schedule", "constant", "--seed", "0"],
    ablate: "0,10",
    views: [["sweep"], ["traverse", "--labels", "2,4,7"], ["swap"], ["scatter"], ["average"]],
  },
  avatars: {
    command: [
      "train",
      "xcov",
      ...faces,
      "--pairs",
      "--zeta",
      "10",
      "--focus",
      "20",
      "--batch",
      "16",
      "--epochs",
      "2",
      ...how,
    ],
    views: [["sweep", "--count", "1"], ["transfer"], ["swap"], ["analogy"], ["scatter", "--factor", "skin"]],
  },
  "avatars-plain": {
    command: ["train", "xcov", ...faces, "--no-pairs", "--batch", "32", "--epochs", "4", ...how],
    views: [["transfer"]],
  },
  olivetti: {
    command: ["train", "xcov", "--network", "jaffe", "--label", "person", "--seed", "0"],
    faces: true,
    views: [["transfer", "--count", "6", "--labels", "s01,s02,s03,s04,s05,s06,s07,s08"]],
  },
};

const { values } = parseArgs({
  options: {
    runs: { type: "string", default: join(root, "out/factors") },
    only: { type: "string" },
    faces: { type: "string" },
    "no-build": { type: "boolean", default: false },
  },
});
const names = values.only?.split(",") ?? Object.keys(runs);
const unknown = names.find((name) => !Object.hasOwn(runs, name));
if (unknown !== undefined) {
  process.stderr.write(`There is no run "${unknown}": ${Object.keys(runs).join(", ")}. code: RUN_NAME\n`);
  process.exit(2);
}

requireNode(20);
if (!values["no-build"]) {
  await install();
  await build();
}
const { default: sharp } = await import("sharp");
for (const name of names) page.check(name);

for (const name of names) {
  const { command, ablate, views, faces } = runs[name];
  if (faces && values.faces === undefined) {
    process.stdout.write(`${name}: left out, since --faces does not say where they are\n`);
    continue;
  }
  const folder = join(values.runs, name);
  await noema(...command, ...(faces ? ["--data", `olivetti:${values.faces}`] : []), "--out", folder);
  await noema("factors", "report", folder);
  if (ablate !== undefined) await noema("factors", "ablate", folder, "--gamma", ablate);
  for (const [view, ...more] of views) {
    await noema("factors", view, folder, ...more);
    for (const ending of view === "sweep" ? ["png", "webp"] : ["png"]) {
      const from = join(folder, `${view}.${ending}`);
      const moving = ending === "webp";
      await page.keep(`${name}-${view}${moving ? "-moving" : ""}.webp`, moving ? readFileSync(from) : sharp(from));
    }
  }
  if (ablate !== undefined) await page.keep(`${name}-ablate.webp`, sharp(join(folder, "ablate.png")));
  page.write(name, tableOf(folder));
}

/** The numbers of a run as a table in Markdown. */
function tableOf(folder) {
  const read = (file) => JSON.parse(readFileSync(join(folder, file), "utf8"));
  const run = read("run.json");
  const { leakage, judged, scores } = read("measures.json");
  const percent = (share) => `${(100 * share).toFixed(1)} %`;
  const rows = [
    ["seed", run.options.seed],
    ["pictures to learn from, set apart", `${run.data.training}, ${run.data.test} (${run.data.manner})`],
    ["parameters", run.parameters.toLocaleString("en")],
    [
      "steps, time",
      `${run.steps} of ${run.options.batch}${run.options.pairs ? " pairs" : ""}, ${Math.round(run.seconds)} s`,
    ],
    [`${run.label} right`, percent(run.figures.accuracy)],
    ["squared error of a picture", run.figures["squared-error"].toFixed(2)],
    ["cross-covariance", run.figures["cross-covariance"].toPrecision(3)],
    ["leakage, linear probe", `${percent(leakage.linear)} (chance ${percent(leakage.chance)})`],
    ["leakage, probe with a hidden layer", percent(leakage.hidden)],
  ];
  if (judged !== undefined) {
    const { transfer, sweep, kept, accuracy } = judged;
    const say = ({ both, label, kept: stays }) =>
      `${percent(both)} (${run.label} ${percent(label)}, ${kept} ${percent(stays)})`;
    rows.push(
      [
        "judges on pictures they had not seen",
        `${run.label} ${percent(accuracy.label)}, ${kept} ${percent(accuracy.kept)}`,
      ],
      [`**transfer success**, ${transfer.count} pictures`, `**${say(transfer.transferred)}**`],
      ["pictures merely rebuilt", say(transfer.rebuilt)],
      ["the pictures themselves", say(transfer.pictures)],
      [
        "sweeps whose logit rises from −1 to 1",
        `${percent(sweep.rises)} (at every value between: ${percent(sweep.risesThroughout)})`,
      ],
      [
        `${kept} still named in sweeps at −5, −1, 0, 1, 5`,
        [-5, -1, 0, 1, 5].map((value) => percent(sweep.kept[sweep.values.indexOf(value)])).join(", "),
      ],
    );
  }
  for (const { title, score, chance } of scores?.metrics ?? []) {
    if (score !== null) rows.push([title, `${score.toFixed(3)} (shuffled latents ${chance.toFixed(3)})`]);
  }
  if (existsSync(join(folder, "ablate.json"))) {
    for (const { gamma, accuracy, squaredError, linear, hidden } of read("ablate.json")) {
      rows.push([
        `γ = ${gamma}`,
        `${percent(accuracy)} right, squared error ${squaredError.toFixed(2)}, probes ${linear.toFixed(3)} and ${hidden.toFixed(3)}`,
      ]);
    }
  }
  return ["| | |", "|---|---|", ...rows.map(([name, value]) => `| ${name} | ${value} |`)].join("\n");
}
