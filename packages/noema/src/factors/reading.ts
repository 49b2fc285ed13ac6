/** @file What each view of factors and of atoms is called, and how it is read: pictures and pages say the same. */

export type ViewName =
  | ("sweep" | "swap" | "transfer" | "traverse" | "analogy" | "average")
  | ("atoms" | "truncate" | "contribution" | "steer" | "attribute" | "neighbours");

interface Reading {
  readonly title: string;
  /** One or two sentences. */
  readonly words: string;
}

export const readings: Readonly<Record<ViewName | "scatter", Reading>> = {
  sweep: {
    title: "Sweep",
    words:
      "Each row turns one label down and up while the latents of the picture stay. In training a label was between 0 and 1; what lies outside, the decoder has never seen and makes up.",
  },
  swap: {
    title: "Swap",
    words:
      "One picture says what, another says how: the label is read from one, the latents from the other, and both are decoded together. Framed are pictures with their own latents, which is to say rebuilt.",
  },
  transfer: {
    title: "Transfer",
    words:
      "Each row keeps the latents of one picture and puts on every label in turn. If label and latents do not mix, a row stays in one style and a column is one label throughout. Framed is the label that the picture has.",
  },
  traverse: {
    title: "Traverse",
    words:
      "The label stays and the latents go through their range, between the quantiles that the data have: what changes is what the latents stand for. In tables the first latent grows to the right and the second upwards; in rows, those latents come first that change pictures most, which is said as a share of the way from black to white.",
  },
  analogy: {
    title: "Analogy",
    words: "What b has over a, in label, in latents and in both, is added to c: a is to b as c is to the last picture.",
  },
  average: {
    title: "Average",
    words:
      "The mean of all pictures of a label blurs what varies. What the decoder draws from their mean latents is one picture in the middle of them; with everyone’s mean latents it looks the same if latents know nothing of the label.",
  },
  atoms: {
    title: "Atoms",
    words:
      "What an atom draws: added to the mean, and taken away from it, as much as the pictures have that have a lot of it. The difference is what it changes, around grey. Beside it are the pictures that have most of the atom, and most of its opposite.",
  },
  truncate: {
    title: "One atom after the other",
    words:
      "A picture from its best atom, from the best two, three …, each time with the amounts that fit best. In the second row is what the new atom draws by itself, in the third what it changes; what is left is the share of the vector that the atoms do not explain.",
  },
  contribution: {
    title: "What each atom does",
    words:
      "The picture without one of its atoms, what that changes, around grey, and the atom alone on the mean. A decoder is not a sum: what an atom does here need not be what it does elsewhere.",
  },
  steer: {
    title: "Steered",
    words:
      "Each row is a picture, each column adds more of the atom to its vector. Framed is the picture as the decoder draws it, with nothing added.",
  },
  neighbours: {
    title: "Neighbours",
    words:
      "Of each atom those that point nearly the same way, those that point the other way, by the cosine, and those that the same pictures have: in how many of the pictures that have either both are.",
  },
  attribute: {
    title: "An attribute and its atoms",
    words:
      "The mean of the chosen examples less that of the rest is a direction: on the mean of all, as a sum of atoms, each of its atoms alone, and added to pictures.",
  },
  scatter: {
    title: "Scatter",
    words:
      "Every point is a picture, at its latents. Where colours lie apart, the latents know the factor; where they lie mixed, they do not, or not in these two directions.",
  },
};
