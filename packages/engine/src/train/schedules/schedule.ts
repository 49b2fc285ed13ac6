/** @file Schedule: how the learning rate changes while training; one file of this folder each. */
import { NoemaError } from "../../graph/error.js";

/**
 * What the learning rate of a step is multiplied by.
 *
 * @param step the step that is about to be taken, 0 … total − 1
 * @param total how many steps the training has
 * @returns at least 0; 1 is the rate as it was given
 */
export type Schedule = (step: number, total: number) => number;

/** A moment of the training: a step, or a share of all steps, such as `"50%"`. */
export type Moment = number | `${number}%`;

/** One kind of schedule, as a text names it. */
export interface ScheduleKind {
  /** The word before the colon. */
  readonly name: string;
  /** How it is written in full, for messages. */
  readonly form: string;
  /**
   * @param text what stands after the colon; "" where there is no colon
   * @param parse reads a schedule within this one
   */
  read(text: string, parse: (text: string) => Schedule): Schedule;
}

/** How far the training is, 0 … 1. Steps beyond the end are its end; a training without steps is at its beginning. */
export function progress(step: number, total: number): number {
  return total > 0 ? Math.min(Math.max(step / total, 0), 1) : 0;
}

/** From one factor to another along half a wave of the cosine, as `at` goes from 0 to 1. */
export function alongCosine(from: number, to: number, at: number): number {
  return to + ((from - to) * (1 + Math.cos(Math.PI * at))) / 2;
}

/** Which step a moment is, whole or not. */
export function stepAt(moment: Moment, total: number): number {
  return typeof moment === "number" ? moment : (Number(moment.slice(0, -1)) / 100) * total;
}

function refuse(where: string, found: string, needed: string): NoemaError {
  return new NoemaError("SCHEDULE_OPTION", { where: `schedule ${where}`, found, needed });
}

/** A number from `least` to `most`, or above `least` where that is excluded. */
export function checkFactor(
  where: string,
  value: number,
  { least = 0, most = 1, excluded = false }: { least?: number; most?: number; excluded?: boolean } = {},
): void {
  if (value <= most && (excluded ? value > least : value >= least)) return;
  throw refuse(where, String(value), `a number ${excluded ? "above" : "from"} ${least} to ${most} is needed`);
}

/** A whole number of steps, or a share of them. */
export function checkMoment(where: string, moment: Moment): void {
  const share = typeof moment === "string" ? Number(moment.slice(0, -1)) : undefined;
  const fits =
    share === undefined ? Number.isSafeInteger(moment) && (moment as number) >= 0 : share >= 0 && share <= 100;
  if (fits) return;
  throw refuse(where, String(moment).slice(0, 40), "a whole number of steps, or a share from 0% to 100%, is needed");
}

const plainNumber = /^(?:\d+(?:\.\d+)?|\.\d+)(?:e[+-]?\d+)?$/i;

/** Reads a number of a schedule's text; where there is none, `otherwise`. */
export function readNumber(form: string, text: string, otherwise?: number): number {
  if (text === "" && otherwise !== undefined) return otherwise;
  if (plainNumber.test(text.trim())) return Number(text);
  throw new NoemaError("SCHEDULE_SYNTAX", {
    where: "schedule",
    found: text === "" ? "a number is missing" : `"${text.slice(0, 40)}" is no number`,
    needed: `the form is ${form}`,
  });
}

/** Reads a moment of a schedule's text: `500` or `5%`. */
export function readMoment(form: string, text: string): Moment {
  const trimmed = text.trim();
  return trimmed.endsWith("%") ? `${readNumber(form, trimmed.slice(0, -1))}%` : readNumber(form, trimmed);
}
