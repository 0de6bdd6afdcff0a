import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program, run } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';

const RULES = `${PACKAGE}examples/criu-sweep.rules.yml`;

beforeEach((context) => need(context, 'promtool'));

test('promtool takes the alert rules', async () => {
  expect((await program(['promtool', 'check', 'rules', RULES])).out).toContain('SUCCESS: 4 rules found');
});

test('they fire when sweeps stop, fail, keep more and more or always find something, and not when all is well', async () => {
  await program(['promtool', 'test', 'rules', 'rules.yml'], { cwd: `${PACKAGE}test/examples` });
});

test('each names the runbook, at the address of the repository, where there is one', async () => {
  const { repository } = (await import('../../package.json', { with: { type: 'json' } })).default;
  const address = repository.url.replace(/^git\+|\.git$/g, '');
  const rules = readFileSync(RULES, 'utf8');
  const urls = [...rules.matchAll(/^ +runbook_url: (\S+)$/gm)].map(([, url]) => url);
  expect(urls).toHaveLength([...rules.matchAll(/- alert:/g)].length);
  expect(new Set(urls)).toEqual(new Set([`${address}/blob/main/docs/recipes.md#runbook`]));
  expect(readFileSync(`${PACKAGE}docs/recipes.md`, 'utf8')).toContain('\n## Runbook\n');
});

test('each metric they speak of is one that a sweep writes', async () => {
  const dir = scratch();
  await run(['--metrics', `${dir}/x.prom`, '-n', dir]);
  const written = readFileSync(`${dir}/x.prom`, 'utf8');
  const named = [...readFileSync(RULES, 'utf8').matchAll(/\bcriu_sweep_\w+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(written).toContain(`# TYPE ${name} gauge\n`);
});
