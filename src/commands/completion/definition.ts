import { Argument, Command } from 'commander';
import type { CommandContext } from '../command.ts';
import { SHELLS, type Shell } from './shells.ts';

const HELP = `
Put it where the shell looks for it; to ask criu-sweep for it in each new shell would start Node each time.

Examples:
  criu-sweep completion bash > /usr/share/bash-completion/completions/criu-sweep
  criu-sweep completion zsh > /usr/local/share/zsh/site-functions/_criu-sweep
  criu-sweep completion fish > /etc/fish/completions/criu-sweep.fish
`;

/** `criu-sweep completion <bash|zsh|fish>`. */
export function defineCompletion({ commands, env, end }: CommandContext): Command {
  return new Command('criu-sweep completion')
    .description("Prints the shell's completion script: commands, options, their values, directories.")
    .usage('<bash|zsh|fish>')
    .addArgument(new Argument('<shell>', 'whose completions').choices(SHELLS))
    .addHelpText('after', HELP)
    .action(async (shell: Shell) => {
      const [{ completionScript }, { describeCommands }, { printResult }] = await Promise.all([
        import('./script.ts'),
        import('../describe.ts'),
        import('../../output/print-result.ts'),
      ]);
      end(await printResult(completionScript(shell, await describeCommands(commands)), env));
    });
}
