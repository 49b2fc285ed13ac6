/** @file LayersModels built with tfjs, saved, read here, and compared with what tfjs itself computes. */
import "@tensorflow/tfjs-backend-cpu";
import * as tf from "@tensorflow/tfjs-core";
import * as tfl from "@tensorflow/tfjs-layers";
import { beforeAll, describe, expect, test } from "vitest";
import "../ops/index.js";
import { gradient } from "../autodiff/gradient.js";
import { NoemaError } from "../graph/error.js";
import { Tensor } from "../graph/tensor.js";
import { compile } from "../runtime/compile.js";
import { drawn, relativeError, seeded, wholeSignature } from "./compare.testing.js";
import { readTfjsModel } from "./read-tfjs-model.js";

const { layers, input, model, sequential } = tfl;

/** What tfjs saves a model as. */
async function saved(net: tfl.LayersModel): Promise<{ json: unknown; shards: Uint8Array }> {
  let artifacts: tf.io.ModelArtifacts | undefined;
  await net.save({
    save: async (given: tf.io.ModelArtifacts) => {
      artifacts = given;
      return { modelArtifactsInfo: { dateSaved: new Date(0), modelTopologyType: "JSON" } };
    },
  });
  const { weightData, weightSpecs, ...rest } = artifacts!;
  const json = JSON.parse(JSON.stringify({ ...rest, weightsManifest: [{ paths: ["w.bin"], weights: weightSpecs }] }));
  return { json, shards: new Uint8Array(weightData as ArrayBuffer) };
}

/** Weights that no initializer would give: biases, statistics and slopes that matter. */
function shake(net: tfl.LayersModel, seed: number): void {
  const random = seeded(seed);
  for (const weight of net.weights) {
    const positive = /variance|gamma/.test(weight.originalName);
    const shape = weight.shape as number[];
    const size = shape.reduce((a, b) => a * b, 1);
    weight.write(
      tf.tensor(
        Float32Array.from({ length: size }, () => (positive ? 0.5 + random() : random() - 0.5)),
        shape,
      ),
    );
  }
}

/** Runs a model in both; the error of each output. */
async function errors(net: tfl.LayersModel, options: { batch?: number; vocabulary?: number } = {}) {
  shake(net, 7);
  const { json, shards } = await saved(net);
  const ours = readTfjsModel(json, shards, { dimensions: { batch: options.batch ?? 2 } });
  expect(ours.inputs.map((x) => x.name)).toEqual(
    net.inputNames.length > 0 ? net.inputNames : net.inputs.map((x) => x.name),
  );
  const random = seeded(3);
  const { vocabulary } = options;
  const feeds = Object.fromEntries(
    ours.inputs.map((x) => {
      const numbers = drawn(x, random).toNumbers();
      const spread = numbers.map((v) => (vocabulary === undefined ? 2 * v - 1 : Math.floor(vocabulary * v)));
      return [x.name, Tensor.ofNumbers(x.dtype, x.shape, spread)];
    }),
  );
  const theirs = [
    net.predict(ours.inputs.map((x) => tf.tensor(feeds[x.name].data as Float32Array, x.shape as number[]))),
  ].flat();
  await using program = await compile(wholeSignature(ours));
  const results = await program.run(feeds);
  return ours.outputs.map(({ name, value }, i) => {
    expect(value.shape).toEqual(theirs[i].shape);
    return relativeError(results[name].data as Float32Array, theirs[i].dataSync());
  });
}

const recurrentInitializer = "glorotUniform";

