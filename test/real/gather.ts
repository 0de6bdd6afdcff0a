import { availableParallelism } from 'node:os';
import { script as attempts } from './attempts.ts';
import { podmanArguments } from './daemonset.ts';
import { script } from './runs.ts';
import { BELOW } from './runs-below.ts';
import { DIRECT } from './runs-direct.ts';
import { ENGINES } from './runs-engines.ts';
import { type Boot, boot, build } from './vm/machine.ts';

/** The words of the container's sweep; guest/scheduled.sh has the service sweep the same. */
const SCHEDULED = ['--verbose', '/tmp', '/srv/criu', '/srv/container'];

/** Each boot of the machine. They take turns where this one has fewer processors. */
const boots = async (): Promise<Boot[]> => [
  { name: 'leftovers', files: { attempts: attempts() }, seconds: 900 },
  { name: 'run', files: { runs: script('direct', DIRECT) + script('below', BELOW) }, seconds: 900 },
  { name: 'engines', files: { runs: script('engines', ENGINES) }, seconds: 900 },
  {
    name: 'scheduled',
    files: { systemd: '', daemonset: `${(await podmanArguments('/srv/image', SCHEDULED)).join('\n')}\n` },
    seconds: 900,
  },
];

/**
 * Gathers the facts that the tests judge: makes the machine and boots it for each script. With
 * `CRIU_SWEEP_REAL=run,engines` only those boot, with `CRIU_SWEEP_REAL=none` none, and the others' facts of
 * the last time are judged again. A boot that fails is said, and its tests fail for want of facts.
 */
export default async function gather(): Promise<void> {
  const only = process.env.CRIU_SWEEP_REAL?.split(',');
  const waiting = (await boots()).filter(({ name }) => only === undefined || only.includes(name));
  if (waiting.length === 0) return;
  const machine = build();
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) await oneBoot(machine, next);
  };
  await Promise.all(Array.from({ length: availableParallelism() }, work));
}

async function oneBoot(machine: string, which: Boot): Promise<void> {
  const start = performance.now();
  try {
    await boot(machine, which);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
  }
  console.log(`${which.name}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
}
