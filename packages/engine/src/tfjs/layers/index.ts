/** @file All Keras layers that are translated, by class name. Models inside models are not layers here. */
import type { LayerRules } from "./call.js";
import { convolutionLayers } from "./convolution.js";
import { coreLayers } from "./core.js";
import { recurrentLayers } from "./recurrent.js";

export const layerRules: LayerRules = { ...coreLayers, ...convolutionLayers, ...recurrentLayers };
