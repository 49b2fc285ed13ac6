/** @file Lists of tensors, which loops of TensorFlow carry: TensorList and TensorArray, read and written at known places. */
import { concat, gather, split } from "../../graph/builder.js";
import { NoemaError } from "../../graph/error.js";
import { maxElements } from "../../graph/tensor.js";
import { reshaped } from "../rearrange.js";
import type { Call, Rules } from "../rule.js";
import { Twin } from "../twin.js";

/** As many tensors as one list may hold. */
const maxItems = 4096;

function listOf(call: Call, index: number): readonly (Twin | undefined)[] {
  const { list } = call.input(index);
  if (list === undefined) throw call.refuse("its operand is a tensor", "a list of tensors is needed");
  return list;
}

function reserved(count: number): Twin {
  if (!(count >= 0 && count <= maxItems)) {
    throw new NoemaError("TENSOR_TOO_LARGE", { found: `a list of ${count}`, needed: `at most ${maxItems}` });
  }
  return Twin.list(new Array<Twin | undefined>(count).fill(undefined));
}

function itemAt(call: Call, list: readonly (Twin | undefined)[], index: number): Twin {
  const found = list[index];
  if (found === undefined) throw call.refuse(`nothing stands at place ${index} of the list`);
  return found;
}

function withItem(list: readonly (Twin | undefined)[], index: number, item: Twin): Twin {
  if (!(index >= 0 && index < maxItems))
    throw new NoemaError("AXIS_OUT_OF_RANGE", { found: `place ${index} of a list` });
  const next = [...list];
  next[index] = item;
  return Twin.list(next);
}

/** The items one above another, along a new first axis. */
function stacked(call: Call, items: readonly (Twin | undefined)[]): Twin {
  const rows = Array.from(items, (_, i) => itemAt(call, items, i).own);
  if (rows.length === 0) throw call.refuse("an empty list is stacked");
  return Twin.own(
    concat(
      rows.map((row) => reshaped(row, [1, ...row.shape])),
      0,
    ),
  );
}

function unstacked(x: Twin): Twin[] {
  const [count, ...rest] = x.shape;
  if (count > Math.min(maxItems, maxElements))
    throw new NoemaError("TENSOR_TOO_LARGE", { found: `a list of ${count}` });
  return split(x.own, new Array<number>(count).fill(1), 0).map((row) => Twin.own(reshaped(row, rest)));
}

export const listRules: Rules = {
  TensorListReserve: (call) => reserved(call.number(1, "the length of the list")),
  EmptyTensorList: () => reserved(0),
  TensorListFromTensor: (call) => Twin.list(unstacked(call.input(0))),
  TensorListSetItem: (call) => withItem(listOf(call, 0), call.number(1, "the place in the list"), call.input(2)),
  TensorListGetItem: (call) => itemAt(call, listOf(call, 0), call.number(1, "the place in the list")),
  TensorListPushBack: (call) => withItem(listOf(call, 0), listOf(call, 0).length, call.input(1)),
  TensorListStack: (call) => stacked(call, listOf(call, 0)),
  // An array's second output, the "flow", is what orders reads after writes: the list goes with it.
  TensorArrayV3: (call) => [reserved(0), reserved(call.number(0, "the length of the array"))],
  TensorArrayWriteV3: (call) => withItem(listOf(call, 3), call.number(1, "the place in the array"), call.input(2)),
  TensorArrayReadV3: (call) => itemAt(call, listOf(call, 2), call.number(1, "the place in the array")),
  TensorArrayGatherV3: (call) => Twin.own(gather(stacked(call, listOf(call, 2)).own, call.input(1).own, 0)),
  TensorArrayScatterV3: (call) => {
    const places = call.numbers(1, "the places in the array");
    const rows = unstacked(call.input(2));
    return places.reduce((list, place, i) => withItem(list.list!, place, rows[i]), Twin.list(listOf(call, 3)));
  },
};
