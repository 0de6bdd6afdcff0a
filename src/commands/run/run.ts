import { setTimeout as sleep } from 'node:timers/promises';
import { toText } from '../../linux/bytes.ts';
import { describeErrno } from '../../linux/errno.ts';
import { forbidCore } from '../../linux/own-core.ts';
import { endBy } from '../../linux/stop-signals.ts';
import type { Environment } from '../../model/environment.ts';
import type { CommandEnd } from '../../model/events.ts';
import type { Policy } from '../../model/model.ts';
import { UsageError } from '../../model/usage-error.ts';
import type { VerbosityOptions } from '../../output/choices.ts';
import { colorsFor } from '../../output/color-choice.ts';
import { type Destination, destinationOf } from '../../output/destination.ts';
import { markFor } from '../../output/journal.ts';
import { Output } from '../../output/output.ts';
import { STDERR } from '../../output/standard-streams.ts';
import { bugReport, complaint } from '../../report/complaint.ts';
import { defaultPolicy } from '../../request/policy.ts';
import { type KindOptions, kindPolicyOf } from '../../request/policy-options.ts';
import { effectiveUser } from '../../request/prepare.ts';
import { CLOCK_GRAIN_MS } from '../../sweep/filter.ts';
import { nameMatcher } from '../../sweep/names.ts';
import { sweepAfter } from './after-sweep.ts';
import { findAppeared } from './appeared.ts';
import { courseOf, listStart, watchedPlaces } from './course.ts';
import { CriuWatch } from './criu-watch.ts';
import { CurrentPlace } from './current-place.ts';
import { waitForDying } from './dying.ts';
import { leadsOf, ledElsewhere } from './led-elsewhere.ts';
import { lostVariables } from './lost-variables.ts';
import { runToItsEnd } from './run-to-its-end.ts';
import { Signals } from './signals.ts';
import type { Snapshot } from './snapshots.ts';
import { planWatch } from './watched.ts';
import { wordsAbout } from './words-about.ts';

/** The options of `run`. */
export interface RunOptions extends KindOptions, VerbosityOptions {
  readonly workDir: readonly string[];
  readonly report?: string;
  readonly inUse: boolean;
}

/**
 * `criu-sweep run -- <command...>`: runs a command, and removes the temporary directories that appeared
 * meanwhile.
 *
 * @returns the command's exit status; where a signal ended it, that has been raised on ourselves too
 * @throws UsageError before anything is done
 */
export async function runCommand(
  command: readonly string[],
  options: RunOptions,
  env: Environment,
): Promise<number> {
  const stderr = new Output(STDERR);
  const mark = markFor(STDERR, env);
  const complain = (message: string): void => stderr.add(complaint(mark, 'error', message));
  const signals = new Signals(complain);
  const reportTo = reportDestination(options.report);
  const uid = effectiveUser();
  const policy = policyOf(options, uid);
  const match = nameMatcher(policy.kinds);
  const plan = await planWatch(options.workDir, command, policy.kinds, env);
  const place = new CurrentPlace();
  const before = await listStart(plan, policy.kinds, match, () => signals.asked);
  refuseKernels(before.snapshots);
  const from = await nextMoment();

  const early = await signals.ending();
  if (early !== null) {
    signals.release();
    endBy(early);
    return 0;
  }
  for (const name of lostVariables(env))
    complain(`the command gets ${name} with other bytes: it is not UTF-8, and Node.js passes on UTF-8 only`);
  const watch = plan.from === 'work-dir option' ? null : (pid: number) => new CriuWatch(pid, uid);
  const { end, startTime, seen, ...times } = await runToItsEnd(command, signals, { complain, watch });
  if (end.kind === 'not-started') complain(`cannot run ${command[0] ?? ''}: ${whyNotStarted(end.code)}`);
  try {
    const course = await courseOf(before, seen, { from, to: Date.now() });
    const leads = leadsOf(course.swept);
    const appeared = await findAppeared(course, match, place.follow());
    const errors = ledElsewhere(leads, appeared.targets);
    if (options.inUse && appeared.count > 0) await waitForDying(startTime);
    const { verbose = false, quiet = false, inUse, color } = options;
    const colors = colorsFor(STDERR, color, env);
    const watched = watchedPlaces(before, course);
    const ran: CommandEnd = { argv: command, end, ...times, watched };
    const after = {
      command: ran,
      appeared,
      errors,
      policy,
      match,
      uid,
      inUse,
      reportTo,
      stderr,
      colors,
      mark,
    };
    const stopped = () => signals.askedToEnd;
    await sweepAfter({ ...after, verbose, quiet, stopped, engine: plan.globs.length > 0 });
    if (!quiet)
      for (const words of wordsAbout(plan, before.snapshots, { end, seen }, appeared.targets))
        stderr.add(complaint(mark, 'info', words));
  } catch (error) {
    stderr.add(bugReport(mark, error));
  }
  await stderr.flush();
  signals.release();
  if (end.kind !== 'killed') return end.status;
  forbidCore(end.signal);
  endBy(end.signal);
  return 0;
}

/** @throws UsageError for stdout, which is the command's */
function reportDestination(report: string | undefined): Destination | null {
  if (report === undefined) return null;
  if (report === '-')
    throw new UsageError("--report: -: stdout is the command's: name a file, or /dev/stderr");
  return destinationOf(report, '--report');
}

/**
 * A time in milliseconds since 1970 that has passed, by the clock that file systems stamp with too: whatever
 * is made from now on bears it or a later one, and what bears such a time was not made before.
 */
async function nextMoment(): Promise<number> {
  const moment = Date.now() + 1;
  await sleep(2 + CLOCK_GRAIN_MS);
  return moment;
}

function whyNotStarted(code: string): string {
  const why = describeErrno(code);
  return code === 'EILSEQ' ? `${why}: Node.js passes on UTF-8 only; call it from a script` : why;
}

/** The policy: only the directory's own entries, of any age, because what was there before is known. */
function policyOf(options: RunOptions, uid: number): Policy {
  return { ...defaultPolicy(uid), ...kindPolicyOf(options, uid), olderThanMs: null, maxDepth: 1 };
}

function refuseKernels(snapshots: readonly Snapshot[]): void {
  const refused = snapshots.find(
    ({ watched, before }) => watched.why === 'named' && before.kind === 'kernels',
  );
  if (refused === undefined) return;
  const path = toText(refused.watched.path);
  throw new UsageError(
    `--work-dir: ${path}: is never swept: nothing in /proc, /sys or /dev (but /dev/shm) is`,
  );
}
