import type { Run } from '../../criu/log/criu-run.ts';
import { inspectItem } from '../../inspection/leftovers.ts';
import type { RunIndex } from '../../inspection/run-index.ts';
import { decode } from '../../linux/bytes.ts';
import { isoTime } from '../../model/time.ts';
import { jsonMembers, jsonText } from '../../report/escape.ts';
import type { Format } from '../../report/format.ts';
import { jsonDocument } from '../../report/json-document.ts';
import { itemMembers } from '../../report/json-item.ts';
import { pathValues, SCHEMA_VERSION, type Tool } from '../../report/json-values.ts';

/** The JSON report: the runs, then each item as the dry run comes upon it, with the log of the run that left it. */
export function inspectJsonFormat(tool: Tool, runs: RunIndex): Format {
  return jsonDocument({
    head({ host, startedAt }) {
      const head = { schemaVersion: SCHEMA_VERSION, tool, host, startedAt: isoTime(startedAt) };
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
export function runValues(run: Run): object {
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
  };
}
