/** @file Test cases of RNN, GRU and LSTM. */
import type { Case } from "../../graph/op.js";

/** The cases with the `hidden_size` that R has. */
export function cellCases(cases: readonly Case[]): Case[] {
  return cases.map((example) => ({
    ...example,
    attributes: { hidden_size: example.inputs[2]!.dims[2]!, ...example.attributes },
  }));
}
