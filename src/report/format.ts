import type { SweepEvent } from '../model/events.ts';

/** Turns the events of a sweep, one by one, into the text of a report. */
export type Format = (event: SweepEvent) => string;
