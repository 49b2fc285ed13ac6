/** @file The engine's side of the gradient-step benchmark: MODEL on the command line, then a number of steps per line. */
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { build, compile, gradient, inspect, readModel } from "@noema/engine";

const [path] = process.argv.slice(2);
const threads = Number(process.env.BENCH_THREADS ?? 2);
const unit = 7;

/** In a function of its own, so that the model can be collected once it is compiled. */
async function prepare() {
  const model = readModel(readFileSync(path));
  const [x, y] = [model.input(), model.output()];
  const score = build.slice(y, [unit], [unit + 1], [1]);
  const program = await compile({ inputs: { x }, outputs: { score, g: gradient(score, [x])[0] } }, { threads });
  return { program, size: x.size, multiplyAdds: inspect(model).multiplyAdds };
}

const started = performance.now();
const { program, size, multiplyAdds } = await prepare();
const feed = { x: Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 1.5) };
await program.run(feed);
const answer = (object) => process.stdout.write(`${JSON.stringify(object)}\n`);
answer({ ready: true, buildMs: performance.now() - started, multiplyAdds });

for await (const line of createInterface({ input: process.stdin })) {
  const ms = [];
  for (let i = Number(line); i > 0; i--) {
    const start = performance.now();
    await program.run(feed);
    ms.push(performance.now() - start);
  }
  answer({ ms, peakMiB: process.resourceUsage().maxRSS / 1024 });
}
