import type { Start, SweepError, TargetReport } from '../model/events.ts';
import type { Item } from '../model/model.ts';
import { jsonMembers } from './escape.ts';
import type { Format } from './format.ts';
import { errorValues, summaryValues, targetValues } from './json-values.ts';

/** The parts in which JSON reports differ. Each is the members of an object, without braces. */
export interface Members {
  readonly head: (start: Start) => string;
  readonly item: (item: Item) => string;
}

/** The limits of the errors that are kept until the items end. What is more is only counted. */
const MOST_ERRORS = 10_000;
const MOST_ERROR_CHARACTERS = 16 * 1024 * 1024;

/**
 * The format of a JSON report: one document, written while the sweep goes on. Only targets and errors are
 * kept.
 */
export function jsonDocument({ head, item }: Members): Format {
  const targets: TargetReport[] = [];
  const errors: SweepError[] = [];
  let omitted = 0;
  let characters = 0;
  let separator = '\n';
  return (event) => {
    switch (event.type) {
      case 'start':
        return `{${head(event.start)},"items":[`;
      case 'item': {
        const text = `${separator}{${item(event.item)}}`;
        separator = ',\n';
        return text;
      }
      case 'target':
        targets.push(event.target);
        return '';
      case 'error':
        characters += event.error.path.length;
        if (errors.length < MOST_ERRORS && characters < MOST_ERROR_CHARACTERS) errors.push(event.error);
        else omitted += 1;
        return '';
      case 'summary': {
        const foot = { targets: targets.map(targetValues), errors: errors.map(errorValues) };
        const more = omitted > 0 ? { errorsOmitted: omitted } : {};
        return `\n],${jsonMembers({ ...foot, ...more, ...summaryValues(event.summary) })}}\n`;
      }
    }
  };
}
