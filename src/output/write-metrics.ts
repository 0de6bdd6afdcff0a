import { assertErrno } from '../linux/errno.ts';
import type { Summary } from '../model/events.ts';
import { EXIT } from '../model/exit-code.ts';
import { readTool } from '../package/tool.ts';
import { lastSuccessIn, metricsText } from '../report/prometheus.ts';
import { type Destination, openPlace } from './destination.ts';
import { NotFollowed } from './locate.ts';
import { failureText, lossText } from './loss.ts';
import type { Stopped } from './output.ts';
import { OutputFile } from './output-file.ts';
import { readHead } from './read-head.ts';

/** The mode of the file: node_exporter runs as another user and must be able to read it. */
const METRICS_MODE = 0o644;

/** The part of an older metrics file that is read, in bytes. Ours have some 3 KiB. */
const MOST_METRICS = 64 * 1024;

/** Writes the metrics of a finished sweep, whose exit status is final. @returns why that failed, or `null` */
export async function writeMetrics(
  destination: Destination,
  summary: Summary,
  stopped: Stopped,
): Promise<string | null> {
  const succeeded = summary.exitCode === EXIT.done || summary.exitCode === EXIT.somethingToRemove;
  const lastSuccess = succeeded ? 0 : lastSuccessOf(destination);
  const text = await metricsText({ version: readTool().version, summary, succeeded, lastSuccess });
  try {
    const file = await OutputFile.open(destination, { mode: METRICS_MODE, stopped });
    file.output.add(text);
    const failure = await file.finish();
    return failure === null ? null : failureText(destination, failure.code);
  } catch (error) {
    return lossText(destination, error);
  }
}

/** The time of the last success that the file tells, in seconds since 1970; 0 if it tells none. */
function lastSuccessOf(destination: Destination): number {
  if (destination.kind !== 'path') return 0;
  try {
    const place = openPlace(destination.path);
    try {
      return lastSuccessIn(readHead(place, MOST_METRICS));
    } finally {
      place.directory.close();
    }
  } catch (error) {
    // Any errno: the last success is not known. The metrics say "never" then, so that an alert is raised.
    if (!(error instanceof NotFollowed)) assertErrno(error);
    return 0;
  }
}
