/** @file measureRun: what a trained autoencoder claims, measured: leakage, transfer, sweeps, and the field's metrics. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { type Leakage, type SweepResponse, sweepResponse, type TransferSuccess, transferSuccess } from "@noema/lenses";
import { writeBeside } from "../pictures/write-beside.js";
import type { Terminal } from "../terminal/command.js";
import { type FactorScores, scoresOf } from "./factor-scores.js";
import { judgeOf } from "./judges.js";
import type { OpenRun } from "./open-run.js";
import { probe } from "./read-latents.js";
import { picturesOf, type Subject } from "./subject.js";

export interface Measures {
  readonly leakage: Leakage;
  /** Where the data say who is in a picture. */
  readonly judged?: {
    /** Name of the factor that has to stay. */
    readonly kept: string;
    readonly accuracy: { readonly label: number; readonly kept: number };
    readonly transfer: TransferSuccess;
    readonly sweep: SweepResponse;
  };
  /** Where other factors than the label are known. */
  readonly scores: FactorScores | null;
}

/** The file beside run.json. */
const measuresName = "measures.json";

/** Pictures of the test part that sweeps are judged on at most: each is drawn once for every label and value. */
const mostSwept = 500;

/**
 * Measures a run; what was measured before of the same models is read.
 *
 * @returns undefined after Ctrl-C
 */
export async function measureRun(
  run: OpenRun,
  place: { readonly saveEvery: number; readonly threads?: number | undefined },
  terminal: Terminal,
): Promise<Measures | undefined> {
  const path = join(run.folder, measuresName);
  const key = keyOf(run);
  const known = readMeasures(path, key);
  if (known !== undefined) return known;
  const subject = await run.subject();
  const probed = await probe(run);
  if (terminal.signal.aborted) return undefined;
  const judged = await judgedOf(run, subject, place, terminal);
  if (terminal.signal.aborted) return undefined;
  const measures: Measures = {
    leakage: probed.leakage,
    ...(judged && { judged }),
    scores: scoresOf(subject, probed.asked, run),
  };
  await writeBeside(path, Buffer.from(`${JSON.stringify({ key, ...measures }, null, 1)}\n`));
  return measures;
}

async function judgedOf(
  run: OpenRun,
  subject: Subject,
  place: { readonly saveEvery: number; readonly threads?: number | undefined },
  terminal: Terminal,
): Promise<Measures["judged"] | undefined> {
  const { dataset, label, asked, heldOut: kept } = subject;
  if (kept === undefined) return undefined;
  const [labelJudge, keptJudge] = [
    await judgeOf(label.name, run, place, terminal),
    terminal.signal.aborted ? undefined : await judgeOf(kept.name, run, place, terminal),
  ];
  if (labelJudge === undefined || keptJudge === undefined) return undefined;
  try {
    const who = (pictures: Int32Array) => pictures.map((i) => kept.of[i]);
    const judges = { labelJudge: labelJudge.classifier, keptJudge: keptJudge.classifier, autoencoder: run.autoencoder };
    const transfer = await transferSuccess({
      ...judges,
      pictures: picturesOf(dataset, asked),
      labels: asked.map((i) => label.of[i]),
      kept: who(asked),
    });
    const stride = Math.max(1, Math.floor(asked.length / mostSwept));
    const swept = asked.filter((_, i) => i % stride === 0);
    const sweep = await sweepResponse({ ...judges, pictures: picturesOf(dataset, swept), kept: who(swept) });
    return { kept: kept.name, accuracy: { label: labelJudge.accuracy, kept: keptJudge.accuracy }, transfer, sweep };
  } finally {
    await labelJudge.classifier.dispose();
    await keptJudge.classifier.dispose();
  }
}

/** Measures belong to the models that they were taken of. */
function keyOf({ folder, file }: OpenRun): string {
  const hash = createHash("sha256").update(file.data.hash);
  for (const name of ["encoder.onnx", "decoder.onnx"]) hash.update(readFileSync(join(folder, name)));
  return hash.digest("hex");
}

function readMeasures(path: string, key: string): Measures | undefined {
  if (!existsSync(path)) return undefined;
  try {
    const found = JSON.parse(readFileSync(path, "utf8")) as Measures & { key: string };
    return found.key === key ? found : undefined;
  } catch {
    return undefined;
  }
}
