import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { COMMAND, run, startProgram } from '../../support/command.ts';
import { CHECKS, fakeCriu } from '../../support/diagnosis.ts';
import { scratch } from '../../support/scratch.ts';
import { quoted } from '../../support/wrap.ts';

test('each check is a line that begins with its status, without colour', async () => {
  const { out, err } = await run(['doctor'], { env: { PATH: fakeCriu(scratch(), 'echo Version: 3.16.1') } });
  const lines = out.trimEnd().split('\n');
  expect(lines).toHaveLength(CHECKS);
  for (const line of lines) expect(line).toMatch(/^(ok {7}|warning {2}|problem {2}|unknown {2})\S/);
  expect(lines[0]).toMatch(
    /^(problem|warning) {2}CRIU 3\.16\.1 .* leaves? a directory.*: update to 3\.17 or later/,
  );
  expect(out).not.toContain('\x1b');
  expect(err).toBe('');
});

test('on a terminal it is coloured, and lines are broken to its width', async (context) => {
  need(context, 'script');
  const command = `stty cols 60; exec ${[...COMMAND, 'doctor'].map(quoted).join(' ')}`;
  const argv = ['script', '--quiet', '--return', '--echo=never', '--command', command, '/dev/null'];
  const { out } = await startProgram(argv).ended;
  expect(out).toContain('\x1b[32mok\x1b[39m');
  // biome-ignore lint/complexity/useRegexLiterals: an escape character stands better in a string
  const lines = out.replaceAll(new RegExp('\x1b\\[\\d+m', 'g'), '').split('\r\n');
  expect(lines.filter((line) => line.length > 60 && !line.includes('/tmp/'))).toEqual([]);
  expect(lines.filter((line) => line.startsWith(' '.repeat(9))).length).toBeGreaterThan(0);
});

test('arguments and unknown options are refused', async () => {
  for (const args of [['/tmp'], ['--known']]) {
    const { out, err, code } = await run(['doctor', ...args]);
    expect([out, code, err.trimEnd().split('\n').length]).toEqual(['', 2, 1]);
  }
});

test('a report that cannot be written is exit 3, a reader that has gone is not', async () => {
  const full = await run(['doctor'], { stdout: '/dev/full' });
  expect(full.err).toContain('criu-sweep: stdout: ENOSPC');
  expect(full.code).toBe(3);
  const gone = await startProgram(['bash', '-c', `${COMMAND.map(quoted).join(' ')} doctor | :`]).ended;
  expect(gone.err).toBe('');
});
