import { describe, expect, test } from 'vitest';
import type { ReportItem } from '../support/schema.ts';
import { factsOf, foundOf, prefixOf, whyKept } from './facts.ts';
import { type Around, cellOf } from './runs.ts';
import { BELOW } from './runs-below.ts';
import { DIRECT } from './runs-direct.ts';
import { ENGINES } from './runs-engines.ts';

describe('run around CRIU', () => hold('run', 'direct', DIRECT));
describe('run around CRIU below other programs', () => hold('run', 'below', BELOW));
describe('run around runtimes', () => hold('engines', 'engines', ENGINES));

/** Each of the list ended as it should, and what it left has gone. */
function hold(boot: string, list: string, all: readonly Around[]): void {
  const facts = factsOf(boot);
  all.forEach(({ name, status, removed = [], kept = [] }, at) => {
    const cell = cellOf(list, at);
    test(name, () => {
      const report = facts.runReport(cell);
      const { code, err } = facts.kept(cell);
      expect({ code, said: err.match(/^removed /gm)?.length ?? 0 }, err).toEqual({
        code: status,
        said: removed.length,
      });
      expect(report.items.filter(isRemoved).map(({ path }) => prefixOf(path))).toEqual(removed);
      const others = report.items.filter((item) => !isRemoved(item));
      expect(others.map((item) => [prefixOf(item.path), whyKept(item)])).toEqual(kept);
      expect(facts.lines(`${cell}.left`).map((line) => prefixOf(foundOf(line).path))).toEqual(
        kept.map(([of]) => of),
      );
      expect(facts.lines(`${cell}.gone`)).toEqual([]);
    });
  });
}

const isRemoved = ({ outcome }: ReportItem): boolean => outcome === 'removed';
