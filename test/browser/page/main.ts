/** @file The page of the browser tests: computes a network's gradient, and trains one, with onnxruntime-web. */
import { build, compile, gradient, readModel } from "@noema/engine";
import { type Trained, trainSome } from "../train-some.js";

export interface Question {
  /** Elements of the input. */
  readonly x: readonly number[];
  /** Which of the outputs the gradient is of. */
  readonly unit: number;
  readonly executionProviders: readonly string[];
}

export interface Answer {
  readonly output: readonly number[];
  readonly gradient: readonly number[];
  readonly isolated: boolean;
}

async function answer({ x, unit, executionProviders }: Question): Promise<Answer> {
  const response = await fetch("network.onnx");
  const model = readModel(new Uint8Array(await response.arrayBuffer()));
  const [picture, y] = [model.input(), model.output()];
  const objective = build.log(build.slice(y, [unit], [unit + 1], [1]));
  const [slope] = gradient(objective, [picture]) as [typeof y];
  const program = await compile({ inputs: { x: picture }, outputs: { y, slope } }, { executionProviders, threads: 2 });
  const results = await program.run({ x });
  await program.dispose();
  const numbers = (name: string) => Array.from(results[name]!.toNumbers());
  return { output: numbers("y"), gradient: numbers("slope"), isolated: globalThis.crossOriginIsolated };
}

const train = (executionProviders: readonly string[]): Promise<Trained> =>
  trainSome({ executionProviders, threads: 2 });

Object.assign(globalThis, { answer, train });
