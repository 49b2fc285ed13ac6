/** @file readTfjsModel: a TensorFlow.js model (model.json and its weight shards) to a Model. */
import type { Model } from "../graph/model.js";
import type { ReadOptions } from "../graph/read-model.js";
import { readGraphModel } from "./graph-model.js";
import { asRecord, corrupt } from "./json.js";
import { readWeights } from "./weights.js";

/**
 * Reads a TensorFlow.js graph model. Weights stay where they are in the shards until somebody looks at
 * them: keep the shards unchanged while the model is in use.
 *
 * Inputs and outputs have the names, types and layouts that tfjs gives them (images N×H×W×C). In between, what comes out
 * of a convolution, a pool or a resize is computed channels first, and that is what `model.value(layer)` gives: its
 * second axis is the channel. See docs/decisions/0002-tfjs-layout.md.
 *
 * @param modelJson what `JSON.parse` makes of model.json
 * @param shards the files named by its manifest, in that order; or all of them joined
 * @throws NoemaError MODEL_CORRUPT, WEIGHTS_TRUNCATED, OPERATOR_UNSUPPORTED, DTYPE_UNSUPPORTED, DIMENSION_UNBOUND,
 *   GRAPH_CYCLE, or what an operator refuses
 */
export function readTfjsModel(
  modelJson: unknown,
  shards: Uint8Array | readonly Uint8Array[],
  options: ReadOptions = {},
): Model {
  const json = asRecord(modelJson, "model.json");
  const topology = asRecord(json.modelTopology, "modelTopology");
  const weights = readWeights(json.weightsManifest, shards);
  const producer = [json.generatedBy, json.convertedBy].filter((text) => typeof text === "string").join(" ");
  if (!("node" in topology)) throw corrupt("modelTopology has no nodes");
  const metadata = json.userDefinedMetadata as { signature?: unknown } | null | undefined;
  const signature = metadata?.signature ?? json.signature;
  return readGraphModel({ modelTopology: topology, signature, producer }, weights, options);
}
