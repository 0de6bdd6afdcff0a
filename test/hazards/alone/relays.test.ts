import { expect, onTestFinished, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { startProgram } from '../../support/command.ts';
import { compile } from '../../support/compile.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { outcomes, sweep } from '../../support/sweep.ts';
import { exists } from '../../support/tree.ts';

const SWEEPS = 5;
/** What makes each list of processes longer to go through. */
const OTHERS = 8;

test('a use that is handed from process to process as fast as can be: kept as in-use, or as unknown', async (context) => {
  need(context, 'root', 'namespaces', 'cc');
  const dir = scratch();
  const path = plantLeftover(dir);
  const name = path.slice(dir.length + 1);
  const others = Array.from({ length: OTHERS }, () => '/');
  const relay = startProgram([
    ...['unshare', '--pid', '--fork', '--kill-child'],
    ...[compile('relay'), path, ...others],
  ]);
  onTestFinished(async () => {
    relay.kill('SIGKILL');
    await relay.ended;
  });
  await relay.printed('stdout', /ready/);
  for (let n = 0; n < SWEEPS; n += 1) {
    const { report, code } = await sweep([dir]);
    expect([exists(dir, name), code]).toEqual([true, 0]);
    expect(outcomes(report, dir)[name]).toMatch(/^kept: (?:in-use|unknown)/);
  }
});
