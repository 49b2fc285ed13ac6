/** @file Corrupted models: each ends in success or in one clear error, soon, without a crash and without much memory. */
import { type ChildProcess, fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

/** Corrupted models in all; NOEMA_MUTATIONS sets another number, NOEMA_MUTATION_SEED another start. */
const count = Number(process.env.NOEMA_MUTATIONS ?? 2400);
const firstSeed = Number(process.env.NOEMA_MUTATION_SEED ?? 1);

/** How often each test case of each operator is corrupted. */
const rounds = Number(process.env.NOEMA_MUTATION_ROUNDS ?? 5);

/** A model of a dozen small nodes needs a fraction of a second and a few megabytes. */
const limitMs = 10_000;
const limitBytes = 2 ** 29;

interface Task {
  /** A small model by its name, or the test case of an operator by its number. */
  readonly base?: string;
  readonly operatorCase?: number;
  /** null leaves the model as it is. */
  readonly seed: number | null;
}

interface Material {
  readonly bases: readonly string[];
  readonly operatorCases: number;
}

interface Outcome extends Task {
  readonly mutation: string;
  /** `success…`, or the code of the error. */
  readonly end: string;
  readonly message?: string;
  readonly elapsedMs: number;
  readonly grownBytes: number;
}

const childFile = fileURLToPath(new URL("mutation/child.mjs", import.meta.url));

/** Runs tasks one after another in a child process; one that takes the child down gets the end CRASH or HANG. */
async function runTasks(tasksOf: (material: Material) => Task[]): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  let tasks: Task[] | undefined;
  do {
    await new Promise<void>((done) => {
      const child: ChildProcess = fork(childFile, { stdio: ["ignore", "ignore", "pipe", "ipc"] });
      let noise = "";
      let timer: ReturnType<typeof setTimeout> | undefined;
      let running: Task | undefined;
      const next = () => {
        running = tasks!.shift();
        if (running !== undefined) timer = setTimeout(() => child.kill("SIGKILL"), 2 * limitMs);
        child.send(running ?? "end");
      };
      child.stderr!.on("data", (text) => {
        noise = `${noise}${text}`.slice(-1000);
      });
      child.on("message", (message: { ready?: true } & Material & Outcome) => {
        clearTimeout(timer);
        if (message.ready) tasks ??= tasksOf(message);
        else outcomes.push({ ...message, ...running! });
        next();
      });
      child.on("exit", (code, signal) => {
        clearTimeout(timer);
        if (running !== undefined) {
          const end = signal === "SIGKILL" ? "HANG" : "CRASH";
          const message = `${signal ?? code}: ${noise}`;
          outcomes.push({ ...running, mutation: "?", end, message, elapsedMs: Number.NaN, grownBytes: Number.NaN });
        }
        tasks ??= [];
        if (code !== 0 && running === undefined && outcomes.length === 0) throw new Error(`child: ${code} ${noise}`);
        done();
      });
    });
  } while (tasks!.length > 0);
  return outcomes;
}

const show = ({ base, operatorCase, seed, mutation, end, message }: Outcome) =>
  `${base ?? `case ${operatorCase}`} seed ${seed} (${mutation}): ${end} ${message}`;

function expectClearAndCheap(outcomes: readonly Outcome[]): void {
  const unclear = outcomes.filter(({ end }) => ["UNEXPECTED", "CRASH", "HANG"].includes(end));
  expect(unclear.map(show)).toEqual([]);
  expect(outcomes.filter(({ elapsedMs }) => elapsedMs > limitMs).map(show)).toEqual([]);
  expect(outcomes.filter(({ grownBytes }) => grownBytes > limitBytes).map(show)).toEqual([]);
}

test("the models themselves run, with their gradients", async () => {
  const outcomes = await runTasks(({ bases }) => bases.map((base) => ({ base, seed: null })));
  expect(outcomes.length).toBeGreaterThan(5);
  expect(outcomes.filter(({ end }) => end !== "success").map(show)).toEqual([]);
});

test(`${count} corrupted models end in success or in one clear error each`, { timeout: 900_000 }, async () => {
  const outcomes = await runTasks(({ bases }) =>
    Array.from({ length: count }, (_, i) => ({ base: bases[i % bases.length]!, seed: firstSeed + i })),
  );
  expect(outcomes).toHaveLength(count);
  expectClearAndCheap(outcomes);
  // The corruption must reach every stage: all refused at the door, or none, would prove nothing.
  const successes = outcomes.filter(({ end }) => end.startsWith("success")).length;
  expect(successes).toBeGreaterThan(0.05 * count);
  expect(successes).toBeLessThan(0.7 * count);
  const codes = new Set(outcomes.map(({ end }) => end));
  for (const code of [
    "MODEL_CORRUPT",
    "GRAPH_CYCLE",
    "VALUE_UNDEFINED",
    "NAME_TWICE",
    "TENSOR_SIZE",
    "OPSET_UNSUPPORTED",
  ]) {
    expect([...codes]).toContain(code);
  }
});

test("operators with absurd inputs and attributes end so too", { timeout: 900_000 }, async () => {
  const outcomes = await runTasks(({ operatorCases }) =>
    Array.from({ length: rounds * operatorCases }, (_, i) => ({
      operatorCase: i % operatorCases,
      seed: firstSeed + Math.floor(i / operatorCases),
    })),
  );
  expect(outcomes.length).toBeGreaterThan(500 * rounds);
  expectClearAndCheap(outcomes);
  const successes = outcomes.filter(({ end }) => end === "success").length;
  expect(successes).toBeGreaterThan(0.1 * outcomes.length);
  expect(successes).toBeLessThan(0.8 * outcomes.length);
});
