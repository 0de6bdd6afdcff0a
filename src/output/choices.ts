import type { ColorChoice } from './color-choice.ts';

export const FORMATS = ['text', 'json', 'ndjson', 'github'] as const;
export type FormatName = (typeof FORMATS)[number];

/** The options for verbosity and colours. */
export interface VerbosityOptions {
  readonly verbose?: boolean;
  readonly quiet?: boolean;
  readonly color: ColorChoice;
}

/** The options that decide what a sweep writes, and where. */
export interface OutputOptions extends VerbosityOptions {
  readonly format: FormatName;
  readonly report?: string;
  readonly metrics?: string;
}
