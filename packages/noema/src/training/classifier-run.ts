/** @file classifierRun: a classifier for the pictures at hand, and its accuracy on those set apart. */
import { classifierHidden, classifierTask, openClassifier } from "@noema/lenses";
import type { LearnOptions } from "./learn-options.js";
import { picturesOf, type Subject } from "./subject.js";
import { portion, type Run } from "./xcov-run.js";

export function classifierRun({ dataset, label }: Subject, options: LearnOptions): Run {
  const sizes = { picture: dataset.size, labels: label.values.length, hidden: options.hidden ?? classifierHidden };
  return {
    task: classifierTask({
      ...sizes,
      ...(options.labelSmoothing !== undefined && { labelSmoothing: options.labelSmoothing }),
    }),
    models: ["classifier"],
    latents: 0,
    figures: async (models, { asked: indices }, signal) => {
      const classifier = await openClassifier({ model: models.classifier, labels: label.values });
      try {
        let right = 0;
        for (let from = 0; from < indices.length; from += portion) {
          if (signal.aborted) return undefined;
          const own = indices.subarray(from, from + portion);
          const found = await classifier.classes(picturesOf(dataset, own));
          for (const [i, picture] of own.entries()) if (found[i] === label.of[picture]) right++;
        }
        return { accuracy: right / indices.length };
      } finally {
        await classifier.dispose();
      }
    },
  };
}
