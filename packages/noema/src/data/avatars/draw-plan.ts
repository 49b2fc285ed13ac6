/** @file drawPlan: all pictures of a plan, one after the other, until Ctrl-C. */
import { setImmediate } from "node:timers/promises";
import { NoemaError } from "@noema/engine";
import type { Terminal } from "../../terminal/command.js";
import { avatarSvg, drawAvatar, type Raster } from "./draw-avatar.js";
import { expressions } from "./expressions.js";
import type { AvatarPlan } from "./plan.js";
import { poseOf } from "./poses.js";

/**
 * Draws into `pixels`. Seven pictures take some 5 ms; after them Ctrl-C is heard.
 *
 * @param pixels N×C×H×W, 0..255
 * @throws NoemaError STOPPED
 */
export async function drawPlan(
  plan: AvatarPlan,
  raster: Raster,
  pixels: Uint8Array,
  terminal: Pick<Terminal, "progress" | "signal">,
): Promise<void> {
  const progress = terminal.progress(plan.count, "avatars");
  const pictureBytes = raster.side ** 2 * raster.channels;
  try {
    for (const [i, person] of plan.people.entries()) {
      const svgs = expressions.map((expression) => avatarSvg(person, expression));
      for (const [p, pose] of plan.poses[i].entries()) {
        if (terminal.signal.aborted) throw stopped();
        const first = (i * plan.poses[i].length + p) * expressions.length;
        for (const [e, svg] of svgs.entries()) {
          drawAvatar(svg, poseOf(pose), raster, pixels, (first + e) * pictureBytes);
        }
        progress.update(first + expressions.length);
        await setImmediate();
      }
    }
  } finally {
    progress.stop();
  }
}

function stopped(): NoemaError {
  return new NoemaError("STOPPED", {
    where: "avatars",
    found: "stopped before all pictures were drawn",
    remedy: "Nothing of them was kept: the same command begins anew.",
  });
}
