import { expect, it } from 'vitest';
import { parseSummary } from './calls.ts';

it('the summary of strace -c is read with and without errors, and without its total', () => {
  const calls = parseSummary(`strace: Process 12 attached
% time     seconds  usecs/call     calls    errors syscall
------ ----------- ----------- --------- --------- ----------------
 61.13    0.004010          40       100        15 unlinkat
 38.87    0.002550           1      2300           newfstatat
------ ----------- ----------- --------- --------- ----------------
100.00    0.006560           2      2400        15 total
`);
  expect([...calls]).toEqual([
    ['unlinkat', 100],
    ['newfstatat', 2300],
  ]);
});
