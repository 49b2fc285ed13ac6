/** @file readTfjsModel: a TensorFlow.js model (model.json and its weight shards) to a Model. */
import type { Model } from "../graph/model.js";
import type { ReadOptions } from "../graph/read-model.js";
import { readGraphModel } from "./graph-model.js";
import { asRecord, corrupt } from "./json.js";
import { readLayersModel } from "./layers-model.js";
import { readWeights } from "./weights.js";

/**
 * Reads a TensorFlow.js model: a graph model (a frozen TensorFlow graph) or a layers model (Keras). Weights stay where
 * they are in the shards until somebody looks at them: keep the shards unchanged while the model is in use.
 *
 * Inputs and outputs have the names, types and layouts that tfjs gives them (images N×H×W×C). In between, what comes out
 * of a convolution, a pool or a resize is computed channels first, and that is what `model.value(layer)` gives: its
 * second axis is the channel. See docs/decisions/0002-tfjs-layout.md.
 *
 * Dynamic dimensions are bound as by `readModel`; they have no names in these files, so `dimensions` goes by place:
 * batch, height, width, channels for four axes; batch, steps, features for three; batch, features for two.
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
  if ("node" in topology) {
    const metadata = json.userDefinedMetadata as { signature?: unknown } | null | undefined;
    const signature = metadata?.signature ?? json.signature;
    return readGraphModel({ modelTopology: topology, signature, producer }, weights, options);
  }
  // Keras wraps the model once more than tfjs does.
  const model = "model_config" in topology ? topology.model_config : topology;
  if ("class_name" in asRecord(model, "modelTopology")) return readLayersModel({ model, producer }, weights, options);
  throw corrupt("modelTopology has neither nodes nor layers");
}
