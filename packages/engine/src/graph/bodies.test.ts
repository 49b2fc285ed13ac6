/** @file Loop, Scan and If with bodies that use values from around them: written, read back, run. */
import { describe, expect, test } from "vitest";
import { gradient } from "../autodiff/gradient.js";
import { evaluate } from "../ops/evaluate.js";
import "../ops/index.js";
import { compile } from "../runtime/compile.js";
import type { Body } from "./attribute.js";
import { add, concat, full, greater, identity, mul, reduceSum, reshape, sub } from "./builder.js";
import { constant, emit, input, intsValue, scalar } from "./emit.js";
import { NoemaError } from "./error.js";
import { type Nd, nd } from "./nd.js";
import { readModel } from "./read-model.js";
import { Tensor } from "./tensor.js";
import { Value } from "./value.js";
import { type Signature, writeModel } from "./write-model.js";

const floats = (dims: readonly number[], values: readonly number[]) => Tensor.ofNumbers("float32", dims, values);
const truth = (value: number) => Tensor.ofNumbers("bool", [], [value]);

/** The written model, opened again. */
function reread(signature: Signature): Signature {
  const model = readModel(writeModel(signature).bytes);
  return {
    inputs: Object.fromEntries(model.inputs.map((v) => [v.name, v])),
    outputs: Object.fromEntries(model.outputs.map(({ name, value }) => [name, value])),
  };
}

async function run(signature: Signature, feeds: Record<string, Tensor>): Promise<Record<string, Nd>> {
  const program = await compile(signature, { threads: 1 });
  const results = await program.run(feeds);
  await program.dispose();
  return Object.fromEntries(Object.entries(results).map(([name, t]) => [name, nd(t.dims, t.toNumbers())]));
}

/** Runs a computation, the same one written and read, and that one written and read: all as the oracles say. */
async function expectKept(signature: Signature, feeds: Record<string, Tensor>): Promise<Signature> {
  const given = new Map<Value, Nd>(
    Object.entries(feeds).map(([name, t]) => [signature.inputs[name], nd(t.dims, t.toNumbers())]),
  );
  const names = Object.keys(signature.outputs);
  const expected = evaluate(Object.values(signature.outputs), given);
  const once = reread(signature);
  for (const form of [signature, once, reread(once)]) {
    const found = await run(form, feeds);
    names.forEach((name, i) => {
      expect([...found[name].dims], name).toEqual([...expected[i].dims]);
      found[name].data.forEach((v, k) => {
        expect(v, `${name}[${k}]`).toBeCloseTo(expected[i].data[k], 4);
      });
    });
  }
  return once;
}

/** A body input whose type the file leaves open. */
function open(name: string): Value {
  const failure = new NoemaError("SHAPE_UNKNOWN", { where: name, found: "its shape is not declared" });
  return new Value({ dtype: "float32", shape: null, name, failure });
}

/** Inputs of a Loop's body: iteration, condition, and states. */
function loopInputs(...states: Value[]): Value[] {
  return [input("i", [], "int64"), input("go", [], "bool"), ...states];
}

const loop = (trips: Value | null, condition: Value | null, states: readonly Value[], body: Body) =>
  emit("Loop", [trips, condition, ...states], { body }, { outputs: body.outputs.length - 1 });

