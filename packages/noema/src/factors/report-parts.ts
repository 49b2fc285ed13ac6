/** @file reportParts: all that a report of a run shows, gathered: views, numbers, metrics, curves. */
import { evenValues, type Sweep, type View } from "@noema/lenses";
import type { Terminal } from "../terminal/command.js";
import { duration } from "../terminal/progress.js";
import { learnedRun } from "../training/learned-run.js";
import type { Measures } from "../training/measure.js";
import type { OpenRun } from "../training/open-run.js";
import { picturesOf } from "../training/subject.js";
import type { CurvePoint } from "./curves.js";
import { exhibitOf } from "./exhibit.js";
import type { ReportMetric, ReportNumber } from "./figures-html.js";
import type { ReportParts } from "./report.js";
import { scatterOf } from "./scatter-of.js";
import { viewMakers } from "./views/index.js";

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** Values of the sweep of the report: fine enough to be moved through. */
const sweepValues = evenValues(-5, 5, 41);

/** Points of the scatter that show their picture. */
const mostSprites = 4000;

/** Undefined after Ctrl-C. */
export async function reportParts(
  run: OpenRun,
  measures: Measures,
  terminal: Terminal,
): Promise<ReportParts | undefined> {
  const views: Record<string, View> = {};
  const progress = terminal.progress(viewMakers.length + 1, "views");
  try {
    for (const [i, maker] of viewMakers.entries()) {
      if (terminal.signal.aborted) return undefined;
      progress.update(i, maker.name);
      const exhibit = await exhibitOf(run, maker.name === "sweep" ? 4 : maker.pictures);
      const values = maker.name === "sweep" ? sweepValues : undefined;
      views[maker.name] = await maker.make({ run, exhibit, values });
    }
    progress.update(viewMakers.length, "scatter");
    const { scatter, pictures } = await scatterOf(run);
    const { dataset } = await run.subject();
    const { file } = run;
    const few = pictures.length <= mostSprites;
    return {
      title: `${file.label} and everything else`,
      where: `${file.options.data}, ${file.data.count} pictures`,
      lead: leadOf(run, measures),
      trained: trainedOf(run),
      numbers: numbersOf(run, measures),
      sweep: views.sweep as Sweep,
      swap: views.swap,
      transfer: views.transfer,
      analogy: views.analogy,
      traverse: views.traverse,
      average: views.average,
      scatter,
      ...(few && { scatterPictures: { shape: file.picture, pictures: picturesOf(dataset, pictures) } }),
      metrics: metricsOf(measures),
      notes: notesOf(run, measures),
    };
  } finally {
    progress.stop();
  }
}

function leadOf({ file }: OpenRun, { leakage, judged }: Measures): string {
  const tells = `The encoder names the ${file.label} of ${percent(file.figures.accuracy)} of ${file.data.test > 0 ? "the pictures set apart" : "the pictures"}`;
  const leak = `from its ${file.latents} latents alone a probe reads it in ${percent(leakage.hidden)}, where ${percent(leakage.chance)} is chance`;
  if (judged === undefined) return `${tells}; ${leak}.`;
  return `${tells}; ${leak}. A new ${file.label} put onto a picture shows, and the ${judged.kept} stays, in ${percent(judged.transfer.transferred.both)}.`;
}

function trainedOf(run: OpenRun): NonNullable<ReportParts["trained"]> {
  const { file } = run;
  const { encoder, decoder } = learnedRun(run);
  const { alpha, beta, gamma, zeta, pairs, batch, rate, optimizer, schedule, seed } = run.options;
  const curves = file.history.flatMap(({ epoch, training, held }): CurvePoint[] => [
    ...Object.entries(training).map(([name, value]) => ({ epoch, name: spoken(name), value, series: "training" })),
    ...Object.entries(held).map(([name, value]) => ({ epoch, name: spoken(name), value, series: "set apart" })),
  ]);
  return {
    architecture: {
      picture: file.picture,
      encoder,
      label: { size: file.labels.length, name: `${file.label}: ${file.labels.length}` },
      latents: file.latents,
      decoder,
    },
    facts: [
      ["pictures", `${file.data.training} to learn from, ${file.data.test} set apart (${file.data.manner})`],
      ...(pairs ? [["pairs", String(file.data.examples)] as const] : []),
      ["parameters", file.parameters.toLocaleString("en")],
      ["loss", `α ${alpha}, β ${beta}, γ ${gamma}${pairs ? `, ζ ${zeta}` : ""}`],
      ["steps", `${file.steps} of ${batch}, ${optimizer} at ${rate}, ${schedule}`],
      ["time", duration(1000 * file.seconds)],
      ["seed", String(seed)],
    ],
    curves,
    ...(file.bestEpoch !== undefined && { bestEpoch: file.bestEpoch }),
    command: file.command,
  };
}

