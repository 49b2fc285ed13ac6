/** @file measureAtoms: what single atoms say of what is known: which finds which value, and whether adding it gives that value. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { setImmediate } from "node:timers/promises";
import { NoemaError, seededRandom } from "@noema/engine";
import {
  byAtom,
  highCoefficient,
  type JudgedSteering,
  judgeSteering,
  projections,
  retrieval,
  type SteeringScore,
} from "@noema/lenses";
import { z } from "zod";
import type { Factor } from "../../data/dataset.js";
import { writeBeside } from "../../pictures/write-beside.js";
import type { Terminal } from "../../terminal/command.js";
import { readKnown } from "../known-vectors.js";
import type { OpenAtoms } from "../open-atoms.js";
import { ofCoded, sidesOf, tellingFactors } from "../retrieval-of.js";
import { type FactorJudge, factorJudges } from "./factor-judges.js";

const measuresName = "measures.json";

/** Products of vectors and atoms that are ranked at once. */
const mostProducts = 2 ** 26;

/** Streams of the seed. */
const [halvingStream, drawingStream] = [861, 862];

/** Of the high coefficient of an atom, which one vector in twenty that has the atom exceeds. */
const amounts = [0.25, 0.5, 0.75, 1, 1.25, 1.5, 1.75, 2, 2.5, 3, 4];

/** Atoms that give a value to so many are not added more for the sake of the others: it would only disturb the rest. */
const enough = 0.85;

const score = z.object({
  amount: z.number(),
  count: z.int(),
  flipped: z.number(),
  unchanged: z.number(),
  allUnchanged: z.number(),
  /** The other factor that is kept least often, where there are others. */
  least: z.object({ factor: z.string(), unchanged: z.number() }).optional(),
});

const schema = z.object({
  dictionary: z.string(),
  recipe: z.record(z.string(), z.unknown()),
  /** What atoms were chosen by, and what they were measured on. */
  chosenBy: z.int(),
  measuredOn: z.int(),
  manner: z.string(),
  judges: z.array(z.object({ factor: z.string(), accuracy: z.number() })),
  values: z.array(
    z.object({
      ...{ factor: z.string(), value: z.string(), atom: z.int(), sign: z.union([z.literal(1), z.literal(-1)]) },
      ...{ chosenBy: z.number(), precision: z.number(), chance: z.number(), count: z.int() },
      /** Whether vectors are ranked by how much of the atom their codes have, or by how far they point along it. */
      by: z.enum(["code", "projection"]),
      /** Of the atom added so many times, on pictures that lacked the value. */
      steered: score.optional(),
    }),
  ),
});

export type AtomMeasures = z.output<typeof schema>;

export interface MeasureAtomsOptions {
  readonly atoms: OpenAtoms;
  /** Default: all that have 2 to 40 values. */
  readonly factors?: readonly string[] | undefined;
  /** Atoms that find a value at least so well are added to pictures, 0..1. */
  readonly wanted: number;
  /** Pictures that each is added to, at most. */
  readonly most: number;
  readonly seed: number;
  readonly saveEvery: number;
  readonly threads?: number | undefined;
}

/**
 * @returns undefined after Ctrl-C: judges that are trained are kept
 * @throws NoemaError ATOMS_FACTORS where nothing is known of the pictures; what decoder, data and training refuse
 */
