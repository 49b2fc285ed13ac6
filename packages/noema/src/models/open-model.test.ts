import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build, constant, emit, input, NoemaError, Tensor, writeModel } from "@noema/engine";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openForPictures } from "./open-for-pictures.js";
import { openModel } from "./open-model.js";

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "noema-models-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

/** A convolution of pictures; its weights go to `location` when that is given. Returns the path of the model. */
function write(
  name: string,
  options: { inputName?: string; outputName?: string; location?: string; weights?: Uint8Array } = {},
): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  const x = input(options.inputName ?? "pixels", [1, 3, 8, 8]);
  const weights = constant(
    Tensor.of("float32", [4, 3, 3, 3], new Float32Array(108).fill(0.1)),
    options.location ?? "w",
  );
  const y = build.relu(emit("Conv", [x, weights])[0]);
  y.name = options.outputName ?? "features";
  const above = options.location === undefined ? {} : { externalAbove: 16 };
  const { bytes, external } = writeModel({ inputs: { [x.name]: x }, outputs: { [y.name]: y } }, above);
  writeFileSync(path, bytes);
  if (options.location !== undefined && options.weights !== undefined) {
    writeFileSync(join(dirname(path), options.location), options.weights);
  }
  if (options.location !== undefined) expect([...external.keys()]).toEqual([options.location]);
  return path;
}

const code = async (work: Promise<unknown>) => {
  const error = await work.then(
    () => undefined,
    (thrown) => thrown,
  );
  expect(error).toBeInstanceOf(NoemaError);
  return (error as NoemaError).code;
};

test("opens an ONNX file, and tells its inputs", async () => {
  const opened = await openModel(write("plain.onnx"));
  expect(opened.format).toBe("onnx");
  expect(opened.inputs).toEqual([{ name: "pixels", dims: [1, 3, 8, 8] }]);
  expect((await opened.read()).value("features").shape).toEqual([1, 4, 6, 6]);
});

test("opens the built-in network, at any size its layers accept", async () => {
  const { model, preprocessing, guessed } = await openForPictures(await openModel("centernet"), {
    size: { width: 96, height: 64 },
    batch: 2,
  });
  expect(guessed).toBeUndefined();
  expect(preprocessing.range).toEqual([0, 255]);
  expect(model.value("tower_0/MobilenetV3/expanded_conv_5/add").shape).toEqual([2, 32, 8, 12]);
});

describe("external data", () => {
  const whole = new Uint8Array(new Float32Array(108).fill(0.1).buffer);

  test("is read from beside the model", async () => {
    const opened = await openModel(write("with-data/model.onnx", { location: "weights.bin", weights: whole }));
    expect((await opened.read()).value("features").shape).toEqual([1, 4, 6, 6]);
  });

  test("that is missing is told", async () => {
    const opened = await openModel(write("without/model.onnx", { location: "weights.bin" }));
    expect(await code(opened.read())).toBe("EXTERNAL_DATA_MISSING");
  });

  test("that is truncated is told", async () => {
    const opened = await openModel(write("short/model.onnx", { location: "w.bin", weights: whole.subarray(0, 99) }));
    expect(await code(opened.read())).toBe("FILE_TRUNCATED");
  });

  test.each(["../outside.bin", "/etc/passwd", "a/../../outside.bin", "C:\\weights.bin", "..\\outside.bin"])(
    "is not read from %s",
    async (location) => {
      writeFileSync(join(folder, "outside.bin"), whole);
      const opened = await openModel(write("escape/model.onnx", { location }));
      expect(await code(opened.read())).toBe("EXTERNAL_DATA_PATH");
    },
  );

  test.skipIf(process.platform === "win32")("is not read through a link that leaves the folder", async () => {
    writeFileSync(join(folder, "outside.bin"), whole);
    const path = write("linked/model.onnx", { location: "weights.bin" });
    symlinkSync(join(folder, "outside.bin"), join(folder, "linked", "weights.bin"));
    expect(await code((await openModel(path)).read())).toBe("EXTERNAL_DATA_PATH");
  });
});

