import { monotonicMs } from '../../clock.ts';
import type { Bytes, Summary, SweepEvent } from '../../model.ts';
import type { Output } from '../../output.ts';
import type { Format } from '../../report/format.ts';
import type { Pause } from '../../sweep/sweep.ts';
import type { Progress } from '../../terminal.ts';

/** A way to say the events of a sweep, and where that goes. */
export interface Sink {
  readonly format: Format;
  readonly output: Output;
}

/** Where a sweep's events go. */
export interface Sinks {
  readonly results: readonly Sink[];
  readonly messages: Sink;
  /** Shown on the messages' terminal while the sweep goes on; `null`: nobody is looking. */
  readonly progress: Progress | null;
  /** The exit status, once it is known what could not be written. */
  readonly exitCode: (summary: Summary) => number;
}

/** A tick of the event loop, in which signals are heard. */
const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** How long something may wait in an output while the sweep goes on, in milliseconds. */
const FLUSH_AFTER_MS = 100;

/**
 * Draws the events of a sweep and writes them. At each pause, and whenever an output is full, signals are heard and a
 * reader that does not keep up is waited for. A writer that fails does not stop the sweep.
 *
 * @returns the summary, with the exit status as it is after all was written
 */
export async function drive(events: Iterable<SweepEvent | Pause>, sinks: Sinks): Promise<Summary> {
  const { results, messages, progress } = sinks;
  const outputs = [...results.map((sink) => sink.output), messages.output];
  const flush = async (): Promise<void> => {
    for (const output of outputs) await output.flush();
  };
  let flushedAt = monotonicMs();
  let settled = 0;
  let where: Bytes | null = null;
  let last: Summary | null = null;
  for (const event of events) {
    if (event.type === 'pause') {
      await nextTick();
      const now = monotonicMs();
      if (outputs.some((output) => output.full) || now - flushedAt > FLUSH_AFTER_MS) {
        messages.output.add(progress?.line(now, settled, where) ?? '');
        await flush();
        flushedAt = now;
      }
      continue;
    }
    if (event.type === 'item') {
      settled += 1;
      where = event.item.candidate.parent.path;
    }
    if (event.type !== 'summary') {
      say(event, results, messages, progress);
      if (!outputs.some((output) => output.full)) continue;
      await nextTick();
      await flush();
      flushedAt = monotonicMs();
      continue;
    }
    await flush();
    last = { ...event.summary, exitCode: sinks.exitCode(event.summary) };
    messages.output.add(progress?.clear() ?? '');
    say({ type: 'summary', summary: last }, results, messages, null);
    await flush();
  }
  if (last === null) throw new Error('a sweep ended without its summary');
  return last;
}

function say(event: SweepEvent, results: readonly Sink[], messages: Sink, progress: Progress | null): void {
  const message = messages.format(event);
  if (message !== '') messages.output.add((progress?.clear() ?? '') + message);
  for (const { format, output } of results) output.add(format(event));
}
