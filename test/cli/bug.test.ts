import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { run } from '../support/command.ts';
import { plantLeftover } from '../support/leftovers.ts';
import { scratch } from '../support/scratch.ts';
import { exists } from '../support/tree.ts';

test('an error that nobody foresaw: exit 70, with its stack, and what is in its text is escaped', async () => {
  const dir = scratch();
  const path = plantLeftover(dir);
  writeFileSync(`${dir}/bug.cjs`, "process.hrtime = () => { throw new TypeError('no \\x1b[2Jclock'); };");
  const { code, out, err } = await run(['--no-in-use', '--every', '1h', dir], {
    env: { NODE_OPTIONS: `--require=${dir}/bug.cjs` },
  });
  expect({ code, out }).toEqual({ code: 70, out: '' });
  expect(err).toMatch(
    /^criu-sweep: this is a bug in criu-sweep, please report it:\nTypeError: no \\x1b\[2Jclock\n +at /,
  );
  expect(exists(path, '')).toBe(true);
});
