/** @file avatars: drawn faces of which everything is known: the person, its seven attributes, the expression, the pose. */
import { NoemaError } from "@noema/engine";
import { drawnBy } from "./avatars/draw-avatar.js";
import { drawPlan } from "./avatars/draw-plan.js";
import { expressions } from "./avatars/expressions.js";
import { defaultCount, factorsOf, pictureNames, planAvatars } from "./avatars/plan.js";
import { defineDataset } from "./dataset.js";
import { cachedBytes } from "./reading/cached-bytes.js";
import { checkSides, pictureBytes } from "./reading/picture-bytes.js";
import { checkFactor } from "./reading/read-listing.js";

const kind = "avatars";

/** Pixels to a side: on fewer the expressions are not to be seen. */
const [defaultSide, leastSide, mostSide] = [64, 32, 128];

/**
 * Faces of Avataaars, designed by Pablo Stanley (avataaars.com; free for personal and commercial use). Every person is drawn
 * in several poses, and in each with all seven expressions. The first time they are drawn, later they are read from the
 * cache folder.
 */
export const dataset = defineDataset({
  name: kind,
  summary: "drawn faces: 480 people in 6 poses, each neutral, happy, sad, surprised, angry, disgusted and afraid",
  recognizes: () => false,
  open: async (source, options, terminal) => {
    if (source !== undefined) {
      throw new NoemaError("DATASET_SOURCE", {
        where: `"${source}"`,
        found: "avatars are drawn, not read",
        needed: "they take no source",
      });
    }
    const { channels = 3, seed } = options;
    const size = { channels, height: defaultSide, width: defaultSide, ...options.size };
    checkAvatarSize(size);
    const most = options.most ?? defaultCount;
    if (!(most >= expressions.length)) {
      throw new NoemaError("DATASET_EMPTY", {
        where: kind,
        found: `${most} pictures are asked for`,
        needed: `one person with all expressions is ${expressions.length}`,
      });
    }
    const plan = planAvatars(most, seed);
    const length = pictureBytes(kind, plan.count, size);
    const factors = factorsOf(plan);
    checkFactor(
      options.label,
      factors.map(({ name }) => name),
    );
    const { people, poses, count } = plan;
    if (count !== most) {
      terminal.warn(
        `avatars: ${count} pictures: ${people.length} people × ${poses[0].length} poses × ${expressions.length} expressions.`,
      );
    }
    const raster = { channels, side: size.width };
    const name = `${kind}-${size.width}x${size.height}x${channels}-${people.length}x${poses[0].length}-seed${seed}`;
    const pixels = await cachedBytes({
      name,
      key: `${drawnBy}: ${name}`,
      length,
      make: (into) => drawPlan(plan, raster, into, terminal),
      warn: (line) => terminal.warn(line),
    });
    return {
      kind,
      size,
      count,
      pixels,
      factors,
      label: "expression",
      pairedBy: ["identity", "pose"],
      heldOutBy: "identity",
      names: pictureNames(plan),
      skipped: [],
    };
  },
});

function checkAvatarSize({ width, height }: { width: number; height: number }): void {
  checkSides(kind, { width, height }, leastSide, mostSide);
  if (width === height) return;
  throw new NoemaError("DATASET_SIZE", {
    where: kind,
    found: `pictures of ${width}×${height} pixels`,
    needed: "avatars are square",
  });
}
