import { hostname } from 'node:os';
import { describeErrno } from '../../errno.ts';
import type { CommandEnd, Policy } from '../../model.ts';
import type { Output } from '../../output.ts';
import { type Destination, OutputFile } from '../../output-file.ts';
import type { Colors } from '../../report/colors.ts';
import { escapeText } from '../../report/escape.ts';
import type { Format } from '../../report/format.ts';
import { jsonFormat } from '../../report/json.ts';
import { messageFormat } from '../../report/messages.ts';
import type { Mark } from '../../report/severity.ts';
import { textFormat } from '../../report/text.ts';
import { lookForUsers } from '../../sweep/in-use/look-for-users.ts';
import { readOwnMounts } from '../../sweep/mountinfo.ts';
import type { NameMatcher } from '../../sweep/names.ts';
import { type SweepRequest, sweep } from '../../sweep/sweep.ts';
import { UsageError } from '../../usage-error.ts';
import { readTool } from '../../version.ts';
import { drive, type Sink } from '../sweep/drive.ts';
import type { Appeared } from './appeared.ts';

/** All that the sweep after a command is told. */
export interface AfterSweep {
  readonly command: CommandEnd;
  readonly appeared: Appeared;
  readonly policy: Policy;
  readonly match: NameMatcher;
  readonly uid: number;
  readonly inUse: boolean;
  readonly reportTo: Destination | null;
  /** Where our words go. */
  readonly stderr: Output;
  readonly colors: Colors;
  /** What stands before each of our messages. */
  readonly mark: Mark;
  readonly verbose: boolean;
  readonly quiet: boolean;
}

/** Sweeps what a command left, and tells: a line for each directory removed or failed, and the report. */
export async function sweepAfter(request: AfterSweep): Promise<void> {
  const { stderr, colors, mark, verbose, quiet, reportTo } = request;
  const file = reportTo === null ? null : await openReport(reportTo, stderr);
  const removals: Format = quiet ? () => '' : textFormat({ verbose, colors });
  const results: Sink[] = [{ format: removals, output: stderr }];
  if (file !== null) results.push({ format: jsonFormat(readTool()), output: file.output });
  const messages = messageFormat({ verbose, quiet, summary: verbose, terminal: false, colors, mark });
  await drive(sweep(sweepRequest(request)), {
    results,
    messages: { format: messages, output: stderr },
    progress: null,
    exitCode: ({ exitCode }) => exitCode,
  });
  const failure = (await file?.finish()) ?? null;
  if (failure !== null) stderr.add(`criu-sweep: ${reportTo?.named}: ${describeErrno(failure.code)}\n`);
}

/** A report that cannot be written is no reason to leave anything behind. */
async function openReport(reportTo: Destination, stderr: Output): Promise<OutputFile | null> {
  try {
    return await OutputFile.open(reportTo);
  } catch (error) {
    if (!(error instanceof UsageError)) throw error;
    stderr.add(`criu-sweep: ${escapeText(error.message)}\n`);
    return null;
  }
}

function sweepRequest({ command, appeared, policy, match, uid, inUse }: AfterSweep): SweepRequest {
  const mounts = readOwnMounts();
  const startedAt = Date.now();
  const start = performance.now();
  const { targets, passesOver } = appeared;
  const { maxDepth, crossDevice } = policy;
  return {
    command,
    policy,
    targets,
    errors: [],
    scope: { match, excludes: null, maxDepth, crossDevice, mounts, isOtherTarget: () => false, passesOver },
    dryRun: false,
    check: false,
    host: hostname(),
    uid,
    startedAt,
    elapsedMs: () => performance.now() - start,
    lookForUsers: inUse ? () => lookForUsers({ kinds: policy.kinds, match, mounts, uid }) : null,
    maxRemovals: null,
    interrupted: () => null,
  };
}
