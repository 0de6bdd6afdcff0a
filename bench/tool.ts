import type { Command } from './measure.ts';
import type { Shape } from './model.ts';

/** The directory that a command is to sweep. */
export interface Target {
  readonly directory: string;
  readonly shape: Shape;
}

/** The command line of a tool for one job. */
type Make = (self: readonly string[], target: Target) => Command;

interface Program {
  readonly id: string;
  readonly label: string;
  /** Names of its executable; none: it is one of ours. */
  readonly executables: readonly string[];
  /** What to install where it is missing. */
  readonly hint: string;
  readonly lacks: string;
  /** Taken only when `--tools` names it. */
  readonly onRequest?: true;
  /** It cannot go down a tree. */
  readonly flatOnly?: true;
  /** The option that prints the version, where it is not `--version`. */
  readonly versionOption?: string;
}

interface Sweeper extends Program {
  readonly removal: Make;
  readonly dryRun?: Make;
  readonly look?: undefined;
}

/** Only tells who uses a directory. */
interface Looker extends Program {
  readonly look: Make;
  readonly removal?: undefined;
  readonly dryRun?: undefined;
}

/** A tool of the comparison: where it is found, how it is told to do the job, what of the job it cannot do. */
export type Tool = Sweeper | Looker;
