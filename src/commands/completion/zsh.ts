import { singleQuoted } from '../../output/shell-words.ts';
import { fill, readTemplate } from '../../package/template.ts';
import type { DescribedArgument, DescribedCommand, DescribedOption, DescribedValue } from '../describe.ts';

/** The script for zsh: a function of its completion system (zshcompsys(1), `_arguments`). */
export function zshScript(commands: readonly DescribedCommand[]): string {
  const named = commands.flatMap(({ name, ...rest }) => (name === null ? [] : [{ name, ...rest }]));
  const sweep = commands.find(({ name }) => name === null);
  return fill(readTemplate('completion.zsh'), {
    commands: named.map(({ name, summary }) => `    ${singleQuoted(`${name}:${summary}`)}`).join('\n'),
    names: singleQuoted(` ${named.map(({ name }) => name).join(' ')} `),
    sweep: continued((sweep?.options ?? []).map(optionSpec)),
    cases: named.map(caseOf).join('\n'),
  });
}

function caseOf({ name, options, args }: DescribedCommand): string {
  const specs = [...options.map(optionSpec), ...args.map(argumentSpec)];
  return `    ${name})\n      _arguments -C -s -S \\\n${continued(specs).replace(/ \\$/, '')} ;;`;
}

function continued(specs: readonly string[]): string {
  return specs.map((spec) => `    ${spec} \\`).join('\n');
}

function optionSpec({ names, description, value, repeatable }: DescribedOption): string {
  const others = repeatable || names.length < 2 ? '' : singleQuoted(`(${names.join(' ')})`);
  const all = names.map((name) => (value !== null && name.startsWith('--') ? `${name}=` : name));
  const spelled = all.length > 1 ? `{${all.join(',')}}` : all.join();
  const text = `[${description.replace(/[[\]\\:]/g, '\\$&')}]${value === null ? '' : valueSpec(value)}`;
  return `${repeatable ? "'*'" : ''}${others}${spelled}${singleQuoted(text)}`;
}

function argumentSpec(argument: DescribedArgument, at: number): string {
  if (argument.kind === 'command') return "'*::: :->command'";
  if (argument.kind === 'sweep') return "'*::: :->sweep'";
  return singleQuoted(`${argument.variadic ? '*' : at + 1}${valueSpec(argument)}`);
}

function valueSpec({ placeholder, kind, choices }: DescribedValue): string {
  const message = placeholder.replaceAll(':', '\\:');
  switch (kind) {
    case 'file':
      return `:${message}:_files`;
    case 'directory':
      return `:${message}:_directories`;
    case 'user':
      return `:${message}:_users`;
    case 'command':
    case 'sweep':
    case 'other':
      return `:${message}:${choices.length === 0 ? '' : `(${choices.join(' ')})`}`;
  }
}
