/** @file ChannelSurvey: what channels respond to over many pictures, gathered picture by picture in bounded memory. */
import { seededRandom } from "@noema/engine";

export interface ChannelSurveyOptions {
  readonly channels: number;
  /** How many of the strongest pictures are kept for each channel. */
  readonly top: number;
  /** Quantiles and histograms are made of so many pictures, chosen by chance where there are more. Default 4096. */
  readonly sample?: number;
  /** Of that chance. Default 0. */
  readonly seed?: number;
  /** Goes on from where another survey with the same options was. */
  readonly state?: SurveyState;
}

/** All that a survey holds: plain numbers, to be kept and gone on with. */
export interface SurveyState {
  readonly count: number;
  /** The strongest of each channel. */
  readonly best: readonly (readonly TopPicture[])[];
  /** One row of C values for each picture of the sample. */
  readonly sample: readonly Float32Array[];
  /** Of what is above 0, by channel. */
  readonly sum: Float64Array;
  readonly squares: Float64Array;
  readonly silent: Uint32Array;
  readonly lowest: Float32Array;
  readonly highest: Float32Array;
}

/** A picture among a channel's strongest. */
export interface TopPicture {
  /** Its number, as it was added. */
  readonly picture: number;
  readonly value: number;
  /** Position in the layer; null where there is none. */
  readonly place: number | null;
}

/** What one channel makes of all pictures. */
export interface ChannelSummary {
  /** The strongest first. */
  readonly top: readonly TopPicture[];
  /** Minimum, lower quartile, median, upper quartile and maximum. */
  readonly quantiles: readonly [number, number, number, number, number];
  /** How many pictures (of the sample) lie in each of equal parts between minimum and maximum. */
  readonly histogram: readonly number[];
  /** Share of the pictures that give it nothing above 0. */
  readonly silent: number;
  /**
   * How unevenly it responds: 0 for alike to all pictures, 1 for to one alone; null where it responds to none. Lifetime
   * sparseness, (1 − (Σr/n)² / (Σr²/n)) / (1 − 1/n) of what is above 0 (Vinje and Gallant 2000, after Treves and Rolls 1991).
   */
  readonly selectivity: number | null;
}

/** Parts of a histogram: as many as a small drawing can tell apart. */
const bins = 32;

export class ChannelSurvey {
  readonly #channels: number;
  readonly #top: number;
  readonly #sampleSize: number;
  readonly #seed: number;
  readonly #best: TopPicture[][];
  readonly #sample: Float32Array[];
  readonly #sum: Float64Array;
  readonly #squares: Float64Array;
  readonly #silent: Uint32Array;
  readonly #lowest: Float32Array;
  readonly #highest: Float32Array;
  #count: number;

  constructor({ channels, top, sample = 4096, seed = 0, state }: ChannelSurveyOptions) {
    this.#channels = channels;
    this.#top = top;
    this.#sampleSize = sample;
    this.#seed = seed;
    this.#best = state?.best.map((list) => [...list]) ?? Array.from({ length: channels }, () => []);
    this.#sample = [...(state?.sample ?? [])];
    this.#sum = state?.sum.slice() ?? new Float64Array(channels);
    this.#squares = state?.squares.slice() ?? new Float64Array(channels);
    this.#silent = state?.silent.slice() ?? new Uint32Array(channels);
    this.#lowest = state?.lowest.slice() ?? new Float32Array(channels).fill(Number.POSITIVE_INFINITY);
    this.#highest = state?.highest.slice() ?? new Float32Array(channels).fill(Number.NEGATIVE_INFINITY);
    this.#count = state?.count ?? 0;
  }

  /** How many pictures were added. */
  get count(): number {
    return this.#count;
  }

  /** As it is now; it is written to when the next picture is added. */
  get state(): SurveyState {
    return {
      count: this.#count,
      best: this.#best,
      sample: this.#sample,
      sum: this.#sum,
      squares: this.#squares,
      silent: this.#silent,
      lowest: this.#lowest,
      highest: this.#highest,
    };
  }

  /**
   * Adds a picture, unless one of its values is not finite.
   *
   * @param picture its number; of equally strong pictures, the one that was added first comes first
   * @param values C
   * @param places C, or null
   * @returns whether it was added
   */
  add(picture: number, values: Float32Array, places: Int32Array | null): boolean {
    if (!values.every(Number.isFinite)) return false;
    for (let channel = 0; channel < this.#channels; channel++) {
      const value = values[channel];
      const positive = Math.max(0, value);
      this.#sum[channel] += positive;
      this.#squares[channel] += positive * positive;
      if (value <= 0) this.#silent[channel]++;
      if (value < this.#lowest[channel]) this.#lowest[channel] = value;
      if (value > this.#highest[channel]) this.#highest[channel] = value;
      const best = this.#best[channel];
      if (best.length === this.#top && !(value > (best.at(-1)?.value ?? Number.POSITIVE_INFINITY))) continue;
      let at = best.length;
      while (at > 0 && best[at - 1].value < value) at--;
      best.splice(at, 0, { picture, value, place: places?.[channel] ?? null });
      if (best.length > this.#top) best.pop();
    }
    this.#keep(values);
    this.#count++;
    return true;
  }

  /** A sample in which every picture is equally likely to be (Vitter 1985, algorithm R). */
  #keep(values: Float32Array): void {
    const count = this.#count;
    // A stream for each picture: what was drawn before need not be kept to go on.
    const row = count < this.#sampleSize ? count : seededRandom(this.#seed, count).below(count + 1);
    if (row < this.#sampleSize) this.#sample[row] = values.slice(0, this.#channels);
  }

  /** One for each channel; none where no picture was added. */
  summaries(): ChannelSummary[] {
    if (this.#count === 0) return [];
    return Array.from({ length: this.#channels }, (_, channel) => this.#summary(channel));
  }

  #summary(channel: number): ChannelSummary {
    const [low, high, n] = [this.#lowest[channel], this.#highest[channel], this.#count];
    const rising = Float32Array.from(this.#sample, (row) => row[channel]).sort();
    const quantile = (share: number) => {
      const at = share * (rising.length - 1);
      const below = Math.floor(at);
      return rising[below] + (at - below) * (rising[Math.min(below + 1, rising.length - 1)] - rising[below]);
    };
    const histogram = new Array<number>(bins).fill(0);
    for (const value of rising) {
      histogram[high > low ? Math.min(bins - 1, Math.floor((bins * (value - low)) / (high - low))) : 0]++;
    }
    const [mean, square] = [this.#sum[channel] / n, this.#squares[channel] / n];
    return {
      top: this.#best[channel],
      quantiles: [low, quantile(0.25), quantile(0.5), quantile(0.75), high],
      histogram,
      silent: this.#silent[channel] / n,
      selectivity: square === 0 || n === 1 ? null : Math.max(0, (1 - mean ** 2 / square) / (1 - 1 / n)),
    };
  }
}