describe("refuses", () => {
  test("what is not there, naming what is", async () => {
    write("near/resnet18.onnx");
    await expect(openModel(join(folder, "near", "resnet8.onnx"))).rejects.toThrowError(
      /resnet18\.onnx.*centernet.*MODEL_MISSING/,
    );
  });

  test("files of other formats, and folders without a model", async () => {
    writeFileSync(join(folder, "weights.pt"), "x");
    expect(await code(openModel(join(folder, "weights.pt")))).toBe("MODEL_FORMAT");
    mkdirSync(join(folder, "empty"));
    expect(await code(openModel(join(folder, "empty")))).toBe("MODEL_FORMAT");
  });

  test("truncated and empty models", async () => {
    for (const [name, bytes] of [
      ["empty.onnx", new Uint8Array()],
      ["noise.onnx", Uint8Array.from({ length: 100 }, (_, i) => i * 37)],
    ] as const) {
      writeFileSync(join(folder, name), bytes);
      expect(await code(openModel(join(folder, name)).then((opened) => opened.read()))).toBe("MODEL_CORRUPT");
    }
  });
});

describe("what a network wants of its pictures", () => {
  test("is guessed with a reason and a remedy where no sidecar tells", async () => {
    const { preprocessing, guessed } = await openForPictures(await openModel(write("guessed.onnx")));
    expect(preprocessing.channels).toBe("RGB");
    expect(guessed).toContain(join(folder, "guessed.noema.json"));
    expect(guessed).toMatch(/because .*RGB/);
  });

  test("is Caffe's convention where the names are Caffe's", async () => {
    const path = write("caffe.onnx", { inputName: "data", outputName: "prob" });
    const { preprocessing } = await openForPictures(await openModel(path));
    expect(preprocessing).toMatchObject({ channels: "BGR", range: [0, 255], mean: [104, 117, 123] });
  });

  test("comes from the sidecar beside it", async () => {
    const path = write("known.onnx");
    const known = { layout: "NCHW", channels: "BGR", range: [0, 255], mean: [1, 2, 3], scale: [1, 1, 1] };
    writeFileSync(join(folder, "known.noema.json"), JSON.stringify(known));
    const { preprocessing, guessed } = await openForPictures(await openModel(path));
    expect(preprocessing).toEqual(known);
    expect(guessed).toBeUndefined();
  });

  test("only what the sidecar leaves out is guessed", async () => {
    const path = write("partly.onnx");
    writeFileSync(join(folder, "partly.noema.json"), JSON.stringify({ range: [0, 2] }));
    const { preprocessing, guessed } = await openForPictures(await openModel(path));
    expect(preprocessing.range).toEqual([0, 2]);
    expect(guessed).toBeDefined();
  });

  test.each([
    ['{"layout": "NCHW"', /SIDECAR_INVALID/],
    ['{"layot": "NCHW"}', /layot.*its fields are input, layout/],
    ['{"scale": [1, 0, 1]}', /"scale": must not hold 0/],
    ['{"mean": [1, 2]}', /"mean": 2 numbers, 3, one per channel/],
  ])("a sidecar of %s is refused", async (text, message) => {
    const path = write("bad.onnx");
    const sidecar = join(folder, "given.json");
    writeFileSync(sidecar, text);
    await expect(openModel(path, { sidecar }).then(openForPictures)).rejects.toThrowError(message);
  });

  test("a sidecar that is not there is told", async () => {
    expect(await code(openModel(write("alone.onnx"), { sidecar: join(folder, "none.json") }))).toBe("SIDECAR_MISSING");
  });

  test("an unknown input is refused with the names of those there are", async () => {
    const opened = await openModel(write("inputs.onnx"));
    await expect(openForPictures(opened, { input: "pixel" })).rejects.toThrowError(/Nearest: "pixels".*INPUT_UNKNOWN/);
  });
});
