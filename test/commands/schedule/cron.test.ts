import { mkdirSync, writeFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { CronExpressionParser, CronFileParser } from 'cron-parser';
import { beforeEach, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { COMMAND, program, startProgram } from '../../support/command.ts';
import { plantLeftover } from '../../support/leftovers.ts';
import { scratch } from '../../support/scratch.ts';
import { list } from '../../support/tree.ts';
import { after, quoted } from '../../support/wrap.ts';
import { refusal, schedule } from './printed.ts';

beforeEach((context) => need(context, 'root'));

const jobOf = (crontab: string): string => crontab.trimEnd().split('\n').at(-1) ?? '';

test('a crontab has variables and one job, for root, and ends its line', async () => {
  const crontab = await schedule('cron', '--', '/var/lib/criu');
  expect(jobOf(crontab)).toBe(`17 * * * * root ${COMMAND.join(' ')} -q /var/lib/criu`);
  expect(crontab.endsWith('\n')).toBe(true);
  const path = `${scratch()}/criu-sweep`;
  writeFileSync(path, crontab);
  const parsed = CronFileParser.parseFileSync(path);
  expect(Object.keys(parsed.variables)).toEqual(['SHELL', 'PATH', 'MAILTO']);
  expect(parsed.expressions).toHaveLength(1);
  expect(parsed.errors).toEqual({});
});

test.for([
  '1m',
  '5m',
  '30m',
  '1h',
  '6h',
  '12h',
  '1d',
  '1w',
])('cron itself takes the job for %s', async (every, context) => {
  need(context, 'cron');
  const crontab = await schedule('cron', '--every', every, '--', '/var/lib/criu', "/srv/it's 100%");
  CronExpressionParser.parse(jobOf(crontab).split(' root ')[0] ?? '');
  // A user's crontab has no column for the user; else it is the same (crontab(5)).
  const path = `${scratch()}/crontab`;
  writeFileSync(path, crontab.replace(' root ', ' '));
  await program(['crontab', '-n', path]);
  writeFileSync(path, crontab.replace(/^\S+ /gm, '61 '));
  await expect(program(['crontab', '-n', path])).rejects.toThrow();
});

test('a job is quiet, unless it was told otherwise', async () => {
  expect(jobOf(await schedule('cron', '--', '-q', '/tmp'))).toContain('criu-sweep.js -q /tmp');
  expect(jobOf(await schedule('cron', '--', '-v', '/tmp'))).toContain('criu-sweep.js -v /tmp');
});

test('what cron cannot say is refused', async () => {
  expect(await refusal('cron', '--every', '90m', '--', '/tmp')).toContain('write 1h or 2h');
  expect(await refusal('cron', '--', '/srv/a\nb')).toContain('cannot say a line break');
  const many = Array.from({ length: 40 }, (_, at) => `/srv/a-long-name-of-a-directory-${at}`);
  expect(await refusal('cron', '--', ...many)).toContain('cron takes 998');
});

test('cron runs the job, whatever characters are in it', { timeout: 120_000 }, async (context) => {
  need(context, 'cron', 'namespaces');
  const dir = scratch();
  const odd = `${dir}/o%d \\%\\\\ 'x' "y" $HOME \`id\` ü%`;
  mkdirSync(odd);
  plantLeftover(odd);
  const crontab = await schedule('cron', '--every', '1m', '--', '--report', `${dir}/report.json`, odd);
  writeFileSync(`${dir}/crontab`, crontab);
  const host = `set -e
mount --make-rprivate /
for own in /run /etc/cron.d /var/spool/cron; do mount -t tmpfs -o mode=0755 none $own; done
mount --bind /dev/null /etc/crontab
mkdir /var/spool/cron/crontabs
cp ${quoted(`${dir}/crontab`)} /etc/cron.d/criu-sweep`;
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc', '--'];
  const cron = startProgram(['cron', '-f'], { wrap: [...namespaces, ...after(host)], timeoutMs: 110_000 });
  const ended = cron.ended.then(({ out, err }) => `cron ended: ${out}${err}`);
  for (let tries = 0; !list(dir).includes('report.json'); tries += 1) {
    const failed = await Promise.race([ended, sleep(250, null)]);
    if (failed !== null || tries > 400) throw new Error(failed ?? 'cron did not run the job');
  }
  cron.kill('SIGKILL');
  await cron.ended;
  expect(list(odd)).toEqual([]);
});
