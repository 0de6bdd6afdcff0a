import { monotonicMs } from '../linux/clock.ts';
import type { Pause, Summary, SweepEvent } from '../model/events.ts';
import type { Bytes } from '../model/model.ts';
import type { Format } from '../report/format.ts';
import type { Output } from './output.ts';
import { counted, type Progress } from './progress.ts';

/** A format for the events of a sweep, and the output that the text goes to. */
export interface Sink {
  readonly format: Format;
  readonly output: Output;
}

/** The receivers of a sweep's events. */
export interface Sinks {
  readonly results: readonly Sink[];
  readonly messages: Sink;
  /** The progress line on stderr's terminal; `null`: stderr is no terminal. */
  readonly progress: Progress | null;
  /** Settles the exit status once it is known what could not be written. */
  readonly exitCode: (summary: Summary) => number;
}

/** Waits for a tick of the event loop, in which signals are heard. */
const nextTick = () => new Promise<void>((resolve) => setImmediate(resolve));

/** The longest time that text waits in an output while the sweep goes on, in milliseconds. */
const FLUSH_AFTER_MS = 100;

/**
 * Runs a sweep by taking its events, and writes them. At each pause, and whenever an output is full, signals
 * are heard and a slow reader is waited for. An output that fails does not stop the sweep.
 *
 * @returns the summary, with the exit status after everything was written
 */
export async function drive(events: Iterable<SweepEvent | Pause>, sinks: Sinks): Promise<Summary> {
  const { results, messages, progress } = sinks;
  const outputs = [...results.map((sink) => sink.output), messages.output];
  const flush = async (): Promise<void> => {
    await progress?.hide();
    for (const output of outputs) await output.flush();
  };
  const isFull = (): boolean => outputs.some((output) => output.full);
  const course = new Course();
  let flushedAt = monotonicMs();
  let last: Summary | null = null;
  for (const event of events) {
    course.note(event);
    if (event.type === 'summary') {
      await flush();
      await progress?.end();
      last = { ...event.summary, exitCode: sinks.exitCode(event.summary) };
      say({ type: 'summary', summary: last }, results, messages);
      await flush();
      continue;
    }
    if (event.type !== 'pause') say(event, results, messages);
    if (event.type !== 'pause' && !isFull()) continue;
    await nextTick();
    const now = monotonicMs();
    if (!isFull() && now - flushedAt <= FLUSH_AFTER_MS) continue;
    await flush();
    await progress?.show(course.text, course.where);
    flushedAt = now;
  }
  if (last === null) throw new Error('a sweep ended without its summary');
  return last;
}

function say(event: SweepEvent, results: readonly Sink[], messages: Sink): void {
  messages.output.add(messages.format(event));
  for (const { format, output } of results) output.add(format(event));
}

/** The progress of a sweep. */
class Course {
  #dryRun = false;
  #finished = 0;
  #entries = 0;
  #removed = 0;
  where: Bytes | null = null;

  note(event: SweepEvent | Pause): void {
    switch (event.type) {
      case 'start':
        this.#dryRun = event.start.dryRun;
        return;
      case 'pause':
        this.#entries = event.entries ?? this.#entries;
        this.where = event.where ?? this.where;
        return;
      case 'item': {
        const { outcome } = event.item.result;
        if (outcome === 'removed' || outcome === 'would-remove') this.#removed += 1;
        this.where = event.item.candidate.parent.path;
        return;
      }
      case 'target':
        this.#finished += event.target.entries;
        this.#entries = 0;
        return;
      case 'error':
      case 'summary':
    }
  }

  get text(): string {
    const seen = counted(this.#finished + this.#entries, 'entry', 'entries');
    return `${seen} looked at, ${this.#removed} ${this.#dryRun ? 'to remove' : 'removed'}`;
  }
}