export async function measureAtoms(
  options: MeasureAtomsOptions,
  terminal: Terminal,
): Promise<AtomMeasures | undefined> {
  const { atoms, wanted, most, seed } = options;
  const { known, factors } = await knownFactors(options);
  const path = join(atoms.folder, measuresName);
  const recipe = { factors: factors.map(({ name }) => name), wanted, most, seed };
  const before = readMeasures(atoms.folder, atoms.dictionaryFile.hash, recipe);
  if (before !== undefined) return before;
  const split = await sidesOf(atoms, known, seededRandom(seed, halvingStream));
  const told = factors.map((factor) => ofCoded(factor, atoms.uses));
  const values = await foundValues(options, { told, split });
  const good = values.filter(({ precision }) => precision >= wanted);
  const judges = good.length === 0 ? [] : await judgesOf(options, factors, terminal);
  if (judges === undefined) return undefined;
  try {
    const steered = await steerAll({ ...options, told, judges, good, split }, terminal);
    if (steered === undefined) return undefined;
    const measures: AtomMeasures = {
      ...{ dictionary: atoms.dictionaryFile.hash, recipe, manner: split.manner },
      ...{ chosenBy: split.choosing.length, measuredOn: split.measuring.length },
      judges: judges.map(({ name, accuracy }) => ({ factor: name, accuracy })),
      values: values.map(({ factor, value, atom, sign, chosenBy, precision, chance, count, by }) => {
        const own = steered.find((one) => one.factor === factor && one.value === value)?.measured;
        return {
          ...{ factor, value, atom, sign, chosenBy, precision, chance, count, by },
          ...(own && { steered: scoreOf(own, factor, judges) }),
        };
      }),
    };
    await writeBeside(path, Buffer.from(`${JSON.stringify(measures, null, 1)}\n`));
    return measures;
  } finally {
    for (const { classifier } of judges) await classifier.dispose();
  }
}

function scoreOf(
  { amount, count, flipped, unchanged, allUnchanged, byFactor }: SteeringScore,
  factor: string,
  judges: readonly FactorJudge[],
): z.output<typeof score> {
  const others = judges
    .map(({ name }, i) => ({ factor: name, unchanged: byFactor[i] }))
    .filter(({ factor: name }) => name !== factor);
  const [least] = others.sort((a, b) => a.unchanged - b.unchanged);
  return { amount, count, flipped, unchanged, allUnchanged, ...(least && { least }) };
}

/**
 * The best atom of each value: by codes, in which a vector has few atoms, or by products, in which each atom speaks for itself; whichever
 * did better where it was chosen.
 */
async function foundValues({ atoms }: MeasureAtomsOptions, { told, split }: Pick<Steering, "told" | "split">) {
  const { codes, byAtom: uses, rowOf } = atoms.uses;
  const byCode = retrieval(uses, { factors: told, halves: split }).values;
  if (codes.vectors * atoms.dictionary.count > mostProducts)
    return byCode.map((one) => ({ ...one, by: "code" as const }));
  const rows = Uint32Array.from({ length: codes.vectors }, (_, i) => rowOf(i));
  const along = byAtom(projections(atoms.dictionary, await atoms.activations.rows(rows)), atoms.dictionary.count);
  const byProduct = retrieval(along, { factors: told, halves: split }).values;
  const key = ({ factor, value }: { factor: string; value: string }) => `${factor}\n${value}`;
  const codesOf = new Map(byCode.map((one) => [key(one), one]));
  return byProduct.map((one) => {
    const other = codesOf.get(key(one));
    if (other !== undefined && other.chosenBy >= one.chosenBy) return { ...other, by: "code" as const };
    return { ...one, by: "projection" as const };
  });
}

async function knownFactors({ atoms, factors: asked }: MeasureAtomsOptions) {
  const known = await readKnown(atoms.activations, asked);
  const factors = tellingFactors(known);
  const missing = asked?.find((name) => !factors.some((factor) => factor.name === name));
  if (factors.length > 0 && missing === undefined) return { known, factors };
  const all = (await readKnown(atoms.activations))?.factors ?? [];
  throw new NoemaError("ATOMS_FACTORS", {
    where: missing === undefined ? `activations "${atoms.activations.folder}"` : `factor "${missing}"`,
    found:
      missing === undefined
        ? "nothing is known of their pictures"
        : "it is not known of these pictures, or has not 2 to 40 values",
    needed: all.length === 0 ? "labelled pictures" : `one of ${all.map(({ name }) => name).join(", ")}`,
  });
}

