import { toText } from '../../linux/bytes.ts';
import { describeErrno } from '../../linux/errno.ts';
import { readOwnMounts } from '../../linux/own-mounts.ts';
import type { CommandEnd, SweepError } from '../../model/events.ts';
import type { Policy } from '../../model/model.ts';
import type { Destination } from '../../output/destination.ts';
import { drive } from '../../output/drive.ts';
import type { Output, Stopped } from '../../output/output.ts';
import { Reports } from '../../output/reports.ts';
import type { Colors } from '../../report/colors.ts';
import { complaint } from '../../report/complaint.ts';
import type { Format } from '../../report/format.ts';
import { messageFormat } from '../../report/messages.ts';
import type { Mark } from '../../report/severity.ts';
import { textFormat } from '../../report/text.ts';
import { looker, prepared, startClock } from '../../request/sweep-request.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import type { Appeared } from './appeared.ts';

/** All that the sweep after a command is told. */
export interface AfterSweep {
  readonly command: CommandEnd;
  readonly appeared: Appeared;
  /** What went wrong with the watched directories before they are swept. */
  readonly errors: readonly SweepError[];
  readonly policy: Policy;
  readonly match: NameMatcher;
  readonly uid: number;
  readonly inUse: boolean;
  readonly reportTo: Destination | null;
  /** Ends the wait for whoever reads the report. */
  readonly stopped: Stopped;
  /** Where our words go. */
  readonly stderr: Output;
  readonly colors: Colors;
  /** The prefix of each of our messages. */
  readonly mark: Mark;
  readonly verbose: boolean;
  readonly quiet: boolean;
  /** Whether an engine was called: its daemon's CRIU can still be working, which is worth a word. */
  readonly engine: boolean;
}

/** Sweeps what a command left, and tells: a line for each directory removed or failed, and the report. */
export async function sweepAfter(request: AfterSweep): Promise<void> {
  const { stderr, colors, mark, verbose, quiet, reportTo, stopped } = request;
  // A report that cannot be written is no reason to leave anything behind.
  const files = { report: reportTo, metrics: null, stepSummary: null };
  const reports = await Reports.open(files, { first: false, stopped });
  for (const loss of reports.unopened) stderr.add(complaint(mark, 'error', loss));
  const removals: Format = quiet ? () => '' : textFormat({ verbose, colors });
  const messages = messageFormat({
    ...{ verbose, quiet, summary: verbose, terminal: false, tellOwners: true },
    ...{ colors, mark },
  });
  const working: Format = request.engine && !quiet ? stillWorking(mark) : () => '';
  await drive(sweep(sweepRequest(request)), {
    results: [{ format: removals, output: stderr }, { format: working, output: stderr }, ...reports.sinks()],
    messages: { format: messages, output: stderr },
    progress: null,
    exitCode: ({ exitCode }) => exitCode,
  });
  for (const { path, code } of request.appeared.errors)
    stderr.add(complaint(mark, 'warning', `${toText(path)}: ${describeErrno(code)}: kept`));
  for (const loss of await reports.close()) stderr.add(complaint(mark, 'error', loss));
}

/** Says at the end how many directories a living CRIU still uses. */
function stillWorking(mark: Mark): Format {
  let kept = 0;
  return (event) => {
    if (event.type === 'item' && event.item.result.outcome === 'kept')
      kept += event.item.result.reasons.some(({ why }) => why === 'in-use') ? 1 : 0;
    if (event.type !== 'summary' || kept === 0) return '';
    const what = kept === 1 ? 'a directory is' : `${kept} directories are`;
    return complaint(
      mark,
      'warning',
      `${what} still in use, and kept: the engine's CRIU goes on; sweep later`,
    );
  };
}

function sweepRequest({ command, appeared, errors, policy, match, uid, inUse }: AfterSweep): SweepRequest {
  const look = { policy, match, mounts: readOwnMounts(), uid };
  const { targets, passesOver } = appeared;
  return {
    ...prepared({
      ...{ ...look, command, targets, errors },
      claims: { isOtherTarget: () => false, passesOver },
      lookForUsers: inUse ? looker(look) : null,
    }),
    ...startClock(),
  };
}
