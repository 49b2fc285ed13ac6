/** @file What benchmarks share: the two sides as processes that take turns, and what other programs take meanwhile. */
import { spawn, spawnSync } from "node:child_process";
import { cpus } from "node:os";
import { createInterface } from "node:readline";

/** The Python that has these modules: PYTHON, else /usr/bin/python3, else python3. Undefined where none has. */
export function findPython(modules = "torch, torchvision") {
  for (const candidate of [process.env.PYTHON, "/usr/bin/python3", "python3"]) {
    if (candidate === undefined) continue;
    const { status } = spawnSync(candidate, ["-c", `import ${modules}`], { stdio: "ignore" });
    if (status === 0) return candidate;
  }
  return undefined;
}

export const noPython = [
  "PyTorch with torchvision is not installed: the peer is skipped.",
  "Debian: apt-get install python3-torch python3-torchvision libopenblas0-pthread; or set PYTHON.",
].join("\n");

/** Those that run: none outlives this one, however it ends. */
const running = new Set();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});
for (const [signal, number] of Object.entries({ SIGINT: 2, SIGTERM: 15 }))
  process.on(signal, () => process.exit(128 + number));

/**
 * A process that answers every line with a line of JSON.
 *
 * @param rests whether it is stopped from an answer to the next question, so that nothing of it runs while another is asked:
 *   threads of a runtime go on waiting for work for a while. Not on Windows, which cannot stop a process
 */
export function start(command, args, { rests = false } = {}) {
  const child = spawn(command, args, { stdio: ["pipe", "pipe", "inherit"] });
  running.add(child);
  child.on("exit", () => running.delete(child));
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const read = async () => {
    const { value, done } = await lines.next();
    if (done) {
      const { exitCode, signalCode } = child;
      throw new Error(`${command} ${args.join(" ")} ended early (${signalCode ?? exitCode ?? "its output is closed"})`);
    }
    return JSON.parse(value);
  };
  const signal = (name) => rests && process.platform !== "win32" && child.kill(name);
  const answer = async () => {
    const found = await read();
    signal("SIGSTOP");
    return found;
  };
  return {
    ready: answer,
    ask: (line) => {
      signal("SIGCONT");
      child.stdin.write(`${line}\n`);
      return answer();
    },
    stop: () => {
      signal("SIGCONT");
      child.stdin.end();
    },
  };
}

export const median = (list) => list.toSorted((a, b) => a - b)[list.length >> 1];
export const geometricMean = (list) => Math.exp(list.reduce((sum, v) => sum + Math.log(v), 0) / list.length);

/** Milliseconds that all processors together have worked since the machine started. */
function busy() {
  return cpus().reduce((sum, { times }) => sum + times.user + times.nice + times.sys + times.irq, 0);
}

/**
 * Does something, and tells which share of the processors other programs took meanwhile.
 *
 * @param turn resolves to what both sides answered, with the milliseconds of processor time that each took: `cpuMs`
 */
export async function watched(turn) {
  const [begin, before] = [performance.now(), busy()];
  const answers = await turn();
  const [elapsed, worked] = [performance.now() - begin, busy() - before];
  const own = answers.reduce((sum, { cpuMs }) => sum + cpuMs, 0);
  return { answers, others: Math.max(0, worked - own) / (elapsed * cpus().length) };
}