/** One chain of layers per case; the first layer carries the shape of the input. */
const chains: Record<string, () => tfl.layers.Layer[]> = {
  "Dense, activations": () => [
    layers.dense({ units: 5, inputShape: [4], activation: "tanh" }),
    layers.dense({ units: 6, useBias: false, activation: "elu" }),
    layers.activation({ activation: "hardSigmoid" }),
    layers.dense({ units: 3, activation: "softmax" }),
  ],
  "Dense over a sequence": () => [layers.dense({ units: 5, inputShape: [3, 4], activation: "selu" })],
  "Conv2D, same, strides, pools": () => [
    layers.conv2d({
      filters: 4,
      kernelSize: 3,
      strides: 2,
      padding: "same",
      inputShape: [9, 8, 3],
      activation: "relu",
    }),
    layers.maxPooling2d({ poolSize: 2, strides: 1 }),
    layers.averagePooling2d({ poolSize: 3, strides: 2, padding: "same" }),
    layers.flatten(),
    layers.dense({ units: 3 }),
  ],
  "Conv2D, dilation, channels first": () => [
    layers.permute({ dims: [3, 1, 2], inputShape: [9, 8, 3] }),
    layers.conv2d({ filters: 4, kernelSize: [2, 3], dilationRate: 2, dataFormat: "channelsFirst" }),
    layers.upSampling2d({ size: [2, 2], dataFormat: "channelsFirst" }),
    layers.flatten({ dataFormat: "channelsFirst" }),
  ],
  "DepthwiseConv2D, SeparableConv2D": () => [
    layers.depthwiseConv2d({ kernelSize: 3, depthMultiplier: 2, padding: "same", inputShape: [6, 7, 3] }),
    layers.batchNormalization({ epsilon: 0.01 }),
    layers.reLU({ maxValue: 0.4 }),
    layers.separableConv2d({ filters: 5, kernelSize: 3, strides: 2, padding: "same", activation: "sigmoid" }),
    layers.globalAveragePooling2d({}),
  ],
  Conv2DTranspose: () => [
    layers.conv2dTranspose({ filters: 4, kernelSize: 3, strides: 2, padding: "same", inputShape: [4, 5, 3] }),
    layers.conv2dTranspose({ filters: 2, kernelSize: 4, strides: 3, padding: "valid", activation: "relu" }),
    layers.conv2dTranspose({ filters: 2, kernelSize: 2, strides: 3, padding: "valid" }),
  ],
  "Conv1D and pools over time": () => [
    layers.conv1d({ filters: 6, kernelSize: 3, padding: "same", inputShape: [12, 4], activation: "softsign" }),
    layers.maxPooling1d({ poolSize: 2, strides: 2 }),
    layers.conv1d({ filters: 5, kernelSize: 2, dilationRate: 2 }),
    layers.averagePooling1d({ poolSize: 2, strides: 1, padding: "same" }),
    layers.globalMaxPooling1d(),
  ],
  Conv3D: () => [
    layers.conv3d({ filters: 3, kernelSize: 2, strides: 1, padding: "same", inputShape: [4, 5, 4, 2] }),
    layers.maxPooling3d({ poolSize: 2, strides: [2, 2, 2] }),
    layers.averagePooling3d({ poolSize: [1, 2, 2], strides: [1, 1, 1] }),
    layers.flatten(),
  ],
  "rectifiers with parameters": () => [
    layers.conv2d({ filters: 4, kernelSize: 1, inputShape: [5, 6, 3] }),
    layers.leakyReLU({ alpha: 0.2 }),
    layers.prelu({ sharedAxes: [1, 2] }),
    layers.elu(),
    layers.thresholdedReLU({ theta: 0.05 }),
    layers.prelu(),
    layers.softmax({ axis: 3 }),
  ],
  "padding, cropping, upsampling": () => [
    layers.zeroPadding2d({
      padding: [
        [1, 2],
        [0, 3],
      ],
      inputShape: [5, 4, 2],
    }),
    layers.conv2d({ filters: 3, kernelSize: 2 }),
    layers.zeroPadding2d({ padding: 2 }),
    layers.upSampling2d({ size: [2, 3] }),
    layers.cropping2D({
      cropping: [
        [1, 2],
        [3, 0],
      ],
    }),
    layers.upSampling2d({ size: [2, 2], interpolation: "bilinear" }),
  ],
  "normalization over features, layers": () => [
    layers.dense({ units: 6, inputShape: [4, 5] }),
    layers.batchNormalization({ scale: false }),
    layers.layerNormalization(),
    layers.layerNormalization({ axis: [1, 2], center: false }),
    layers.batchNormalization({ center: false }),
  ],
  "normalization of images": () => [
    layers.conv2d({ filters: 4, kernelSize: 2, inputShape: [4, 5, 3] }),
    layers.layerNormalization(),
    layers.layerNormalization({ axis: [1, 2] }),
  ],
  "Reshape, Permute, RepeatVector, Dropout": () => [
    layers.repeatVector({ n: 6, inputShape: [4] }),
    layers.dropout({ rate: 0.5 }),
    layers.reshape({ targetShape: [2, 3, -1] }),
    layers.permute({ dims: [2, 3, 1] }),
    layers.gaussianNoise({ stddev: 1 }),
    layers.conv2d({ filters: 2, kernelSize: 2 }),
    layers.dense({ units: 3 }),
  ],
  "LSTM, sequences then last": () => [
    layers.lstm({ units: 4, returnSequences: true, inputShape: [5, 3], recurrentInitializer }),
    layers.lstm({ units: 3, recurrentActivation: "sigmoid", recurrentInitializer }),
  ],
  "LSTM backwards, after Conv1D": () => [
    layers.conv1d({ filters: 4, kernelSize: 2, inputShape: [6, 3] }),
    layers.lstm({ units: 3, returnSequences: true, goBackwards: true, activation: "softsign", recurrentInitializer }),
    layers.dense({ units: 2 }),
  ],
  GRU: () => [
    layers.gru({ units: 4, returnSequences: true, inputShape: [5, 3], recurrentInitializer }),
    layers.gru({ units: 3, recurrentActivation: "sigmoid", useBias: false, recurrentInitializer }),
  ],
  SimpleRNN: () => [
    layers.simpleRNN({ units: 4, returnSequences: true, inputShape: [5, 3], recurrentInitializer }),
    layers.simpleRNN({ units: 3, activation: "relu", recurrentInitializer }),
  ],
  Bidirectional: () => [
    layers.bidirectional({
      layer: layers.lstm({ units: 4, returnSequences: true, recurrentInitializer }) as tfl.RNN,
      mergeMode: "concat",
      inputShape: [5, 3],
    }),
    layers.bidirectional({ layer: layers.gru({ units: 3, recurrentInitializer }) as tfl.RNN, mergeMode: "ave" }),
  ],
  TimeDistributed: () => [
    layers.timeDistributed({ layer: layers.dense({ units: 4 }), inputShape: [3, 5] }),
    layers.timeDistributed({ layer: layers.reshape({ targetShape: [2, 2, 1] }) }),
    layers.timeDistributed({ layer: layers.conv2d({ filters: 2, kernelSize: 2, padding: "same" }) }),
    layers.timeDistributed({ layer: layers.flatten() }),
  ],
};

