/** @file Loop: runs its body again and again, at most `trips` times and while the condition holds. */
import { type Body, body } from "../../graph/attribute.js";
import { add, cast, less, mul, reduceSum } from "../../graph/builder.js";
import { emit, input } from "../../graph/emit.js";
import { NoemaError } from "../../graph/error.js";
import { type Nd, nd } from "../../graph/nd.js";
import { type Case, defineOp, undifferentiable } from "../../graph/op.js";
import { typeWithoutShape, type Value, type ValueType } from "../../graph/value.js";
import { fed, known, uniform } from "../case.js";
import { evaluate } from "../evaluate.js";
import { refuseEmpty } from "../refuse-empty.js";
import { stack } from "./stack.js";
import { checkBody, sameShape, shapeOf, shapeUnknown, typedBody } from "./typed-body.js";

type Maybe<T> = T | null | undefined;

/** The value that copies lead back to. */
function origin(v: Value): Value {
  let found = v;
  while (found.node?.op === "Identity") found = found.node.inputs[0]!;
  return found;
}

/** The number of iterations where it is known before running: then the condition never changes. */
function knownTrips(trips: Maybe<Value>, condition: Maybe<Value>, { inputs, outputs }: Body): number | undefined {
  const isTrue = (v: Maybe<Value>) => v?.constant?.toNumbers()[0] === 1;
  const starts = !condition || isTrue(condition);
  const next = origin(outputs[0]);
  const goesOn = isTrue(next) || next === inputs[1];
  if (!starts || !goesOn) return undefined;
  if (!trips) throw endless("a condition that always holds, and no number of iterations");
  const count = trips.constant === null ? undefined : Math.max(0, trips.constant.toNumbers()[0]!);
  if (count !== undefined && count > mostTrips) throw endless(`${count} iterations, which nothing ends sooner`);
  return count;
}

/** No network iterates more often; a file that does would run for hours. */
const mostTrips = 1e6;

function endless(found: string): NoemaError {
  const needed = `at most ${mostTrips} are run`;
  return new NoemaError("LOOP_ENDLESS", { found, needed, remedy: "Make the number of iterations an input." });
}

/** s ← s/2 + i, with every s that was before collected. With a bound: while the sum of s stays below it, s only. */
function halving(bound?: number): Body {
  const iteration = input("iteration", [], "int64");
  const going = input("going", [], "bool");
  const state = input("state", [2]);
  const next = add(mul(state, 0.5), cast(iteration, "float32"));
  if (bound === undefined) return { inputs: [iteration, going, state], outputs: [going, next, state] };
  const goesOn = less(reduceSum(next, [0], { keepdims: false }), bound);
  return { inputs: [iteration, going, state], outputs: [goesOn, next] };
}

function examples(): Case[] {
  return [
    {
      inputs: [known([4], []), null, uniform([2])],
      attributes: { body: halving() },
      outputs: 2,
      note: "a known number of times",
    },
    {
      inputs: [known([3], [1]), known([1], [], "bool"), uniform([2])],
      attributes: { body: halving() },
      outputs: 2,
      note: "condition known",
    },
    { inputs: [known([0], []), null, uniform([2])], attributes: { body: halving() }, outputs: 2, note: "never" },
    { inputs: [null, fed([1], [], "bool"), uniform([2])], attributes: { body: halving(9) }, note: "until a bound" },
  ];
}

export const Loop = defineOp({
  name: "Loop",
  since: 16,
  attributes: { body: body.required() },
  shape: ([trips, condition, ...states], { body: inner }, outputCount) => {
    checkBody(inner, states.length + 2, outputCount + 1);
    refuseEmpty([trips, condition]);
    const count = knownTrips(trips, condition, inner);
    return inner.outputs.slice(1).map((output, i): ValueType => {
      if (i < states.length) {
        const first = states[i]!;
        if (sameShape(first.knownShape, output.knownShape)) return { dtype: output.dtype, shape: first.shape };
        return typeWithoutShape(output.dtype, shapeUnknown(`output ${i} may change its shape as the loop runs`));
      }
      if (count !== undefined && output.knownShape !== null) {
        return { dtype: output.dtype, shape: [count, ...output.shape] };
      }
      return typeWithoutShape(output.dtype, shapeUnknown(`output ${i} has a row for each time the loop runs`));
    });
  },
  gradient: undifferentiable(
    "loops run forward only; a fixed number of iterations can be written out one after another",
  ),
  oracle: ([trips, condition, ...initial], { body: inner }, types) => {
    const limit = trips?.data[0] ?? Number.POSITIVE_INFINITY;
    let going = condition?.data[0] ?? 1;
    let states: readonly Nd[] = initial;
    const collected = inner.outputs.slice(1 + initial.length).map((): Nd[] => []);
    for (let i = 0; i < limit && going !== 0; i++) {
      if (i >= mostTrips) throw endless("a condition that never ends it");
      const given = [
        nd(inner.inputs[0]!.knownShape ?? [], [i]),
        nd(inner.inputs[1]!.knownShape ?? [], [going]),
        ...states,
      ];
      const results = evaluate(inner.outputs, new Map(inner.inputs.map((v, k) => [v, given[k]!])));
      going = results[0]!.data[0]!;
      states = results.slice(1, 1 + initial.length);
      collected.forEach((rows, k) => {
        rows.push(results[1 + initial.length + k]!);
      });
    }
    return [...states, ...collected.map((rows, k) => stack(rows, 0, shapeOf(types[initial.length + k]!)))];
  },
  // Made on demand: when this file is loaded, the operators are not there yet.
  get cases() {
    return examples();
  },
  import: ({ inputs, attributes, outputCount }) => {
    const inner = attributes.body as Body | undefined;
    const states = inputs.slice(2).filter((v): v is Value => v !== null);
    if (inner === undefined || inner.inputs.length !== states.length + 2) return undefined;
    const own = inner.inputs.slice(0, 2).map((v, i): ValueType => {
      const dtype = i === 0 ? "int64" : "bool";
      return { dtype, shape: v.knownShape ?? [] };
    });
    const carried = { firstInput: 2, firstOutput: 1, count: states.length };
    const typed = typedBody(inner, [...own, ...states], carried);
    return emit("Loop", inputs, { body: typed }, { outputs: outputCount });
  },
});
