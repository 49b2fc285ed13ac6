/** @file ViewMaker: one way of looking at a trained autoencoder, as the command line and the report call it; one file here each. */
import type { View } from "@noema/lenses";
import type { OpenRun } from "../../training/open-run.js";
import type { Exhibit } from "../exhibit.js";
import type { ViewName } from "../reading.js";

interface ViewCall {
  readonly run: OpenRun;
  /** The pictures to be shown; empty where the view is of the data as a whole. */
  readonly exhibit: Exhibit;
  /** Names of labels. Default: all. */
  readonly labels?: readonly string[] | undefined;
  /** What a label is set to, or, of a traverse, how many values each latent goes through. */
  readonly values?: readonly number[] | undefined;
  readonly onto?: "nothing" | "own" | undefined;
  readonly as?: string | undefined;
  readonly strength?: number | undefined;
}

export interface ViewMaker {
  readonly name: ViewName;
  readonly summary: string;
  /** How many pictures it shows unless told otherwise; 0 where it is of the data as a whole. */
  readonly pictures: number;
  make(call: ViewCall): Promise<View>;
}
