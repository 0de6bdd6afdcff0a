import { readFileSync } from 'node:fs';
import { beforeEach, expect, inject, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program } from '../support/command.ts';
import { debianRoot } from '../support/debian-root.ts';
import { plantLeftover } from '../support/leftovers.ts';

beforeEach((context) => need(context, 'root', 'rpmbuild', 'strip'));

const [script = '', executable = ''] = inject('packed').rpms;

test('installed, used, and erased, and nothing is left', async (context) => {
  need(context, 'namespaces', 'debootstrap');
  const root = debianRoot();
  // Debian's packages bring what rpm's database knows nothing of.
  const rpm = ['rpm', '--root', root.path];
  await program([...rpm, '--initdb']);
  const before = root.paths();
  await program([...rpm, '--install', '--nodeps', executable], { timeoutMs: 200_000 });
  await program([...rpm, '--verify', '--nodeps', 'criu-sweep']);
  const leftover = plantLeftover(`${root.path}/srv`).slice(root.path.length);
  expect(await root.sh('criu-sweep /srv')).toBe(`removed ${leftover}\n`);
  expect(await root.sh('criu-sweep schedule cron -- /srv')).toContain(' root /usr/bin/criu-sweep -q /srv\n');
  const verified = await root.run('systemd-analyze', 'verify', '/usr/lib/systemd/system/criu-sweep.timer');
  expect(verified).toMatchObject({ code: 0, out: '', err: '' });
  expect((await root.run('systemctl', 'is-enabled', 'criu-sweep.timer')).out).toBe('disabled\n');
  await program([...rpm, '--erase', 'criu-sweep']);
  // That directory is the distribution's own where rpm is at home: of its package `filesystem`.
  expect([...root.paths()].filter((path) => !before.has(path))).toEqual(['usr/share/licenses']);
});

test('the script needs a Node of 18 or later, the executable its libraries and no newer glibc than 2.28', async () => {
  const requires = async (path: string) =>
    (await program(['rpm', '-qp', '--requires', path])).out.split('\n');
  expect(await requires(script)).toContain('nodejs >= 18');
  const needed = await requires(executable);
  expect(needed).toContain('libc.so.6(GLIBC_2.28)(64bit)');
  expect(needed.filter((each) => each.includes('node'))).toEqual([]);
  expect(needed.filter((each) => /GLIBC_2\.(29|[3-9]\d)/.test(each))).toEqual([]);
});

test('the cron table is kept as the administrator has it', async () => {
  for (const path of [script, executable])
    expect((await program(['rpm', '-qp', '--configfiles', path])).out).toBe('/etc/cron.d/criu-sweep\n');
});

test('rpmlint has nothing against it but what is left out with a reason', async (context) => {
  need(context, 'rpmlint');
  const config = `${PACKAGE}packaging/rpmlint.toml`;
  const { out } = await program(['rpmlint', '--config', config, '--strict', script, executable], {
    timeoutMs: 280_000,
  });
  expect(out).toMatch(/ 0 errors, 0 warnings,/);
  const filters = readFileSync(config, 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('    "'));
  expect(filters.length).toBeGreaterThan(0);
});
