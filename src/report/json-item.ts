import { decode, joinPath } from '../linux/bytes.ts';
import type { Candidate, Facts, Item, Outcome, Reason } from '../model/model.ts';
import { isoTime } from '../model/time.ts';
import { octalMode } from '../sweep/filter.ts';
import { jsonMembers, jsonText } from './escape.ts';
import { pathValues } from './json-values.ts';

/** Text that JSON writes as it is: printable ASCII without quote and backslash. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * The members of an item's JSON object, without braces. There may be a million items, so the text is put
 * together by hand: objects and JSON.stringify take ten times as long.
 */
export function itemMembers({ candidate, facts, ageMs, result }: Item): string {
  return `${nameMembers(candidate)},${resultMembers(result)},${factsMembers(facts, ageMs)}`;
}

function nameMembers({ parent, name, kind }: Candidate): string {
  const path = joinPath(parent.path, name);
  return PLAIN.test(path)
    ? `"path":"${path}","prefix":"${kind.prefix}"`
    : jsonMembers({ ...pathValues(path), prefix: decode(kind.prefix).text });
}

function resultMembers(result: Outcome): string {
  const outcome = `"outcome":"${result.outcome}"`;
  switch (result.outcome) {
    case 'kept':
      return `${outcome},"reasons":${jsonText(result.reasons.map(reasonValues))}`;
    case 'failed':
      return `${outcome},"reasons":[],"code":${quoted(result.code)},"syscall":${quoted(result.syscall)}`;
    default:
      return `${outcome},"reasons":[]`;
  }
}

function factsMembers(facts: Facts | null, ageMs: number | null): string {
  if (facts === null) return `"uid":null,"mode":null,"mtime":null,"ageMs":${ageMs},"dev":null,"ino":null`;
  const { uid, mode, mtimeMs, dev, ino } = facts;
  return `"uid":${uid},"mode":"${octalMode(mode)}","mtime":"${isoTime(mtimeMs)}","ageMs":${digits(ageMs)},"dev":"${dev}","ino":"${digits(ino)}"`;
}

/**
 * Writes a whole number. `toFixed` avoids V8's cache of number texts: a million of them would fill the heap.
 */
function digits(value: number | bigint | null): string {
  return typeof value === 'number' ? value.toFixed() : `${value}`;
}

function reasonValues(reason: Reason): object {
  switch (reason.why) {
    case 'mounted':
      return { why: reason.why, where: decode(reason.where).text };
    case 'unknown':
      return reason.command === undefined ? reason : { ...reason, command: decode(reason.command).text };
    case 'in-use':
      return { why: reason.why, pid: reason.pid, command: decode(reason.command).text };
    default:
      return reason;
  }
}

function quoted(text: string): string {
  return PLAIN.test(text) ? `"${text}"` : jsonText(text);
}
