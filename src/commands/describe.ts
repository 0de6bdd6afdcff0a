import { type Command, Help, type Option } from 'commander';
import type { CommandEntry } from './command.ts';
import { HELP_OPTION } from './help-option.ts';
import { defineSweep } from './sweep/definition.ts';

/** A command's definition as data. The man page and the completions are made of it. */
export interface DescribedCommand {
  /** The command's first word; `null`: the sweep, which has none. */
  readonly name: string | null;
  /** The words after `criu-sweep`. */
  readonly usage: string;
  /** In half a sentence. */
  readonly summary: string;
  readonly description: string;
  readonly options: readonly DescribedOption[];
  readonly args: readonly DescribedArgument[];
}

/** The kind of a value. `user`: a user's name; `other`: a value that cannot be guessed. */
export type ValueKind = 'file' | 'directory' | 'user' | 'command' | 'sweep' | 'other';

/** A value of an option, or an argument. */
export interface DescribedValue {
  /** The placeholder in the help, without brackets: `duration`, `name|uid|any`. */
  readonly placeholder: string;
  readonly kind: ValueKind;
  /** Words to choose from. If the kind is not `other`, another value may be given too. */
  readonly choices: readonly string[];
}

export interface DescribedOption {
  /** The option in the help: `-n, --dry-run`, `--format <format>`. */
  readonly term: string;
  /** The description in the help, with choices and default. */
  readonly description: string;
  /** `-n`, `--dry-run`. */
  readonly names: readonly string[];
  /** `null`: it takes none. */
  readonly value: DescribedValue | null;
  readonly repeatable: boolean;
}

export interface DescribedArgument extends DescribedValue {
  readonly description: string;
  readonly variadic: boolean;
}

/** Every command, the sweep first. */
export async function describeCommands(commands: readonly CommandEntry[]): Promise<DescribedCommand[]> {
  const context = { args: [], env: {}, commands, help: async () => {}, end: () => {} };
  const sweep = describe(defineSweep(context), null, '[options] <target...>', 'sweep (the default command)');
  const others = commands.map(async ({ name, usage, summary, load }) => {
    const define = await load();
    return describe(define(context), name, usage, summary);
  });
  return [sweep, ...(await Promise.all(others))];
}

function describe(command: Command, name: string | null, usage: string, summary: string): DescribedCommand {
  const help = new Help();
  command.helpOption(...HELP_OPTION);
  return {
    name,
    usage,
    summary,
    description: help.commandDescription(command),
    options: help.visibleOptions(command).map((option) => describeOption(option, help)),
    args: command.registeredArguments.map((argument) => ({
      ...describeValue(argument.name(), argument.argChoices),
      description: help.argumentDescription(argument),
      variadic: argument.variadic,
    })),
  };
}

function describeOption(option: Option, help: Help): DescribedOption {
  const placeholder = /[<[](.*?)(?:\.\.\.)?[>\]]$/.exec(option.flags)?.[1];
  return {
    term: help.optionTerm(option),
    description: help.optionDescription(option),
    names: [option.short, option.long].filter((name) => name !== undefined && name !== null),
    repeatable: Array.isArray(option.defaultValue),
    value: placeholder === undefined ? null : describeValue(placeholder, option.argChoices),
  };
}

const KINDS: Readonly<Record<string, ValueKind>> = {
  file: 'file',
  'file.prom': 'file',
  dir: 'directory',
  target: 'directory',
  'name|uid|any': 'user',
  command: 'command',
  sweep: 'sweep',
};

function describeValue(placeholder: string, choices: readonly string[] | undefined): DescribedValue {
  const words = choices ?? placeholder.split('|').filter((word) => word === 'any');
  return { placeholder, kind: KINDS[placeholder] ?? 'other', choices: words };
}
