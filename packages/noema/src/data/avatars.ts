/** @file avatars: drawn faces of which everything is known: the person, its seven attributes, the expression, the pose. */
import { drawnDataset } from "./avatars/drawn-dataset.js";
import { expressions } from "./avatars/expressions.js";
import { avatarPictures, defaultCount, factorsOf, pictureNames, planAvatars } from "./avatars/plan.js";
import { defineDataset } from "./dataset.js";

const kind = "avatars";

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
    const avatars = {
      name: kind,
      defaultCount,
      leastCount: expressions.length,
      needed: `one person with all expressions is ${expressions.length}`,
      plan: (most: number, seed: number) => {
        const plan = planAvatars(most, seed);
        const [people, poses] = [plan.people.length, plan.poses[0].length];
        return {
          count: plan.count,
          extent: `${people}x${poses}`,
          factors: factorsOf(plan),
          names: pictureNames(plan),
          pictures: avatarPictures(plan),
          because: `${people} people × ${poses} poses × ${expressions.length} expressions`,
        };
      },
    };
    return { ...(await drawnDataset(avatars, source, options, terminal)), pairedBy: ["identity", "pose"] };
  },
});
