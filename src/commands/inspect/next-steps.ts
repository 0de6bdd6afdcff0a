import type { Run } from '../../criu/log/criu-run.ts';
import type { Findings } from '../../inspection/inspection.ts';
import { bytes, encode } from '../../linux/bytes.ts';
import type { Counts } from '../../model/events.ts';
import { shellCommand } from '../../output/shell-words.ts';
import { formatDuration } from '../../request/duration.ts';
import { DEFAULT_AGE_MS } from '../../request/policy.ts';
import { octalMode } from '../../sweep/filter.ts';
import type { InspectOptions } from './inspect-options.ts';

/** A command worth running next. */
export interface NextStep {
  readonly why: string;
  /** Quoted for a shell. */
  readonly command: string;
}

const MOST_STEPS = 3;

/** The two or three commands worth running after a report, the most useful first. */
export function nextSteps(
  findings: Findings,
  runs: readonly Run[],
  counts: Counts,
  written: readonly string[],
  options: InspectOptions,
): readonly NextStep[] {
  const steps: NextStep[] = [];
  const unused = [...findings.mounted.values()].filter(({ user }) => user === null).length;
  const removable = counts.wouldRemove + unused;
  const sweep = ['criu-sweep', ...sweepArguments(written, options)];
  if (removable > 0) {
    const first = unused === 0 ? '' : `, after the umount ${unused === 1 ? 'command' : 'commands'} above`;
    const what = removable === 1 ? 'remove the leftover' : `remove the ${removable} leftovers`;
    steps.push({ why: `${what}${first}`, command: shellCommand(sweep.map(encode)) });
  }
  const failed = runs.find(({ outcome }) => outcome === 'failed' || outcome === 'cut-off');
  if (failed !== undefined) {
    const how = failed.outcome === 'failed' ? 'failed' : 'was cut off';
    steps.push({
      why: `read on why the newest of these runs ${how}`,
      command: shellCommand([bytes`less`, failed.log]),
    });
  }
  const leaking = runs.filter((run) => run.affected === true);
  if (leaking.length > 0) {
    const versions = [...new Set(leaking.map(({ version }) => version?.text))]
      .slice(0, MOST_STEPS)
      .join(', ');
    const why = `CRIU ${versions} leaves a directory at every dump: is it still the one here?`;
    steps.push({ why, command: 'criu-sweep doctor' });
  }
  if (findings.left > 0 && written.every((target) => target.startsWith('/'))) {
    const schedule = ['criu-sweep', 'schedule', 'systemd', '--', ...sweep.slice(1)];
    steps.push({ why: 'have it swept every hour', command: shellCommand(schedule.map(encode)) });
  }
  return steps.slice(0, MOST_STEPS);
}

/** The arguments, as text, for a sweep that looks for the same as this inspection. */
function sweepArguments(written: readonly string[], options: InspectOptions): string[] {
  const { olderThan, ageBy, prefix, owner, mode, maxDepth, exclude, crossDevice, inUse } = options;
  const flag = (name: string, value: string | null): string[] => (value === null ? [] : [name, value]);
  return [
    ...(options.known === true || written.length === 0 ? ['--known'] : []),
    ...flag('--older-than', olderThan === DEFAULT_AGE_MS ? null : formatDuration(olderThan)),
    ...flag('--age-by', ageBy === 'mtime' ? null : ageBy),
    ...prefix.flatMap((value) => ['--prefix', value]),
    ...flag('--owner', owner === undefined ? null : String(owner)),
    ...flag('--mode', mode === undefined ? null : mode === 'any' ? mode : octalMode(mode)),
    ...flag('--max-depth', maxDepth === undefined ? null : String(maxDepth)),
    ...exclude.flatMap((value) => ['--exclude', value]),
    ...(crossDevice === true ? ['--cross-device'] : []),
    ...(inUse ? [] : ['--no-in-use']),
    ...(written.some((target) => target.startsWith('-')) ? ['--'] : []),
    ...written,
  ];
}