const spoken = (name: string) => name.replaceAll("-", " ");

function numbersOf({ file }: OpenRun, { leakage, judged }: Measures): ReportNumber[] {
  const { accuracy, "squared-error": error, "cross-covariance": covariance } = file.figures;
  const numbers: ReportNumber[] = [
    {
      name: "label right",
      value: percent(accuracy),
      share: accuracy,
      chanceShare: leakage.chance,
      sentence: `How often the encoder names the ${file.label} of a picture that it has not seen.`,
      headline: true,
    },
    {
      name: "squared error",
      value: error.toPrecision(3),
      sentence: "How far the picture that is decoded is from the one that was encoded, summed over its pixels.",
      headline: true,
    },
    {
      name: "cross-covariance",
      value: covariance.toPrecision(2),
      sentence:
        "Half the sum of squared covariances between label and latents: 0 where they do not go together in a line.",
    },
    {
      name: "read from the latents, linear",
      value: percent(leakage.linear),
      share: leakage.linear,
      chanceShare: leakage.chance,
      beside: `chance ${percent(leakage.chance)}`,
      sentence: "How often a linear probe names the label from the latents alone.",
    },
    {
      name: "read from the latents",
      value: percent(leakage.hidden),
      share: leakage.hidden,
      chanceShare: leakage.chance,
      beside: `chance ${percent(leakage.chance)}`,
      sentence: "The same of a probe with a hidden layer, which sees what is not in a line as well.",
      headline: true,
    },
  ];
  if (judged === undefined) return numbers;
  const { transfer, sweep, kept } = judged;
  const words = `${transfer.count} pictures with another ${file.label} put on`;
  return [
    ...numbers,
    {
      name: "transfer",
      value: percent(transfer.transferred.both),
      share: transfer.transferred.both,
      sentence: `Of ${words}: the new one shows and the ${kept} is still there, as two classifiers say that never saw the autoencoder.`,
      headline: true,
    },
    {
      name: `new ${file.label} shows`,
      value: percent(transfer.transferred.label),
      share: transfer.transferred.label,
      beside: `of the pictures themselves the classifier names ${percent(transfer.pictures.label)}`,
      sentence: "The first of the two.",
    },
    {
      name: `${kept} stays`,
      value: percent(transfer.transferred.kept),
      share: transfer.transferred.kept,
      beside: `of the pictures themselves the classifier names ${percent(transfer.pictures.kept)}`,
      sentence: "The second of the two.",
    },
    {
      name: "sweeps that rise",
      value: percent(sweep.rises),
      share: sweep.rises,
      sentence: `How often the classifier sees more of a ${file.label} when its label is 1 than when it is −1.`,
    },
    {
      name: `${kept} stays at 5`,
      value: percent(sweep.kept.at(-1) ?? 0),
      share: sweep.kept.at(-1) ?? 0,
      beside: `at −5: ${percent(sweep.kept[0])}`,
      sentence: "How often the person is still named where the label is five times what training showed.",
    },
  ];
}

function metricsOf({ scores }: Measures): ReportMetric[] {
  return (scores?.metrics ?? []).flatMap(({ score, highest, chance, matrix, ...metric }): ReportMetric[] => {
    if (score === null) return [];
    return [
      {
        ...metric,
        score,
        ...(highest !== null && { highest }),
        ...(chance !== null && { figures: { ...metric.figures, "shuffled latents": chance } }),
        ...(matrix !== null && { matrix }),
      },
    ];
  });
}

function notesOf({ file }: OpenRun, { judged, scores }: Measures): string[] {
  const notes: string[] = [];
  if (file.data.skipped.length > 0)
    notes.push(`${file.data.skipped.length} pictures could not be read and were left out.`);
  if (judged !== undefined) {
    notes.push(
      `The classifiers that judge were trained on the same pictures, apart from the autoencoder, and name ${percent(judged.accuracy.label)} (${file.label}) and ${percent(judged.accuracy.kept)} (${judged.kept}) of pictures they had not seen.`,
    );
  }
  if (scores !== null) notes.push(`Metrics are of ${scores.pictures} pictures set apart.`);
  return notes;
}
