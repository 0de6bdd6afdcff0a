import { readFileSync } from 'node:fs';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program, run } from '../support/command.ts';
import { scratch } from '../support/scratch.ts';

const RULES = `${PACKAGE}examples/criu-sweep.rules.yml`;

beforeEach((context) => need(context, 'promtool'));

test('promtool takes the alert rules', async () => {
  expect((await program(['promtool', 'check', 'rules', RULES])).out).toContain('SUCCESS: 3 rules found');
});

test('they fire when sweeps stop, fail or keep more and more, and not when all is well', async () => {
  await program(['promtool', 'test', 'rules', 'rules.yml'], { cwd: `${PACKAGE}test/examples` });
});

test('each metric they speak of is one that a sweep writes', async () => {
  const dir = scratch();
  await run(['--metrics', `${dir}/x.prom`, '-n', dir]);
  const written = readFileSync(`${dir}/x.prom`, 'utf8');
  const named = [...readFileSync(RULES, 'utf8').matchAll(/\bcriu_sweep_\w+/g)].map(([name]) => name);
  expect(named.length).toBeGreaterThan(0);
  for (const name of named) expect(written).toContain(`# TYPE ${name} gauge\n`);
});
