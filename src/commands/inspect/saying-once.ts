import type { Pause, SweepError, SweepEvent } from '../../model/events.ts';

/**
 * The events of a sweep that was handed the errors of the search for logs: what that search could not read,
 * the sweep mostly cannot read either, and tells again; once is enough.
 *
 * @param before the errors handed over, which it tells first
 */
export function* sayingOnce(
  events: Iterable<SweepEvent | Pause>,
  before: readonly SweepError[],
): Generator<SweepEvent | Pause> {
  const left = new Map<string, 'to be said' | 'said'>(before.map((error) => [keyOf(error), 'to be said']));
  let repeated = 0;
  for (const event of events) {
    if (event.type === 'error') {
      const key = keyOf(event.error);
      const state = left.get(key);
      if (state === 'said') {
        repeated += 1;
        continue;
      }
      if (state === 'to be said') left.set(key, 'said');
    }
    if (event.type !== 'summary') yield event;
    else {
      const incomplete = event.summary.incomplete - repeated;
      yield { type: 'summary', summary: { ...event.summary, incomplete } };
    }
  }
}

function keyOf({ path, code }: SweepError): string {
  return `${code} ${path}`;
}
