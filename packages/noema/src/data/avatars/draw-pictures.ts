/** @file drawPictures: all pictures of a plan, one after the other, until Ctrl-C. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../../terminal/command.js";
import { drawAvatar, type Raster } from "./draw-avatar.js";
import type { Pose } from "./poses.js";

export interface DrawnPicture {
  /** As `avatarSvg` gives it. */
  readonly svg: string;
  readonly pose: Pose;
}

interface Drawing {
  /** The kind of dataset, for what is said of it. */
  readonly where: string;
  readonly count: number;
  readonly pictures: Iterable<DrawnPicture>;
}

/**
 * Draws into `pixels`. A picture takes some 0.7 ms; after it Ctrl-C is heard.
 *
 * @param pixels N×C×H×W, 0..255
 * @throws NoemaError STOPPED
 */
export async function drawPictures(
  { where, count, pictures }: Drawing,
  raster: Raster,
  pixels: Uint8Array,
  terminal: Pick<Terminal, "progress" | "signal">,
): Promise<void> {
  const progress = terminal.progress(count, where);
  const pictureBytes = raster.side ** 2 * raster.channels;
  let done = 0;
  try {
    for (const { svg, pose } of pictures) {
      if (terminal.signal.aborted) throw stopped(where);
      drawAvatar(svg, pose, raster, pixels, done * pictureBytes);
      progress.update(++done);
      await setImmediate();
    }
  } finally {
    progress.stop();
  }
}

function stopped(where: string): NoemaError {
  return new NoemaError("STOPPED", {
    where,
    found: "stopped before all pictures were drawn",
    remedy: "Nothing of them was kept: the same command begins anew.",
  });
}
