import type { ColorChoice } from './color-choice.ts';

export const FORMATS = ['text', 'json', 'ndjson', 'github'] as const;
export type FormatName = (typeof FORMATS)[number];

/** How much is said, and in which colours. */
export interface VerbosityOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly color: ColorChoice;
}

/** Everything that decides what a sweep writes, and where. */
export interface OutputOptions extends VerbosityOptions {
  readonly format: FormatName;
  readonly report?: string;
  readonly metrics?: string;
}
