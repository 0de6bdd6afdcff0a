import type { Environment } from '../model/environment.ts';
import { readTool } from '../package/tool.ts';
import type { Format } from '../report/format.ts';
import { githubFormat, withoutCommands } from '../report/github.ts';
import { jsonFormat, ndjsonFormat } from '../report/json.ts';
import { messageFormat } from '../report/messages.ts';
import { textFormat } from '../report/text.ts';
import type { OutputOptions } from './choices.ts';
import { colorsFor } from './color-choice.ts';
import { isTerminal } from './is-terminal.ts';
import { markFor } from './journal.ts';
import { STDERR, STDOUT } from './standard-streams.ts';

/** The format of a sweep's results on stdout. */
export function resultFormat(
  { format, verbose = false, quiet = false, color }: OutputOptions,
  env: Environment,
): Format {
  switch (format) {
    case 'text':
      return quiet ? () => '' : textFormat({ verbose, colors: colorsFor(STDOUT, color, env) });
    case 'json':
      return jsonFormat(readTool());
    case 'ndjson':
      return ndjsonFormat(readTool());
    case 'github':
      return githubFormat();
  }
}

/** The format of all messages on stderr. */
export function stderrFormat(options: OutputOptions, env: Environment): Format {
  const { verbose = false, quiet = false, format, color } = options;
  const say = messageFormat({
    verbose,
    quiet,
    terminal: isTerminal(STDERR),
    tellOwners: true,
    summary: format === 'text' || format === 'github',
    colors: colorsFor(STDERR, color, env),
    mark: markFor(STDERR, env),
  });
  return format === 'github' ? (event) => withoutCommands(say(event)) : say;
}