beforeAll(async () => {
  await tf.setBackend("cpu");
});

describe("Sequential", () => {
  test.each(Object.keys(chains))("%s", async (name) => {
    const found = await errors(sequential({ layers: chains[name]() }));
    expect(Math.max(...found)).toBeLessThan(1e-5);
  });

  // tfjs' CPU backend normalizes along the last axis whatever the layer says, so this is compared with itself.
  test("BatchNormalization along another axis", async () => {
    const parts = { inputShape: [4, 5, 3] as [number, number, number] };
    const last = [
      layers.permute({ dims: [3, 2, 1], ...parts }),
      layers.batchNormalization(),
      layers.permute({ dims: [3, 2, 1] }),
    ];
    const first = [layers.batchNormalization({ axis: 1, ...parts })];
    const found = await Promise.all(
      [last, first].map(async (chain) => {
        const net = sequential({ layers: chain });
        shake(net, 5);
        const { json, shards } = await saved(net);
        const ours = readTfjsModel(json, shards);
        await using program = await compile(wholeSignature(ours));
        const results = await program.run({ [ours.input().name]: drawn(ours.input(), seeded(1)) });
        return Object.values(results)[0].data as Float32Array;
      }),
    );
    expect(relativeError(found[1], found[0])).toBeLessThan(1e-6);
  });

  test("Embedding takes whole numbers", async () => {
    const net = sequential({
      layers: [
        layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 6 }),
        layers.globalAveragePooling1d(),
        layers.dense({ units: 2 }),
      ],
    });
    expect(await errors(net, { vocabulary: 9 })).toEqual([expect.closeTo(0, 5)]);
  });
});

describe("functional", () => {
  test("branches are merged: Add, Multiply, Average, Maximum, Minimum, Concatenate, Dot", async () => {
    const x = input({ shape: [6, 5, 3] });
    const a = layers.conv2d({ filters: 4, kernelSize: 3, padding: "same" }).apply(x) as tfl.SymbolicTensor;
    const b = layers.conv2d({ filters: 4, kernelSize: 1, activation: "relu" }).apply(x) as tfl.SymbolicTensor;
    const parts = [layers.add(), layers.multiply(), layers.average(), layers.maximum(), layers.minimum()].map(
      (layer) => layer.apply([a, b]) as tfl.SymbolicTensor,
    );
    const joined = layers.concatenate().apply(parts) as tfl.SymbolicTensor;
    const pooled = layers.globalMaxPooling2d({}).apply(joined) as tfl.SymbolicTensor;
    const wide = layers.dense({ units: 20 }).apply(pooled) as tfl.SymbolicTensor;
    const dotted = layers.dot({ axes: 1, normalize: true }).apply([pooled, wide]) as tfl.SymbolicTensor;
    const found = await errors(model({ inputs: x, outputs: [joined, dotted] }));
    expect(Math.max(...found)).toBeLessThan(1e-5);
  });

  test("several inputs, a layer used twice, a model inside", async () => {
    const [x, y] = [input({ shape: [5], name: "left" }), input({ shape: [5], name: "right" })];
    const shared = layers.dense({ units: 4, activation: "tanh", name: "shared" });
    const inner = sequential({
      name: "inside",
      layers: [layers.dense({ units: 3, inputShape: [4], name: "deep" }), layers.leakyReLU({ name: "slope" })],
    });
    const [p, q] = [x, y].map((v) => inner.apply(shared.apply(v)) as tfl.SymbolicTensor);
    const out = layers.concatenate({ axis: 1, name: "joined" }).apply([p, q]) as tfl.SymbolicTensor;
    const net = model({ inputs: [x, y], outputs: [out, p] });
    const found = await errors(net);
    expect(Math.max(...found)).toBeLessThan(1e-5);
    const { json, shards } = await saved(net);
    const ours = readTfjsModel(json, shards);
    expect(ours.layers.map((layer) => layer.name)).toEqual(
      expect.arrayContaining(["shared", "shared(2)", "inside", "inside/deep", "inside/slope", "joined"]),
    );
    expect(ours.value("inside/deep").shape).toEqual([1, 3]);
  });

  test("states are returned and taken", async () => {
    const x = input({ shape: [4, 3] });
    const [sequence, h, c] = layers
      .lstm({ units: 3, returnSequences: true, returnState: true, recurrentInitializer })
      .apply(x) as tfl.SymbolicTensor[];
    const next = layers.lstm({ units: 3, recurrentInitializer }).apply([sequence, h, c]) as tfl.SymbolicTensor;
    const found = await errors(model({ inputs: x, outputs: [next, c] }));
    expect(Math.max(...found)).toBeLessThan(1e-5);
  });
});

