import type { SweepError, SweepEvent, TargetReport } from '../model.ts';
import { jsonText } from './escape.ts';
import { itemMembers } from './json-item.ts';
import { errorValues, startValues, summaryValues, type Tool, targetValues } from './json-values.ts';

/** Turns the events of a sweep, one by one, into the text of a report. */
export type Format = (event: SweepEvent) => string;

/** More errors than this are counted, not kept: they wait for the end of the items. */
const MOST_ERRORS = 10_000;

/** The JSON report: one document, written as the sweep goes on. Items are not kept; targets and errors are few. */
export function jsonFormat(tool: Tool): Format {
  const targets: TargetReport[] = [];
  const errors: SweepError[] = [];
  let omitted = 0;
  let separator = '\n';
  return (event) => {
    switch (event.type) {
      case 'start':
        return `${jsonText(startValues(tool, event.start)).slice(0, -1)},"items":[`;
      case 'item': {
        const text = `${separator}{${itemMembers(event.item)}}`;
        separator = ',\n';
        return text;
      }
      case 'target':
        targets.push(event.target);
        return '';
      case 'error':
        if (errors.length < MOST_ERRORS) errors.push(event.error);
        else omitted += 1;
        return '';
      case 'summary': {
        const foot = { targets: targets.map(targetValues), errors: errors.map(errorValues) };
        const more = omitted > 0 ? { errorsOmitted: omitted } : {};
        return `\n],${jsonText({ ...foot, ...more, ...summaryValues(event.summary) }).slice(1)}\n`;
      }
    }
  };
}

/** The same values as lines, each a JSON object with its `type`; the summary is the last. */
export function ndjsonFormat(tool: Tool): Format {
  return (event) =>
    event.type === 'item'
      ? `{"type":"item",${itemMembers(event.item)}}\n`
      : `${jsonText({ type: event.type, ...valuesOf(event, tool) })}\n`;
}

function valuesOf(event: Exclude<SweepEvent, { type: 'item' }>, tool: Tool): object {
  switch (event.type) {
    case 'start':
      return startValues(tool, event.start);
    case 'target':
      return targetValues(event.target);
    case 'error':
      return errorValues(event.error);
    case 'summary':
      return summaryValues(event.summary);
  }
}
