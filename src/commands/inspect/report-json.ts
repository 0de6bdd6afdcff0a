import { decode } from '../../bytes.ts';
import type { Run } from '../../criu/log/run.ts';
import type { SweepError, TargetReport } from '../../model.ts';
import { jsonText } from '../../report/escape.ts';
import type { Format } from '../../report/json.ts';
import { itemMembers } from '../../report/json-item.ts';
import {
  errorValues,
  pathValues,
  SCHEMA_VERSION,
  summaryValues,
  type Tool,
  targetValues,
} from '../../report/json-values.ts';
import { isoTime } from '../../time.ts';
import { inspectItem } from './leftovers.ts';
import type { RunIndex } from './run-index.ts';

/** The JSON report: the runs, then each item as the dry run comes upon it, with the log of the run that left it. */
export function inspectJsonFormat(tool: Tool, runs: RunIndex): Format {
  const targets: TargetReport[] = [];
  const errors: SweepError[] = [];
  let separator = '\n';
  return (event) => {
    switch (event.type) {
      case 'start': {
        const { host, startedAt } = event.start;
        const head = { schemaVersion: SCHEMA_VERSION, tool, host, startedAt: isoTime(startedAt) };
        const lines = runs.runs.map((run) => jsonText(runValues(run)));
        return `${jsonText(head).slice(0, -1)},"runs":[\n${lines.join(',\n')}\n],"items":[`;
      }
      case 'item': {
        const { run } = inspectItem(event.item, runs);
        const log = run === null ? null : decode(run.log).text;
        const text = `${separator}{${itemMembers(event.item)},"run":${jsonText(log)}}`;
        separator = ',\n';
        return text;
      }
      case 'target':
        targets.push(event.target);
        return '';
      case 'error':
        errors.push(event.error);
        return '';
      case 'summary': {
        const foot = { targets: targets.map(targetValues), errors: errors.map(errorValues) };
        return `\n],${jsonText({ ...foot, ...summaryValues(event.summary) }).slice(1)}\n`;
      }
    }
  };
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
