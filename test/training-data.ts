/** @file Small labelled pictures to train on: a folder of PNGs, and files as MNIST's are. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { seededRandom } from "@noema/engine";
import sharp from "sharp";

const shapes = ["bar", "ring", "square"] as const;

/** Light shapes on a dark ground: where, how large and how light differs from picture to picture. 0..255. */
function draw(shape: (typeof shapes)[number], side: number, seed: number): Uint8Array {
  const random = seededRandom(seed);
  const within = (low: number, high: number) => low + (high - low) * random.uniform();
  const [x0, y0, radius] = [within(0.4, 0.6) * side, within(0.4, 0.6) * side, within(0.2, 0.35) * side];
  const [light, dark] = [within(150, 255), within(0, 60)];
  return Uint8Array.from({ length: side * side }, (_, i) => {
    const [dx, dy] = [Math.abs((i % side) - x0), Math.abs(Math.floor(i / side) - y0)];
    const inside = {
      bar: dy < radius / 3,
      ring: Math.hypot(dx, dy) < radius && Math.hypot(dx, dy) > radius / 2,
      square: Math.max(dx, dy) < radius,
    };
    return inside[shape] ? light : dark;
  });
}

/** So many pictures of each shape, in a subfolder for each. */
export async function writeShapes(folder: string, each: number, side = 16): Promise<string> {
  for (const [s, shape] of shapes.entries()) {
    mkdirSync(join(folder, shape), { recursive: true });
    for (let i = 0; i < each; i++) {
      const raw = { width: side, height: side, channels: 1 } as const;
      await sharp(draw(shape, side, 3 * i + s), { raw })
        .png()
        .toFile(join(folder, shape, `${i}.png`));
    }
  }
  return folder;
}

/** The same shapes as IDX files, which are read faster. */
export function writeIdx(folder: string, count: number, side = 8): string {
  const header = (...numbers: number[]) => Buffer.from(Uint32Array.from(numbers).buffer).swap32();
  const pictures = Array.from({ length: count }, (_, i) => draw(shapes[i % 3]!, side, i));
  mkdirSync(folder, { recursive: true });
  const images = [header(0x803, count, side, side), ...pictures];
  writeFileSync(join(folder, "train-images-idx3-ubyte"), Buffer.concat(images));
  const labels = [header(0x801, count), Uint8Array.from({ length: count }, (_, i) => i % 3)];
  writeFileSync(join(folder, "train-labels-idx1-ubyte"), Buffer.concat(labels));
  return folder;
}
