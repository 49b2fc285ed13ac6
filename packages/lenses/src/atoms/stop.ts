/** @file stopIf: ends work that its caller does not want any more. */
import { NoemaError } from "@noema/engine";

/** What is used of an AbortSignal. */
export interface StopSignal {
  readonly aborted: boolean;
}

/** @throws NoemaError STOPPED */
export function stopIf(signal: StopSignal | undefined, where: string): void {
  if (signal?.aborted) throw new NoemaError("STOPPED", { where, found: "it was asked to stop before its end" });
}
