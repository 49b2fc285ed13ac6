import { NoemaError } from "@noema/engine";
import { describe, expect, test } from "vitest";
import type { Classifier } from "../nets/open-classifier.js";
import type { Autoencoder } from "./autoencoder.js";
import { sweepResponse } from "./sweep-response.js";
import { transferSuccess } from "./transfer-success.js";

/** Pictures of three pixels: how much of label "a", how much of "b", and who. */
const picture = { channels: 1, height: 1, width: 3 };

interface Flaws {
  /** Persons whose pictures do not take a label. */
  readonly stubborn?: readonly number[];
  /** Labels that turn everybody into somebody else. */
  readonly erasing?: readonly number[];
  /** Turns a label down as it is turned up. */
  readonly reversed?: boolean;
}

function autoencoder({ stubborn = [], erasing = [], reversed = false }: Flaws = {}): Autoencoder {
  return {
    picture,
    labels: ["a", "b"],
    latents: 1,
    encode: async (pictures) => {
      const count = pictures.length / 3;
      const labels = new Float32Array(2 * count);
      const latents = new Float32Array(count);
      for (let i = 0; i < count; i++) {
        labels.set(pictures.subarray(3 * i, 3 * i + 2), 2 * i);
        latents[i] = pictures[3 * i + 2];
      }
      return { labels, latents };
    },
    decode: async (labels, latents) => {
      const drawn = new Float32Array(3 * latents.length);
      latents.forEach((latent, i) => {
        const who = Math.round(latent * 10);
        for (const k of [0, 1]) {
          const value = 0.5 + 0.1 * (reversed ? -1 : 1) * labels[2 * i + k];
          drawn[3 * i + k] = stubborn.includes(who) ? (k === 0 ? 0.6 : 0.5) : value;
        }
        drawn[3 * i + 2] = erasing.some((k) => labels[2 * i + k] === 1) ? 0.9 : latent;
      });
      return drawn;
    },
  };
}

function judge(labels: readonly string[], logits: (pixels: Float32Array) => readonly number[]): Classifier {
  const all = async (pictures: Float32Array) =>
    Float32Array.from(
      Array.from({ length: pictures.length / 3 }, (_, i) => logits(pictures.subarray(3 * i, 3 * i + 3))).flat(),
    );
  return { picture, labels, logits: all, classes: async () => new Int32Array(0), dispose: async () => {} };
}

/** Knows its labels in another order than the autoencoder. */
const labelJudge = judge(["b", "a"], ([a, b]) => [b, a]);
const keptJudge = judge(["0", "1", "2", "3"], (pixels) => [0, 1, 2, 3].map((who) => -((pixels[2] - who / 10) ** 2)));

/** Persons 0 to 3, each with label a. */
const pictures = Float32Array.from([0, 1, 2, 3].flatMap((who) => [1, 0, who / 10]));
const given = { pictures, labels: [0, 0, 0, 0], kept: [0, 1, 2, 3], labelJudge, keptJudge };

describe("transfer success", () => {
  test("of an autoencoder that does what it should is whole, on every label but the picture's own", async () => {
    const found = await transferSuccess({ ...given, autoencoder: autoencoder() });
    expect(found.transferred).toEqual({ label: 1, kept: 1, both: 1 });
    expect(found.rebuilt).toEqual({ label: 1, kept: 1, both: 1 });
    expect(found.count).toBe(4);
  });

  test("lacks those who do not take the label", async () => {
    const found = await transferSuccess({ ...given, autoencoder: autoencoder({ stubborn: [2] }) });
    expect(found.transferred).toEqual({ label: 0.75, kept: 1, both: 0.75 });
  });

  test("lacks those who are no longer themselves", async () => {
    const found = await transferSuccess({ ...given, autoencoder: autoencoder({ erasing: [1], stubborn: [3] }) });
    // Person 3 is what everybody is turned into.
    expect(found.transferred).toEqual({ label: 0.75, kept: 0.25, both: 0 });
    expect(found.byLabel[1]).toEqual(found.transferred);
  });

  test("refuses judges that do not fit", async () => {
    const other = { ...labelJudge, picture: { ...picture, width: 4 } };
    const narrow = judge(["b"], () => [0]);
    for (const wrong of [
      { labelJudge: other },
      { labelJudge: narrow },
      { kept: [0] },
      { pictures: new Float32Array(2) },
    ]) {
      const refusal = await transferSuccess({ ...given, autoencoder: autoencoder(), ...wrong }).catch(
        (e: unknown) => e,
      );
      expect(refusal).toBeInstanceOf(NoemaError);
      expect((refusal as NoemaError).code).toBe("TRANSFER_SUCCESS");
    }
  });
});

describe("sweep response", () => {
  test("of a label that is turned up rises, for everybody and with every label", async () => {
    const found = await sweepResponse({ ...given, autoencoder: autoencoder() });
    expect(found).toMatchObject({ rises: 1, risesThroughout: 1, risesForAll: 1 });
    expect(found.kept).toEqual(found.values.map(() => 1));
    const at = (label: number, value: number) => found.logits[label][found.values.indexOf(value)];
    expect(at(0, 1)).toBeCloseTo(0.6);
    expect(at(1, -1)).toBeCloseTo(0.4);
    // Pictures end at white and black.
    expect(at(0, 5)).toBe(1);
    expect(at(0, -5)).toBe(0);
  });

  test("falls where the label is turned the other way", async () => {
    const found = await sweepResponse({ ...given, autoencoder: autoencoder({ reversed: true }) });
    expect(found).toMatchObject({ rises: 0, risesThroughout: 0, risesForAll: 0 });
  });

  test("counts sweeps and pictures apart", async () => {
    const found = await sweepResponse({ ...given, autoencoder: autoencoder({ stubborn: [0] }) });
    expect(found).toMatchObject({ rises: 0.75, risesThroughout: 0.75, risesForAll: 0.75 });
  });

  test("tells where the person is lost", async () => {
    const found = await sweepResponse({ ...given, autoencoder: autoencoder({ erasing: [0] }), values: [-1, 0, 1] });
    expect(found.kept[0]).toBe(1);
    // One of two labels erases, and one of four persons is what they become.
    expect(found.kept[2]).toBeCloseTo(0.5 + 0.5 / 4);
  });
});
