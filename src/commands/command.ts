import type { Command } from 'commander';
import type { Environment } from '../model/environment.ts';

/** The input of a command that commander does not give it. */
export interface CommandContext {
  /** The command line as it was written, without the command's name. */
  readonly args: readonly string[];
  readonly env: Environment;
  /** All commands but the sweep, for `help` and `completion`. */
  readonly commands: readonly CommandEntry[];
  /** Shows the help of a command; `null`: of the sweep. Rejects with the CommanderError that ends a help. */
  readonly help: (name: string | null) => Promise<void>;
  /** Called with the exit status. */
  readonly end: (exitCode: number) => void;
}

/** A command that comes first on the command line. Its code is loaded only when it is called. */
export interface CommandEntry {
  readonly name: string;
  /** The words after `criu-sweep`, for the help. */
  readonly usage: string;
  readonly summary: string;
  readonly load: () => Promise<(context: CommandContext) => Command>;
}
