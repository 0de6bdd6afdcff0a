import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { sample } from '../faults/faults.ts';
import { need } from '../support/abilities.ts';
import { scratch } from '../support/scratch.ts';
import { missed, untrue } from './judge.ts';
import { UNTOUCHED } from './moves.ts';
import { type Stepped, sweepWithScripts } from './step.ts';
import { CHANGES, type Change, FREE, USED, withLook } from './uses.ts';

/** `all` changes after all calls, or how many of them; how many pairs; which ones. */
const COUNT = process.env.CRIU_SWEEP_MOVES ?? '40';
const PAIRS = Number(process.env.CRIU_SWEEP_MOVE_PAIRS ?? '10');
const SEED = Number(process.env.CRIU_SWEEP_MOVES_SEED ?? Date.now() % 1_000_000);

type Plan = readonly (readonly [at: number, name: string, change: Change])[];

/** The number of calls before the look begins, which it does with the locks. */
const callsBefore = ({ calls }: Stepped): number => calls.findIndex(({ path }) => path === '/proc/locks');

/** What is wrong with a sweep during which uses changed like this; nothing where it kept its promises. */
function judge(run: Stepped, plan: Plan): string[] {
  const { before, after, moves } = run;
  const look = callsBefore(run);
  const changes = plan.flatMap(([, , change], n) => (moves[n]?.done ? [{ change, at: moves[n].after }] : []));
  const freed = changes.map(({ change }) => change.frees);
  const begun = changes.some(({ change, at }) => change.begins && (look === -1 || at <= look));
  const stay = [...Object.values(USED).filter((path) => !freed.includes(path)), ...(begun ? [FREE] : [])];
  const lost = stay.filter((path) => before.get(path)?.identity !== after.get(path)?.identity);
  return [...lost.map((path) => `in use, and lost: ${path}`), ...untrue(run), ...missed(run)];
}

function planned(calls: number): Plan[] {
  const singles = Array.from({ length: calls }, (_, n) =>
    Object.entries(CHANGES).map(([name, change]) => [n + 1, name, change] as const),
  ).flat();
  const some = sample(singles, COUNT === 'all' ? singles.length : Number(COUNT), SEED);
  const first = sample(singles, PAIRS, SEED + 1);
  const second = sample(singles, PAIRS, SEED + 2);
  const pairs = first.map((step, n) => [step, second[n] ?? step].toSorted(([a], [b]) => a - b));
  return [...some.map((step) => [step]), ...pairs];
}

test('whatever begins or changes hands between two calls of a look: what was in use when it began, and still is, stays', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  for (const name of ['tree', 'logs']) mkdirSync(`${dir}/${name}`);
  const ground = withLook();
  const sweep = (plan: Plan) =>
    sweepWithScripts(
      `${dir}/tree`,
      `${dir}/logs`,
      plan.map(([at, , { script }]) => [at, script]),
      ground,
    );
  const quiet = await sweep([]);
  expect(judge(quiet, [])).toEqual([]);
  expect([quiet.after.has(UNTOUCHED), quiet.after.has(FREE)]).toEqual([false, false]);
  const reasons = quiet.report.items.flatMap((item) => item.reasons.map(({ why }) => why));
  expect(new Set(reasons)).toEqual(new Set(['in-use', 'locked', 'mounted']));

  const plans = planned(quiet.calls.length);
  console.log(`${plans.length} runs of ${quiet.calls.length} calls, CRIU_SWEEP_MOVES_SEED=${SEED}`);
  const bad: string[] = [];
  const table: Record<string, { runs: number; made: number; stayed: number }> = {};
  for (const plan of plans) {
    const name = plan.length > 1 ? 'pairs' : (plan[0]?.[1] ?? '');
    const row = table[name] ?? { runs: 0, made: 0, stayed: 0 };
    table[name] = row;
    const run = await sweep(plan).catch((error: unknown) => String(error));
    row.runs += 1;
    const told = plan.map(([at, each]) => `after call ${at} ${each}`).join(', ');
    if (typeof run === 'string') {
      bad.push(`${told}: ${run.slice(0, 300)}`);
      continue;
    }
    if (run.moves.length === plan.length && run.moves.every(({ done }) => done)) row.made += 1;
    if (run.after.has(FREE)) row.stayed += 1;
    const wrong = judge(run, plan);
    if (wrong.length > 0) bad.push(`${told}: ${wrong.join('; ')}`);
  }
  console.table(table);
  expect(bad).toEqual([]);
}, 7_200_000);

test('a use that is handed on each time that the look has listed the processes: it stays', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  for (const name of ['tree', 'logs']) mkdirSync(`${dir}/${name}`);
  const ground = withLook();
  const script = CHANGES['cwd: a child takes it over, and the parent ends']?.script ?? '';
  const after: number[] = [];
  let misses = 0;
  for (;;) {
    const run = await sweepWithScripts(
      `${dir}/tree`,
      `${dir}/logs`,
      after.map((at) => [at, script]),
      ground,
    );
    const done = run.moves.filter((move) => move.done).length;
    expect([after.length, run.after.has(USED.cwd)]).toEqual([after.length, true]);
    const enough = done >= Math.min(after.length, LEAST_LISTS);
    // Where time is short the look gives up before it has made another list, and all is kept.
    if (enough && (done < after.length || after.length === MOST_SCRIPTS)) return;
    const next = listings(run)[after.length] ?? 0;
    if (enough && next > (after.at(-1) ?? 0)) after.push(next);
    else {
      // A process that ends sooner or later takes another number of calls: the last script came too late, or too soon.
      misses += 1;
      expect(misses).toBeLessThan(MOST_MISSES);
      after.pop();
    }
  }
});

/** Runs that may go otherwise than those before them. */
const MOST_MISSES = 40;

/** Lists of all processes that a look makes in which each shows a new one, however little time it has. */
const LEAST_LISTS = 6;

/** Scripts that the stepper takes: more than the rounds that a look makes, however little time it has. */
const MOST_SCRIPTS = 8;

/** The numbers of the calls with which each list of all processes ends. */
function listings({ calls }: Stepped): number[] {
  return calls.flatMap(({ name, path }, at) => {
    if (name !== 'openat' || path !== '/proc') return [];
    const length = calls
      .slice(at + 1)
      .findIndex((call) => !/^(?:newfstatat|statx|fstat|getdents64)$/.test(call.name));
    return [at + 1 + length];
  });
}
