import { expect } from 'vitest';
import { type RunOptions, run } from './command.ts';
import { plantLeftover } from './leftovers.ts';
import { scratch } from './scratch.ts';
import { snapshot } from './tree.ts';

/**
 * Expects that a command line is refused as wrong usage: exit 2, nothing on stdout, one line on stderr which matches,
 * and a work directory with a leftover, given as a target as well, is as it was.
 */
export async function expectRefused(
  args: readonly string[],
  says: RegExp,
  options: RunOptions = {},
): Promise<void> {
  const dir = scratch();
  plantLeftover(dir);
  const before = snapshot(dir);
  const { code, out, err } = await run([...args, dir], options);
  expect({ code, out, err }).toEqual({
    code: 2,
    out: '',
    err: expect.stringMatching(/^criu-sweep: [^\n]+\n$/),
  });
  expect(err).toMatch(says);
  expect(err).not.toMatch(/\n\s+at |node:internal/);
  expect(snapshot(dir)).toEqual(before);
}