describe("Loop", () => {
  test("captures an input, a computed value and a constant", async () => {
    const [x, trips] = [input("x", [3]), input("trips", [], "int64")];
    const computed = mul(x, 0.5);
    const state = input("state", [3]);
    const [i, go] = loopInputs();
    const next = add(add(mul(state, computed), x), constant(floats([3], [1, 2, 3])));
    const [y] = loop(trips, null, [computed], { inputs: [i, go, state], outputs: [go, next] });
    const feeds = { x: floats([3], [1, -1, 0.5]), trips: Tensor.ofNumbers("int64", [], [3]) };
    const again = await expectKept({ inputs: { x, trips }, outputs: { y, computed } }, feeds);
    expect(again.outputs.y.shape).toEqual([3]);
  });

  test("gives back what it captured, what it was given, and constants", async () => {
    const x = input("x", [2]);
    const state = input("state", [2]);
    const [i, go] = loopInputs();
    const outer = add(x, 1);
    const body = { inputs: [i, go, state], outputs: [go, outer, state, outer, full([2], 7), i] };
    const [last, states, outers, sevens, counts] = loop(scalar(2, "int64"), null, [x], body);
    await expectKept({ inputs: { x }, outputs: { last, states, outers, sevens, counts } }, { x: floats([2], [1, 2]) });
  });

  test("stops when its condition says so", async () => {
    const x = input("x", [2]);
    const bound = input("bound", []);
    const state = input("state", [2]);
    const [i, go] = loopInputs();
    const next = add(state, x);
    const goesOn = greater(bound, reduceSum(next, [0], { keepdims: false }));
    const [y, seen] = loop(null, constant(truth(1)), [x], { inputs: [i, go, state], outputs: [goesOn, next, next] });
    const once = await expectKept(
      { inputs: { x, bound }, outputs: { y, seen } },
      { x: floats([2], [1, 2]), bound: floats([], [10]) },
    );
    expect(once.outputs.y.shape).toEqual([2]);
    expect(() => once.outputs.seen.shape).toThrowError(/a row for each time the loop runs.*SHAPE_UNKNOWN/);
  });

  test("carries what changes its shape", async () => {
    const x = input("x", [2]);
    const state = open("state");
    const [i, go] = loopInputs();
    const next = concat([state, x], 0);
    const [y] = loop(scalar(2, "int64"), null, [x], { inputs: [i, go, state], outputs: [go, next] });
    const once = await expectKept({ inputs: { x }, outputs: { y } }, { x: floats([2], [1, 2]) });
    expect(() => once.outputs.y.shape).toThrowError(/SHAPE_UNKNOWN/);
  });

  test("stands in the body of another, and captures from both", async () => {
    const x = input("x", [2]);
    const [outerState, innerState] = [input("state", [2]), input("state", [2])];
    const [i, go] = loopInputs();
    const [j, on] = loopInputs();
    const doubled = mul(outerState, 2);
    const innerBody = {
      inputs: [j, on, innerState],
      outputs: [on, add(innerState, mul(add(doubled, x), emit("Cast", [i], { to: 1 })[0]))],
    };
    const [inner] = loop(scalar(2, "int64"), null, [outerState], innerBody);
    const [y] = loop(scalar(3, "int64"), null, [x], { inputs: [i, go, outerState], outputs: [go, sub(inner, x)] });
    await expectKept({ inputs: { x }, outputs: { y } }, { x: floats([2], [1, -0.5]) });
  });

  test("leaves types open in the file; reading infers them from what goes in", () => {
    const x = input("x", [2, 3]);
    const state = open("state");
    const [i, go] = loopInputs();
    const flat = reshape(mul(state, x), [3, 2]);
    const body = { inputs: [i, go, state], outputs: [go, identity(mul(state, x)), flat] };
    const [y, rows] = loop(scalar(4, "int64"), null, [x], body);
    expect(() => y.shape).toThrowError(/SHAPE_UNKNOWN/);
    const { outputs } = reread({ inputs: { x }, outputs: { y, rows } });
    expect(outputs.y.shape).toEqual([2, 3]);
    expect(outputs.rows.shape).toEqual([4, 3, 2]);
  });

  test("captures a value that the program is cut at, and says when it misses one", async () => {
    const x = input("x", [2]);
    const cut = mul(x, 3);
    const state = input("state", [2]);
    const [i, go] = loopInputs();
    const [y] = loop(scalar(2, "int64"), null, [full([2], 1)], {
      inputs: [i, go, state],
      outputs: [go, add(state, cut)],
    });
    const { y: found } = await run({ inputs: { cut }, outputs: { y } }, { cut: floats([2], [1, 2]) });
    expect([...found.data]).toEqual([3, 5]);
    await expect(compile({ inputs: {}, outputs: { y } })).rejects.toThrowError(/"x".*INPUT_MISSING/);
  });

  test("refuses a gradient by what it captures, and has none by what it does not", () => {
    const [x, z] = [input("x", [2]), input("z", [2])];
    const state = input("state", [2]);
    const [i, go] = loopInputs();
    const body = { inputs: [i, go, state], outputs: [go, add(state, mul(x, 2))] };
    const [y] = loop(scalar(2, "int64"), null, [full([2], 1)], body);
    expect(() => gradient(y, [x])).toThrowError(/Loop.*GRADIENT_UNDEFINED/);
    const [g] = evaluate(gradient(add(y, mul(z, 3)), [z]), new Map());
    expect([...g.data]).toEqual([3, 3]);
  });

  test("large captured constants stay beside the program", async () => {
    const x = input("x", [600]);
    const state = input("state", [600]);
    const [i, go] = loopInputs();
    const ones = constant(floats([600], new Array<number>(600).fill(1)));
    const [y] = loop(scalar(2, "int64"), null, [x], { inputs: [i, go, state], outputs: [go, add(state, ones)] });
    expect(writeModel({ inputs: { x }, outputs: { y } }, { externalAbove: 1024 }).external.size).toBe(1);
    const { y: found } = await run({ inputs: { x }, outputs: { y } }, { x: floats([600], new Array(600).fill(0)) });
    expect(found.data.every((v) => v === 2)).toBe(true);
  });
});

