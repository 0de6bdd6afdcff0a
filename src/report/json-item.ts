import { decode, joinPath } from '../linux/bytes.ts';
import type { Candidate, Facts, Item, Outcome, Reason } from '../model/model.ts';
import { isoTime } from '../model/time.ts';
import { octalMode } from '../sweep/filter.ts';
import { jsonMembers, jsonText } from './escape.ts';
import { pathValues } from './json-values.ts';

/** Printable ASCII but quote and backslash: in JSON it is what it is. */
const PLAIN = /^[\x20\x21\x23-\x5b\x5d-\x7e]*$/;

/**
 * The members of an item's JSON object, without its braces. There may be a million, so they are put together as text,
 * in a tenth of the time that objects and JSON.stringify take.
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

/** A whole number, by a way that does not keep its text in V8's cache of numbers, where a million of them fill the heap. */
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
