import { singleQuoted } from '../../output/shell-words.ts';
import { fill, readTemplate } from '../../package/template.ts';
import type { DescribedCommand, DescribedOption, DescribedValue } from '../describe.ts';

/** The script for bash, with or without bash-completion. */
export function bashScript(commands: readonly DescribedCommand[]): string {
  return fill(readTemplate('completion.bash'), {
    commands: commands.flatMap(({ name }) => (name === null ? [] : [name])).join(' '),
    options: commands.map(optionsOf).join('\n'),
    values: commands.flatMap(valuesOf).join('\n'),
    afterSeparator: commands.flatMap(afterSeparator).join('\n'),
  });
}

function optionsOf({ name, options }: DescribedCommand): string {
  const words = options.flatMap(wordsOf).map(singleQuoted);
  return `    ${singleQuoted(name ?? '')}) printf '%s\\n' ${words.join(' ')} ;;`;
}

/** The long name of an option, which is easier to understand; the short one if there is no other. */
function wordsOf({ names, value }: DescribedOption): string[] {
  const name = names.at(-1);
  return name === undefined ? [] : [`${name}${value !== null && name.startsWith('--') ? '=' : ''}`];
}

function valuesOf({ name, options, args }: DescribedCommand): string[] {
  const ofOptions = options.flatMap(({ names, value }) =>
    value === null
      ? []
      : [
          line(
            names.map((option) => `${name ?? ''} ${option}`),
            value,
          ),
        ],
  );
  const ofArguments = args.map((argument, at) => {
    const subject = `${name ?? ''} argument ${at}`;
    return argument.variadic
      ? `    ${singleQuoted(`${name ?? ''} argument`)}*) echo ${singleQuoted(said(argument))} ;;`
      : line([subject], argument);
  });
  return [...ofOptions, ...ofArguments];
}

function line(subjects: readonly string[], value: DescribedValue): string {
  return `    ${subjects.map(singleQuoted).join('|')}) echo ${singleQuoted(said(value))} ;;`;
}

function said({ kind, choices }: DescribedValue): string {
  return [kind, ...choices].join(' ');
}

/** The completions after `--` if no target comes there: the command to run, or the sweep to schedule. */
function afterSeparator({ name, args }: DescribedCommand): string[] {
  const last = args.at(-1);
  if (last?.kind === 'command') return [`      ${name}) _criu_sweep_command $((separator + 1)); return ;;`];
  return last?.kind === 'sweep' ? [`      ${name}) command= ;;`] : [];
}
