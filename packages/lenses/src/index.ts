/** @file @noema/lenses: ways of looking into a neural network: arrays and programs in, arrays out. */
export { type Random, seededRandom } from "@noema/engine";
export { type ByAtom, byAtom, usesOf } from "./atoms/by-atom.js";
export { checkVectors } from "./atoms/check-vectors.js";
export { type Codes, checkCodes, joinCodes } from "./atoms/codes.js";
export { explainedVariance, rebuild, relativeSquaredError } from "./atoms/coding/rebuild.js";
export { type CodingOptions, SparseCoder, type SparseCoderOptions } from "./atoms/coding/sparse-coder.js";
export { atomOf, checkDictionary, type Dictionary } from "./atoms/dictionary.js";
export { learnDictionary, learners } from "./atoms/learning/index.js";
export { type InitialOptions, initialDictionary } from "./atoms/learning/initial-dictionary.js";
export {
  type Learned,
  type Learner,
  type LearningOptions,
  type LearningState,
  type LearningStep,
  type VectorSource,
  vectorsInMemory,
} from "./atoms/learning/learner.js";
export {
  OnlineLearner,
  type OnlineOptions,
  type OnlineState,
  type OnlineStep,
} from "./atoms/learning/online-learner.js";
export { encoderOf, type SparseAutoencoderStep, sparseAutoencoder } from "./atoms/learning/sparse-autoencoder.js";
export { type SparseEncoder, TopKCoder, type TopKCoderOptions } from "./atoms/learning/top-k-coder.js";
export { type Density, type DensityOptions, density } from "./atoms/statistics/density.js";
export { explainedCurve, residualErrors } from "./atoms/statistics/explained-curve.js";
export { type HalvesOfGroupsOptions, halvesOfGroups } from "./atoms/statistics/halves-of-groups.js";
export {
  type JudgedFactor,
  type JudgedSteering,
  type JudgeSteeringOptions,
  judgeSteering,
  type SteeringScore,
  type SteeringTarget,
} from "./atoms/statistics/judge-steering.js";
export {
  type Coactivation,
  type CoactivationOptions,
  type Coactivations,
  type CosineNeighbour,
  type CosineNeighbours,
  coactivations,
  cosineNeighbours,
} from "./atoms/statistics/neighbours.js";
export { projections } from "./atoms/statistics/projections.js";
export {
  type QuantileBand,
  type QuantileExamples,
  type QuantileExamplesOptions,
  quantileExamples,
} from "./atoms/statistics/quantile-examples.js";
export { type Retrieval, type RetrievalOptions, retrieval, type VectorFactor } from "./atoms/statistics/retrieval.js";
export {
  type Strongest,
  type StrongestVectors,
  type StrongestVectorsOptions,
  strongestVectors,
} from "./atoms/statistics/strongest-vectors.js";
export type { ExplainedShare } from "./atoms/study/sparsity-curves.js";
export {
  type LayerStudy,
  type StudyKind,
  type StudyOptions,
  type StudyVectors,
  studyKinds,
  studyLayer,
} from "./atoms/study/study-layer.js";
export { type StudyVerdict, studyVerdict } from "./atoms/study/study-verdict.js";
export { type Untrained, untrained } from "./atoms/study/untrained.js";
export { type Part, partsOf, sumOfAtoms } from "./atoms/sum-of-atoms.js";
export type { ThoughtDecoder } from "./atoms/thought-decoder.js";
export { boundShapes, type ThoughtNetwork } from "./atoms/thought-network.js";
export {
  type CutParts,
  openCutNetwork,
  openThoughtSpace,
  type ThoughtParts,
  type ThoughtSpace,
} from "./atoms/thought-space.js";
export { type AtomSheet, type AtomSheetOptions, atomSheet } from "./atoms/views/atom-sheet.js";
export { type Attribute, type AttributeOptions, attribute } from "./atoms/views/attribute.js";
export { type ContributionOptions, contribution } from "./atoms/views/contribution.js";
export { highCoefficient } from "./atoms/views/high-coefficient.js";
export { type SteerOptions, steer } from "./atoms/views/steer.js";
export { type TruncateOptions, truncate } from "./atoms/views/truncate.js";
export { type LayerForm, layerForm } from "./dream/activations.js";
export { colours, imagenetColours } from "./dream/colours.js";
export {
  DeepDream,
  type DeepDreamOptions,
  type DeepDreamStep,
  deepDreamDefaults,
  type Photograph,
} from "./dream/deepdream/deepdream.js";
export { dreamLayer } from "./dream/deepdream/default-layer.js";
export { type GuideOptions, guide } from "./dream/deepdream/guide.js";
export { type ZoomOptions, zoomed } from "./dream/deepdream/zoomed.js";
export {
  type Comparison,
  compareKinds,
  confidence,
  type Difference,
  type Estimate,
} from "./dream/directions/comparison.js";
export { independentDirections, skewedUp } from "./dream/directions/independent-directions.js";
export { checkLabels, type Halves, halved, type Labelling, usableLabels } from "./dream/directions/labelling.js";
export { LayerLook } from "./dream/directions/layer-look.js";
export { isNonnegative, nonnegativeDirections } from "./dream/directions/nonnegative-directions.js";
export { principalDirections } from "./dream/directions/principal-directions.js";
export {
  channelDirection,
  drawnChannels,
  matchedDirections,
  randomDirections,
  standardisedDirections,
} from "./dream/directions/random-directions.js";
export type { Rows } from "./dream/directions/rows.js";
export { discoveries, type Selectivity, selectivities } from "./dream/directions/selectivity.js";
export { phrase, verdict } from "./dream/directions/verdict.js";
export { Dream, type DreamOptions, type DreamState, type DreamStep, defaultSteps } from "./dream/dream.js";
export { type FourierOptions, fourier } from "./dream/images/fourier.js";
export type { Image, ImageKind } from "./dream/images/image.js";
export { images } from "./dream/images/index.js";
export { type MacoOptions, maco } from "./dream/images/maco.js";
export { type PixelsOptions, pixels } from "./dream/images/pixels.js";
export { type ColourMeasurement, type MeasuredColours, measureColours } from "./dream/measure-colours.js";
export {
  type ActivationDifferenceOptions,
  activationDifference,
} from "./dream/objectives/activation-difference.js";
export { type AlignmentOptions, alignment } from "./dream/objectives/alignment.js";
export { blur } from "./dream/objectives/blur.js";
export { type BoundaryOptions, boundary } from "./dream/objectives/boundary.js";
export { type CaricatureOptions, caricature } from "./dream/objectives/caricature.js";
export { type ChannelOptions, channel } from "./dream/objectives/channel.js";
export { type ClassOptions, classLogit } from "./dream/objectives/class.js";
export { type ClassDifferenceOptions, classDifference } from "./dream/objectives/class-difference.js";
export { type DeepdreamOptions, deepdream } from "./dream/objectives/deepdream.js";
export { type DirectionOptions, direction } from "./dream/objectives/direction.js";
export { type DirectionNeuronOptions, directionNeuron } from "./dream/objectives/direction-neuron.js";
export { type DiversityOptions, diversity } from "./dream/objectives/diversity.js";
export { each } from "./dream/objectives/each.js";
export { expandBraces } from "./dream/objectives/expand-braces.js";
export { type GroupOptions, group } from "./dream/objectives/group.js";
export { objectives } from "./dream/objectives/index.js";
export { type InterpolationOptions, interpolation } from "./dream/objectives/interpolation.js";
export { type L1Options, l1 } from "./dream/objectives/l1.js";
export { type L2Options, l2 } from "./dream/objectives/l2.js";
export { type LogitOptions, logit } from "./dream/objectives/logit.js";
export { type NeuronOptions, neuron } from "./dream/objectives/neuron.js";
export type { Objective, ObjectiveKind, Scene, WeightedUnit } from "./dream/objectives/objective.js";
export { only } from "./dream/objectives/only.js";
export { opacity } from "./dream/objectives/opacity.js";
export { type ParseOptions, parseObjective } from "./dream/objectives/parse-objective.js";
export {
  type PhotographDifferenceOptions,
  photographDifference,
} from "./dream/objectives/photograph-difference.js";
export { product } from "./dream/objectives/product.js";
export { type StyleOptions, style } from "./dream/objectives/style.js";
export { sum, type Term } from "./dream/objectives/sum.js";
export { syntaxError } from "./dream/objectives/syntax-error.js";
export { totalVariation } from "./dream/objectives/total-variation.js";
export { overrides } from "./dream/overrides/index.js";
export type { Override } from "./dream/overrides/override.js";
export { redirectedRelu } from "./dream/overrides/redirected-relu.js";
export { smoothMaxPool } from "./dream/overrides/smooth-max-pool.js";
export { magnitude, type Spectrum } from "./dream/spectrum.js";
export type { Materials } from "./dream/stage.js";
export { affineSample } from "./dream/transforms/affine-sample.js";
export { transforms } from "./dream/transforms/index.js";
export { jitter } from "./dream/transforms/jitter.js";
export { lucidTransforms } from "./dream/transforms/lucid.js";
export { type ParsedTransforms, parseTransforms } from "./dream/transforms/parse-transforms.js";
export { rotate } from "./dream/transforms/rotate.js";
export { scale } from "./dream/transforms/scale.js";
export type { Drawn, Moment, Transform, TransformKind } from "./dream/transforms/transform.js";
export { type AnalogyOptions, analogy } from "./factors/analogy.js";
export { type Architecture, architectureOf, architectures } from "./factors/architectures/index.js";
export { type Average, type AverageOptions, average } from "./factors/average.js";
export { crossCovarianceOf } from "./factors/cross-covariance.js";
export { type Leakage, leakage } from "./factors/leakage.js";
export { type DciOptions, dci } from "./factors/metrics/dci.js";
export { type Explained, explainedBy } from "./factors/metrics/explained-by.js";
export { type MeasuredMetric, measureFactors } from "./factors/metrics/measure-factors.js";
export { type OpenAutoencoder, openAutoencoder } from "./factors/open-autoencoder.js";
export { type Pairs, pairs } from "./factors/pairs.js";
export { type Scatter, type ScatterFactor, type ScatterOptions, scatter } from "./factors/scatter.js";
export { type Split, split } from "./factors/split.js";
export { type SwapOptions, swap } from "./factors/swap.js";
export { evenValues, type Sweep, type SweepOptions, sweep } from "./factors/sweep.js";
export { type SweepResponse, sweepResponse } from "./factors/sweep-response.js";
export { type TransferOptions, transfer } from "./factors/transfer.js";
export { type Judged, type TransferSuccess, transferSuccess } from "./factors/transfer-success.js";
export { latentQuantiles, type TraverseOptions, traverse } from "./factors/traverse.js";
export { type XCovWeights, xcovTask } from "./factors/xcov.js";
export { Look, type LookOptions } from "./look.js";
export { autoencoderHidden, autoencoderLatents, autoencoderTask, spatialSizes } from "./nets/autoencoder.js";
export { classifierHidden, classifierTask } from "./nets/classifier.js";
export { largest } from "./nets/largest.js";
export { initialWeights } from "./nets/net.js";
export { type Classifier, openClassifier } from "./nets/open-classifier.js";
export { type Coder, openCoder } from "./nets/open-coder.js";
export type { Task, WeightsOf } from "./nets/task.js";
export { eightBitWeights, fullWeights } from "./nets/weights.js";
export type { Caption, Panel, View } from "./panel.js";
export { permutation } from "./permutation.js";
export { channelCount, networkInput, type PictureSize, type Preprocessing, pictureSize } from "./preprocessing.js";
export { type ChannelSummary, ChannelSurvey, type SurveyState, type TopPicture } from "./tour/channel-survey.js";
export { LayerResponses } from "./tour/layer-responses.js";
export { type Field, receptiveField } from "./tour/receptive-field.js";