async function judgesOf(
  { atoms, saveEvery, threads }: MeasureAtomsOptions,
  factors: readonly Factor[],
  terminal: Terminal,
) {
  const { pictures } = atoms.activations.meta;
  const decoder = await atoms.neededDecoder();
  return factorJudges(
    {
      folder: atoms.folder,
      pictures: pictures!,
      split: atoms.file.split,
      picture: decoder.picture,
      factors: factors.map(({ name }) => name),
      place: { saveEvery, threads },
    },
    terminal,
  );
}

interface Steering extends MeasureAtomsOptions {
  readonly told: readonly Factor[];
  readonly judges: readonly FactorJudge[];
  readonly good: readonly {
    readonly factor: string;
    readonly value: string;
    readonly atom: number;
    readonly sign: 1 | -1;
  }[];
  readonly split: { readonly choosing: Uint32Array; readonly measuring: Uint32Array };
}

async function steerAll(
  { atoms, told, judges, good, split, most, seed }: Steering,
  terminal: Terminal,
): Promise<JudgedSteering[] | undefined> {
  if (good.length === 0) return [];
  const decoder = await atoms.neededDecoder();
  const { rowOf, byAtom: uses } = atoms.uses;
  const random = seededRandom(seed, drawingStream);
  // Only vectors that may be looked at are read.
  const halves = [split.choosing, split.measuring].map((half) => drawnOf(half, most, random));
  const rows = Uint32Array.from([...halves[0], ...halves[1]]);
  const vectors = await atoms.activations.rows(rows.map((vector) => rowOf(vector)));
  const factors = judges.map((judge) => {
    const factor = told.find(({ name }) => name === judge.name)!;
    // A classifier counts values as its data do, which may be another order.
    const places = factor.values.map((value) => judge.values.indexOf(value));
    return {
      name: judge.name,
      values: judge.values,
      of: Int32Array.from(rows, (vector) => (factor.of[vector] < 0 ? -1 : places[factor.of[vector]])),
      classes: (pictures: Float32Array) => judge.classes(pictures),
    };
  });
  const found: JudgedSteering[] = [];
  const progress = terminal.progress(good.length, "atoms added to pictures");
  try {
    for (const [i, { factor, value, atom, sign }] of good.entries()) {
      const high = highCoefficient(uses, atom);
      const judged = judgeSteering(decoder, atoms.dictionary, {
        ...{ vectors, factors, random, most },
        targets: [{ factor, value, add: [{ atom, amount: sign * high }] }],
        amounts,
        halves: {
          choosing: Uint32Array.from({ length: halves[0].length }, (_, k) => k),
          measuring: Uint32Array.from({ length: halves[1].length }, (_, k) => halves[0].length + k),
        },
        choose: "balance",
        wanted: enough,
      });
      for await (const one of judged) found.push(one);
      progress.update(i + 1, `${factor} ${value}`);
      await setImmediate();
      if (terminal.signal.aborted) return undefined;
    }
  } finally {
    progress.stop();
  }
  return found;
}

/** So many of a half, in its order. */
function drawnOf(half: Uint32Array, most: number, random: ReturnType<typeof seededRandom>): Uint32Array {
  if (half.length <= most) return half;
  const drawn = new Set<number>();
  while (drawn.size < most) drawn.add(half[random.below(half.length)]);
  return Uint32Array.from(drawn).sort();
}

/**
 * What was measured of these atoms before, if anything was.
 *
 * @param recipe Default: whatever was asked for
 */
export function readMeasures(
  folder: string,
  dictionary: string,
  recipe?: AtomMeasures["recipe"],
): AtomMeasures | undefined {
  try {
    const found = schema.parse(JSON.parse(readFileSync(join(folder, measuresName), "utf8")));
    const same = recipe === undefined || JSON.stringify(found.recipe) === JSON.stringify(recipe);
    return same && found.dictionary === dictionary ? found : undefined;
  } catch {
    return undefined;
  }
}