describe("what is read", () => {
  const image = () =>
    sequential({
      layers: [
        layers.conv2d({ filters: 4, kernelSize: 3, inputShape: [null as unknown as number, 8, 3], name: "edges" }),
        layers.globalAveragePooling2d({ name: "pooled" }),
        layers.dense({ units: 2, name: "logits" }),
      ],
    });

  test("layers are channels first, inputs and outputs as in tfjs, dimensions go by place", async () => {
    const { json, shards } = await saved(image());
    const ours = readTfjsModel(json, shards, { dimensions: { height: 10 } });
    expect(ours.input().shape).toEqual([1, 10, 8, 3]);
    expect(ours.value("edges").shape).toEqual([1, 4, 8, 6]);
    expect(ours.output("logits").shape).toEqual([1, 2]);
    const [g] = gradient(ours.value("edges"), [ours.input()]);
    expect(g.shape).toEqual([1, 10, 8, 3]);
    expect(() => readTfjsModel(json, shards)).toThrow(expect.objectContaining({ code: "DIMENSION_UNBOUND" }));
  });

  test("unknown layers are named together; with `partial` the rest can be used", async () => {
    const { json, shards } = await saved(image());
    const strange = JSON.parse(JSON.stringify(json).replace('"GlobalAveragePooling2D"', '"Strange"'));
    const read = (partial: boolean) => readTfjsModel(strange, shards, { dimensions: { height: 10 }, partial });
    expect(() => read(false)).toThrow(/Strange.*OPERATOR_UNSUPPORTED/);
    expect(read(true).value("edges").shape).toEqual([1, 4, 8, 6]);
    expect(() => read(true).value("logits")).toThrow(/Strange.*OPERATOR_UNSUPPORTED/);
  });

  test("masks are refused", async () => {
    const net = sequential({
      layers: [layers.embedding({ inputDim: 9, outputDim: 4, inputLength: 6, maskZero: true })],
    });
    net.build();
    const { json, shards } = await saved(net);
    expect(() => readTfjsModel(json, shards)).toThrow(/masks zeros.*OPERATOR_UNSUPPORTED/);
  });

  test("what is malformed gives an error with a code", async () => {
    const { json, shards } = await saved(image());
    const text = JSON.stringify(json);
    const cases: [string, string][] = [
      ['"edges/kernel"', '"other/kernel"'],
      ['"dilation_rate":[1,1]', '"dilation_rate":[1e9,3]'],
      ['"dilation_rate":[1,1]', '"dilation_rate":"three"'],
      ['"strides":[1,1]', '"strides":[0,-1]'],
      ['"class_name":"Sequential"', '"class_name":"Other"'],
      ['"padding":"valid"', '"padding":"around"'],
      ['"shape":[3,3,3,4]', '"shape":[3,3,3,-4]'],
      ['"shape":[3,3,3,4]', '"shape":[3,3,3,4e9]'],
      ['"layers":[', '"layers":[null,'],
    ];
    for (const [from, to] of cases) {
      expect(text).toContain(from);
      const read = () => readTfjsModel(JSON.parse(text.replace(from, to)), shards, { dimensions: { height: 10 } });
      expect(read, `${from} as ${to}`).toThrow(NoemaError);
    }
    expect(() => readTfjsModel(json, shards.subarray(1), { dimensions: { height: 10 } })).toThrow(/WEIGHTS_TRUNCATED/);
  });
});
