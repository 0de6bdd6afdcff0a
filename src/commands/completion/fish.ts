import { fill, readTemplate } from '../../package/template.ts';
import type { DescribedCommand, DescribedOption, DescribedValue } from '../describe.ts';

/** The script for fish. */
export function fishScript(commands: readonly DescribedCommand[]): string {
  const named = commands.flatMap(({ name, summary }) => (name === null ? [] : [{ name, summary }]));
  return fill(readTemplate('completion.fish'), {
    names: named.map(({ name }) => name).join(' '),
    commands: named
      .map(({ name, summary }) => completion("__criu_sweep_argument '' 1", `-a ${name}${described(summary)}`))
      .join('\n'),
    options: commands
      .flatMap(({ name, options }) => options.map((each) => optionLine(name, each)))
      .join('\n'),
    arguments: commands.flatMap(argumentLines).join('\n'),
  });
}

function optionLine(command: string | null, { names, description, value }: DescribedOption): string {
  const spelled = names.map((name) =>
    name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
  );
  const taken = value === null ? '' : ` ${valueFlags(value)}`;
  return completion(
    `__criu_sweep_in ${quoted(command ?? '')}`,
    `${spelled.join(' ')}${taken}${described(description)}`,
  );
}

function argumentLines({ name, args }: DescribedCommand): string[] {
  const command = quoted(name ?? '');
  return args.map((argument, at) => {
    if (argument.kind === 'command')
      return completion(`__criu_sweep_beyond ${command}`, "-a '(__criu_sweep_rest)'");
    if (argument.kind === 'sweep')
      return completion(`__criu_sweep_beyond ${command}`, "-a '(__criu_sweep_rest criu-sweep -q)'");
    const where = argument.variadic
      ? `__criu_sweep_in ${command}`
      : `__criu_sweep_argument ${command} ${at + 2}`;
    return completion(where, valueFlags(argument).replace(/^-x /, ''));
  });
}

function completion(condition: string, rest: string): string {
  return `complete -c criu-sweep -n ${quoted(condition)} ${rest}`;
}

function valueFlags({ kind, choices }: DescribedValue): string {
  switch (kind) {
    case 'file':
      return '-r -F';
    case 'directory':
      return "-x -a '(__fish_complete_directories)'";
    case 'user':
      return `-x -a ${quoted([...choices, '(__fish_complete_users)'].join(' '))}`;
    case 'command':
    case 'sweep':
    case 'other':
      return choices.length === 0 ? '-x' : `-x -a ${quoted(choices.join(' '))}`;
  }
}

function described(text: string): string {
  return ` -d ${quoted(text)}`;
}

/** One word for fish, whose single quotes know the escapes \\ and \' (fish-doc(1), "Quotes"). */
function quoted(text: string): string {
  return `'${text.replace(/[\\']/g, '\\$&')}'`;
}
