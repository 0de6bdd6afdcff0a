import type { ImageSet } from '../../criu/images.ts';
import { inspectItem } from '../../inspection/leftovers.ts';
import type { PlacedRun, RunIndex } from '../../inspection/run-index.ts';
import { decode } from '../../linux/bytes.ts';
import { isoTime } from '../../model/time.ts';
import { jsonMembers, jsonText } from '../../report/escape.ts';
import type { Format } from '../../report/format.ts';
import { jsonDocument } from '../../report/json-document.ts';
import { itemMembers } from '../../report/json-item.ts';
import { pathValues, SCHEMA_VERSION, type Tool } from '../../report/json-values.ts';

/** The runs of a report. */
export interface ReportedRuns {
  readonly runs: RunIndex;
  /** Runs that ended earlier are not in the report, in milliseconds since 1970; `null`: all are. */
  readonly sinceMs: number | null;
}

/**
 * The JSON report: the runs, then each item as the dry run comes upon it, with the log of the run that left
 * it.
 */
export function inspectJsonFormat(tool: Tool, { runs, sinceMs }: ReportedRuns): Format {
  return jsonDocument({
    head({ host, startedAt }) {
      const since = sinceMs === null ? {} : { since: isoTime(sinceMs) };
      const head = { schemaVersion: SCHEMA_VERSION, tool, host, startedAt: isoTime(startedAt), ...since };
      const lines = runs.runs.map((run) => jsonText(runValues(run)));
      return `${jsonMembers(head)},"runs":[\n${lines.join(',\n')}\n]`;
    },
    item(item) {
      const { run } = inspectItem(item, runs);
      return `${itemMembers(item)},"run":${jsonText(run === null ? null : decode(run.log).text)}`;
    },
  });
}

/** One run of a report. */
function runValues(run: PlacedRun): object {
  const { path, pathBase64 } = pathValues(run.log);
  const { firstError } = run;
  return {
    log: path,
    ...(pathBase64 === undefined ? {} : { logBase64: pathBase64 }),
    operation: run.operation,
    version: run.version === null ? null : decode(run.version.text).text,
    affected: run.affected,
    outcome: run.outcome,
    firstError:
      firstError === null
        ? null
        : { message: decode(firstError.message).text, source: decode(firstError.source).text },
    startedAt: run.startedAtMs === null ? null : isoTime(run.startedAtMs),
    endedAt: run.endedAtMs === null ? null : isoTime(run.endedAtMs),
    images: run.images === null ? null : imagesValues(run.images),
  };
}

function imagesValues({ files, bytes, oldestMs, newestMs, complete }: ImageSet): object {
  return { files, bytes, oldest: isoTime(oldestMs), newest: isoTime(newestMs), complete };
}