describe("Scan", () => {
  test("captures, and names its inside as the outside is named", async () => {
    const [x, rows] = [input("x", [2]), input("rows", [3, 2])];
    const scale = mul(x, 0.25);
    const [state, row] = [input("x", [2]), input("rows", [2])];
    const next = add(mul(state, scale), row);
    const body = { inputs: [state, row], outputs: [next, sub(next, x), scale] };
    const [last, all, scales] = emit("Scan", [x, rows], { body, num_scan_inputs: 1 }, { outputs: 3 });
    const once = await expectKept(
      { inputs: { x, rows }, outputs: { last, all, scales } },
      { x: floats([2], [1, 2]), rows: floats([3, 2], [1, 2, 3, 4, 5, 6]) },
    );
    expect(once.outputs.all.shape).toEqual([3, 2]);
  });
});

describe("If", () => {
  const condition = input("condition", [], "bool");
  const x = input("x", [2, 2]);
  const branch = (...outputs: Value[]): Body => ({ inputs: [], outputs });
  const choose = (yes: Body, no: Body) =>
    emit("If", [condition], { then_branch: yes, else_branch: no }, { outputs: yes.outputs.length });

  test.each([0, 1])("of different shapes stays, and takes branch %i", async (taken) => {
    const [y, z] = choose(branch(mul(x, 2), x), branch(reduceSum(x, [0]), scalar(5)));
    const once = await expectKept(
      { inputs: { condition, x }, outputs: { y, z } },
      { condition: truth(taken), x: floats([2, 2], [1, 2, 3, 4]) },
    );
    expect(once.outputs.y.node!.op).toBe("If");
    const total = reduceSum(once.outputs.y, undefined, { keepdims: false });
    expect(() => gradient(total, [once.inputs.x])).toThrowError(/GRADIENT_UNDEFINED|SHAPE_UNKNOWN/);
  });

  test.each([0, 1])("of equal shapes becomes a selection, which has a gradient, in branch %i", async (taken) => {
    const [y] = choose(branch(mul(x, 2)), branch(mul(x, 3)));
    const once = await expectKept(
      { inputs: { condition, x }, outputs: { y } },
      { condition: truth(taken), x: floats([2, 2], [1, 2, 3, 4]) },
    );
    expect(once.outputs.y.node!.op).toBe("Where");
    const feeds = new Map([
      [once.inputs.condition, nd([], [taken])],
      [once.inputs.x, nd([2, 2], [1, 2, 3, 4])],
    ]);
    const [g] = evaluate(gradient(once.outputs.y, [once.inputs.x]), feeds);
    expect([...g.data]).toEqual(new Array(4).fill(taken ? 2 : 3));
  });

  test("of a known condition is the branch taken", () => {
    const yes = constant(truth(1));
    const branches = { then_branch: branch(mul(x, 2)), else_branch: branch(reduceSum(x)) };
    const [y] = emit("If", [yes], branches);
    const once = reread({ inputs: { x }, outputs: { y } });
    expect(once.outputs.y.node!.inputs[0]!.node!.op).toBe("Mul");
  });

  test("stands in the body of a loop", async () => {
    const state = input("state", [2, 2]);
    const [i, go] = loopInputs();
    const first = emit("Equal", [i, intsValue([0])])[0];
    const branches = { then_branch: branch(add(state, x)), else_branch: branch(reduceSum(state, [0])) };
    const [picked] = emit("If", [reshape(first, [])], branches);
    const body = { inputs: [i, go, state], outputs: [go, mul(state, add(picked, x))] };
    const [y] = loop(scalar(2, "int64"), null, [x], body);
    await expectKept({ inputs: { x }, outputs: { y } }, { x: floats([2, 2], [1, 2, 3, 4]) });
  });
});
