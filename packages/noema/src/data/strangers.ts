/** @file strangers: drawn faces in one pose, whose attributes and expressions have nothing to do with each other. */
import { drawnDataset } from "./avatars/drawn-dataset.js";
import {
  defaultCount,
  planStrangers,
  strangerFactors,
  strangerNames,
  strangerPictures,
} from "./avatars/plan-strangers.js";
import { defineDataset } from "./dataset.js";

const kind = "strangers";

/**
 * The faces of avatars, each picture drawn anew. Avatars are 500 people at most, so few, and so chosen to be told apart, that
 * attributes go together: what seems to be a network's direction for beards may be one for the hats of those who have beards.
 * Here each picture draws every attribute and the expression by itself, so that what goes with one of them goes with that one
 * alone, and what a direction means can be measured. All are in one pose, so that nothing else differs. Only the top still
 * decides of others: what it hides, or where it leaves no hair, is unseen.
 *
 * Those who look the same are one identity, held out whole, so that no picture that tests has been learned from. There are no
 * pairs: with which expressions someone is there is left to chance.
 */
export const dataset = defineDataset({
  name: kind,
  summary:
    "drawn faces in one pose, every picture with attributes and an expression drawn anew, independent of each other",
  recognizes: () => false,
  open: (source, options, terminal) => {
    const strangers = {
      name: kind,
      defaultCount,
      leastCount: 2,
      needed: "one to learn from and one that tests are 2",
      plan: (most: number, seed: number) => {
        const plan = planStrangers(most, seed);
        const count = plan.faces.length;
        return {
          count,
          extent: `${count}`,
          factors: strangerFactors(plan),
          names: strangerNames(plan),
          pictures: strangerPictures(plan),
          because: "more would show hardly anything new",
        };
      },
    };
    return drawnDataset(strangers, source, options, terminal);
  },
});
