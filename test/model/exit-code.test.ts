import { describe, expect, it } from 'vitest';
import { exitCode } from '../../src/model/exit-code.ts';

describe('the exit status', () => {
  it.each([
    [0, { interrupted: null, failures: 0, toRemove: 0 }],
    [1, { interrupted: null, failures: 0, toRemove: 5 }],
    [3, { interrupted: null, failures: 1, toRemove: 0 }],
    [3, { interrupted: null, failures: 1, toRemove: 5 }],
    [3, { interrupted: 'timeout', failures: 0, toRemove: 5 }],
    [130, { interrupted: 'SIGINT', failures: 1, toRemove: 5 }],
    [143, { interrupted: 'SIGTERM', failures: 0, toRemove: 0 }],
    [129, { interrupted: 'SIGHUP', failures: 0, toRemove: 0 }],
  ] as const)('is %d for %j', (expected, ending) => {
    expect(exitCode(ending)).toBe(expected);
  });
});
