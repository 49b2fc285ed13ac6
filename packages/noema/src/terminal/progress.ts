/** @file Progress of long work: a bar on a terminal, lines elsewhere; both with the time left. */
import { SingleBar } from "cli-progress";

export interface Progress {
  /** So many are done; `note` is shown beside them. `total`, where it turns out to be another than it was said to be. */
  update(done: number, note?: string, total?: number): void;
  /** Takes the bar away. Call it before anything else is printed. */
  stop(): void;
}

export interface ProgressOptions {
  readonly stream: NodeJS.WriteStream;
  readonly total: number;
  /** What is counted, in the plural. */
  readonly unit: string;
  /** So many were done before, and say nothing of how long the others take. Default 0. */
  readonly before?: number;
  /** Milliseconds since some fixed time. */
  readonly now?: () => number;
}

/** Where there is no terminal, the first line comes at once and further ones this often. */
const lineEveryMs = 10_000;

export function showProgress({
  stream,
  total: planned,
  unit,
  before = 0,
  now = performance.now.bind(performance),
}: ProgressOptions): Progress {
  const startMs = now();
  let total = planned;
  const left = (done: number) =>
    done <= before ? "" : `, ${duration(((now() - startMs) / (done - before)) * (total - done))} left`;
  const text = (done: number, note: string) => `${done} of ${total} ${unit}${note && `, ${note}`}${left(done)}`;
  if (!stream.isTTY) {
    let lastMs = Number.NEGATIVE_INFINITY;
    return {
      update: (done, note = "", newTotal = total) => {
        total = newTotal;
        if (now() - lastMs < lineEveryMs) return;
        lastMs = now();
        stream.write(`${text(done, note)}\n`);
      },
      stop: () => {},
    };
  }
  const bar = new SingleBar({
    stream,
    format: "{bar} {text}",
    barCompleteChar: "█",
    barIncompleteChar: "░",
    barsize: 24,
    hideCursor: true,
    clearOnComplete: true,
    linewrap: false,
    // Ctrl-C is the command's to handle.
    gracefulExit: false,
  });
  bar.start(total, before, { text: "" });
  return {
    update: (done, note = "", newTotal = total) => {
      if (newTotal !== total) bar.setTotal(newTotal);
      total = newTotal;
      bar.update(done, { text: text(done, note) });
    },
    stop: () => bar.stop(),
  };
}

/** "45 s", "12 min", "3 h 20 min". */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 100) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 100 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}
