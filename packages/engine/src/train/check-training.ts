/** @file Checks of what a Trainer is given, before ONNX Runtime sees it. */
import { NoemaError } from "../graph/error.js";
import { sizeOf, type Tensor } from "../graph/tensor.js";
import type { Stretch, TrainerOptions, TrainingState } from "./trainer.js";

/** @throws NoemaError TRAINING_DATA */
export function checkOptions(options: TrainerOptions): void {
  const { data, parameters, batch, draws = 1, mostSteps = 1 } = options;
  const refuse = (where: string, found: string, needed: string) =>
    new NoemaError("TRAINING_DATA", { where, found, needed });
  const counts = Object.entries(data).map(([name, { dims }]) => [name, dims[0] ?? 0] as const);
  const [first] = counts;
  if (first === undefined || first[1] === 0) throw refuse("training data", "no rows", "at least one is needed");
  const other = counts.find(([, count]) => count !== first[1]);
  if (other !== undefined) {
    throw refuse(`"${other[0]}"`, `${other[1]} rows`, `"${first[0]}" has ${first[1]}; they must be as many`);
  }
  for (const [name, count] of Object.entries({ batch, draws, mostSteps })) {
    if (!Number.isInteger(count) || count < 1)
      throw refuse(name, String(count), "a whole number of at least 1 is needed");
  }
  if (Object.keys(parameters).length === 0) throw refuse("parameters", "none", "at least one is needed");
  for (const [name, { dtype }] of Object.entries(parameters)) {
    if (dtype !== "float32") throw refuse(`parameter "${name}"`, dtype, "float32 is needed");
  }
}

/** @throws NoemaError TRAINING_STRETCH */
export function checkStretch({ rows, rates, noise = {} }: Stretch, options: TrainerOptions, mostSteps: number): void {
  const { batch, draws = 1, noise: shapes = {} } = options;
  const steps = rates.length;
  const where = `${steps} steps`;
  if (steps === 0 || steps > mostSteps || rows.length !== draws || rows.some((each) => each.length !== steps * batch)) {
    throw new NoemaError("TRAINING_STRETCH", {
      where,
      found: `${lengthsOf(rows)} rows`,
      needed: `${draws} × steps × ${batch} rows, and 1 to ${mostSteps} steps are needed`,
    });
  }
  const odd = Array.from(rates).findIndex((rate) => !Number.isFinite(rate));
  if (odd >= 0) {
    throw new NoemaError("TRAINING_STRETCH", {
      where: `${where}, step ${odd + 1}`,
      found: `a rate of ${rates[odd]}`,
      needed: "a number is needed",
    });
  }
  checkRows(where, rows, options);
  checkNoise(where, noise, shapes, steps);
}

/** @throws NoemaError TRAINING_STRETCH */
export function checkEvaluation(
  rows: readonly Int32Array[],
  noise: NonNullable<Stretch["noise"]>,
  options: TrainerOptions,
): void {
  const { draws = 1, noise: shapes = {} } = options;
  const count = rows[0]?.length ?? 0;
  if (rows.length !== draws || count === 0 || rows.some((each) => each.length !== count)) {
    throw new NoemaError("TRAINING_STRETCH", {
      where: "evaluation",
      found: `${lengthsOf(rows)} rows`,
      needed: `as many, and at least one, for each of ${draws} draws are needed`,
    });
  }
  checkRows("evaluation", rows, options);
  const given = Object.fromEntries(Object.entries(shapes).filter(([name]) => noise[name] !== undefined));
  checkNoise("evaluation", noise, given, 1);
}

const lengthsOf = (rows: readonly Int32Array[]) => rows.map((each) => each.length).join(" and ") || "no";

/** ONNX Runtime takes a negative index for one counted from the end. */
function checkRows(where: string, rows: readonly Int32Array[], { data }: TrainerOptions): void {
  const count = Object.values(data)[0]!.dims[0]!;
  for (const each of rows) {
    const odd = each.find((row) => row < 0 || row >= count);
    if (odd === undefined) continue;
    throw new NoemaError("TRAINING_STRETCH", {
      where,
      found: `row ${odd}`,
      needed: `the data have rows 0 to ${count - 1}`,
    });
  }
}

function checkNoise(
  where: string,
  noise: NonNullable<Stretch["noise"]>,
  shapes: Readonly<Record<string, readonly number[]>>,
  steps: number,
): void {
  const names = new Set([...Object.keys(shapes), ...Object.keys(noise)]);
  for (const name of names) {
    const [shape, found] = [shapes[name], noise[name]];
    if (shape !== undefined && found?.length === steps * sizeOf(shape)) continue;
    throw new NoemaError("TRAINING_STRETCH", {
      where: `${where}, noise "${name}"`,
      found: found === undefined ? "nothing was given" : `${found.length} numbers`,
      needed:
        shape === undefined
          ? "this training has none of this name"
          : `${steps} × ${shape.join("×") || "1"} numbers are needed`,
    });
  }
}

/** @throws NoemaError TRAINING_STATE where a state is not of this network and optimizer */
export function checkState({ step, arrays }: TrainingState, own: Readonly<Record<string, Tensor>>): void {
  const refuse = (where: string, found: string, needed: string) =>
    new NoemaError("TRAINING_STATE", { where, found, needed });
  if (!Number.isInteger(step) || step < 0) throw refuse("step of a state", String(step), "a whole number is needed");
  for (const name of new Set([...Object.keys(own), ...Object.keys(arrays)])) {
    const [wanted, found] = [own[name], arrays[name]];
    if (wanted !== undefined && found !== undefined && typeOf(wanted) === typeOf(found)) continue;
    throw refuse(
      `array "${name}" of a state`,
      found === undefined ? "it is not there" : typeOf(found),
      `this network and optimizer have ${wanted === undefined ? "none of this name" : typeOf(wanted)}`,
    );
  }
}

const typeOf = ({ dtype, dims }: Tensor) => `${dtype}[${dims.join("×")}]`;
