import { expect } from 'vitest';
import { run } from '../../support/command.ts';

/** What `schedule` prints, all well. */
export async function schedule(...args: string[]): Promise<string> {
  const { code, out, err } = await run(['schedule', ...args]);
  expect({ code, err }).toEqual({ code: 0, err: '' });
  return out;
}

/** The one line that says why `schedule` refuses; nothing is printed then. */
export async function refusal(...args: string[]): Promise<string> {
  const { code, out, err } = await run(['schedule', ...args]);
  expect({ code, out }).toEqual({ code: 2, out: '' });
  expect(err).toMatch(/^criu-sweep: .*\n$/);
  return err;
}

/** The values of a key in a unit file, in their order. */
export const valuesOf = (unit: string, key: string): string[] =>
  [...unit.matchAll(new RegExp(`^${key}=(.*)$`, 'gm'))].map(([, value]) => value ?? '');
