import type { SweepEvent } from '../model/events.ts';
import { jsonMembers, jsonText } from './escape.ts';
import type { Format } from './format.ts';
import { jsonDocument } from './json-document.ts';
import { itemMembers } from './json-item.ts';
import { errorValues, startValues, summaryValues, type Tool, targetValues } from './json-values.ts';

/** The format of a sweep's JSON report. */
export function jsonFormat(tool: Tool): Format {
  return jsonDocument({ head: (start) => jsonMembers(startValues(tool, start)), item: itemMembers });
}

/** The format with the same values in lines: each a JSON object with its `type`, the summary last. */
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
