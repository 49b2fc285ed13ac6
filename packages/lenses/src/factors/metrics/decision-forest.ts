/**
 * @file decisionForest: predicts one factor from all latents by many decision trees, and says how much each latent mattered.
 *
 * Bagging (Breiman 1996, "Bagging predictors"): each tree sees other pictures. A tree asks only for the order of a latent's
 * values, so it reads a factor from any monotone function of it. Every latent is tried at every split, as in
 * scikit-learn's gradient boosting: where a random few are, as in random forests, noise is split on and gets importance
 * whenever the right latent is not among them.
 *
 * Written here because ml-random-forest 2.1.0 goes through all rows for every threshold (it took 2.3 s for one tree on 2000
 * rows and 16 latents; ten trees on 256 latents must take less), and because gradient boosting, which disentanglement_lib
 * uses, grows a hundred trees for each value of a factor where ten for all do here.
 */
import type { Random } from "@noema/engine";
import { type Ground, leafOf, TreeGrower, type TreeOptions } from "./decision-tree.js";

export interface ForestOptions extends TreeOptions {
  readonly trees: number;
}

export interface Forest {
  /** By latent: its splits' decrease of entropy, as a share of all; all 0 where nothing could be split. */
  readonly importances: Float64Array;
  /** Of each picture asked about, the value that its leaves speak for. */
  readonly predictions: Int32Array;
}

/** The share of the pictures that a tree sees: as many different ones as drawing with replacement gives, 1 − 1/e. */
const seenShare = 1 - Math.exp(-1);

/**
 * @param of which of `count` values each picture has
 * @param asked pictures to predict the value of
 */
export function decisionForest(
  ground: Ground,
  { of, count }: { readonly of: Int32Array; readonly count: number },
  asked: Uint32Array,
  options: ForestOptions,
  random: Random,
): Forest {
  const gains = new Float64Array(ground.columns.length);
  const votes = new Float32Array(asked.length * count);
  const grower = new TreeGrower(ground, of, count, options);
  const places = ground.pictures.map((_, place) => place);
  const seen = Math.max(1, Math.round(seenShare * places.length));
  for (let tree = 0; tree < options.trees; tree++) {
    const chosen = new Uint8Array(places.length);
    for (let i = 0; i < seen; i++) {
      const j = i + random.below(places.length - i);
      [places[i], places[j]] = [places[j], places[i]];
      chosen[places[i]] = 1;
    }
    const grown = grower.grow(chosen, gains, random);
    asked.forEach((picture, i) => {
      const shares = leafOf(grown, ground.columns, picture);
      for (let value = 0; value < count; value++) votes[i * count + value] += shares[value];
    });
  }
  const all = gains.reduce((sum, gain) => sum + gain, 0);
  return {
    importances: all > 0 ? gains.map((gain) => gain / all) : gains,
    predictions: Int32Array.from(asked, (_, i) => {
      let best = 0;
      for (let value = 1; value < count; value++) if (votes[i * count + value] > votes[i * count + best]) best = value;
      return best;
    }),
  };
}
