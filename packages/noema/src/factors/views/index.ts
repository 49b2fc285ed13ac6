/** @file The views of a trained autoencoder. */
import { analogyMaker } from "./analogy.js";
import { averageMaker } from "./average.js";
import { swapMaker } from "./swap.js";
import { sweepMaker } from "./sweep.js";
import { transferMaker } from "./transfer.js";
import { traverseMaker } from "./traverse.js";
import type { ViewMaker } from "./view-maker.js";

export const viewMakers: readonly ViewMaker[] = [
  sweepMaker,
  swapMaker,
  transferMaker,
  analogyMaker,
  traverseMaker,
  averageMaker,
];
