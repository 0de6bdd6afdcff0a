import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { beforeEach, expect, inject, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { PACKAGE, program } from '../support/command.ts';
import { type DebianRoot, debianRoot } from '../support/debian-root.ts';
import { leftoverName, plantLeftover } from '../support/leftovers.ts';

beforeEach((context) => need(context, 'root', 'namespaces', 'debootstrap', 'dpkg-deb', 'strip'));

const [scriptDeb = '', executableDeb = ''] = inject('packed').debs;
const CRON = '/etc/cron.d/criu-sweep';

/** Puts a .deb into a root and returns its path there. */
async function bring(root: DebianRoot, deb: string): Promise<string> {
  await program(['cp', deb, `${root.path}/root/`]);
  return `/root/${deb.replace(/.*\//, '')}`;
}

/** What was added and what is missing since. */
function changes(
  before: ReadonlySet<string>,
  after: ReadonlySet<string>,
): { added: string[]; gone: string[] } {
  return {
    added: [...after].filter((path) => !before.has(path)),
    gone: [...before].filter((path) => !after.has(path)),
  };
}

/** The command of the packaged cron table, as cron would have a shell run it. */
function cronCommand(root: DebianRoot): string {
  const line = readFileSync(`${root.path}${CRON}`, 'utf8').trimEnd().split('\n').at(-1) ?? '';
  return line.replace(/^\S+ \S+ \S+ \S+ \S+ root /, '');
}

test('on a Debian without Node: installed, used, removed, purged, and nothing is left', async () => {
  const root = debianRoot();
  const deb = await bring(root, executableDeb);
  const before = root.paths();
  await root.sh(`dpkg -i ${deb}`);
  expect((await root.run('sh', '-c', 'command -v node nodejs')).out).toBe('');
  await useThere(root);
  await expectNothingEnabled(root);
  await root.sh('dpkg -r criu-sweep');
  const kept = [
    'etc/cron.d/criu-sweep',
    'var/lib/systemd/deb-systemd-helper-enabled/criu-sweep.timer.dsh-also',
  ];
  expect(changes(before, root.paths()).added.toSorted()).toEqual(kept);
  expect(await root.sh(cronCommand(root))).toBe('');
  await root.sh('dpkg -P criu-sweep');
  expect(changes(before, root.paths())).toEqual({ added: [], gone: [] });
});

/** A sweep, `run`, `inspect`, `doctor` and `schedule`, as an administrator calls them; leaves nothing there. */
async function useThere(root: DebianRoot): Promise<void> {
  const work = `${root.path}/srv/criu`;
  mkdirSync(work);
  const leftover = plantLeftover(work).slice(root.path.length);
  expect(await root.sh('criu-sweep inspect /srv/criu')).toContain(leftover.replace(/.*\//, ''));
  expect(await root.sh('criu-sweep --dry-run /srv/criu')).toBe(`would remove ${leftover}\n`);
  expect(await root.sh('criu-sweep /srv/criu')).toBe(`removed ${leftover}\n`);
  const made = `/srv/criu/${leftoverName('crtools-sys.')}`;
  await root.sh(`criu-sweep run --work-dir /srv/criu -- mkdir -m 700 ${made}`);
  expect(readdirSync(work)).toEqual([]);
  const doctor = await root.run('criu-sweep', 'doctor');
  expect([0, 1, 3]).toContain(doctor.code);
  expect(doctor.out).toContain('CRIU');
  await root.sh(`
    criu-sweep schedule systemd --output-dir /etc/systemd/system -- /srv/criu
    grep -qx 'ExecStart=/usr/bin/criu-sweep /srv/criu' /etc/systemd/system/criu-sweep.service
    systemd-analyze verify /etc/systemd/system/criu-sweep.service /etc/systemd/system/criu-sweep.timer
    rm /etc/systemd/system/criu-sweep.*
    criu-sweep schedule cron -- /srv/criu | grep -q ' root /usr/bin/criu-sweep -q /srv/criu$'
    rmdir /srv/criu`);
}

/** Units are there, right, and start by nobody's doing. */
async function expectNothingEnabled(root: DebianRoot): Promise<void> {
  const units = '/usr/lib/systemd/system/criu-sweep';
  const verified = await root.run('systemd-analyze', 'verify', `${units}.service`, `${units}.timer`);
  expect(verified).toMatchObject({ code: 0, out: '', err: '' });
  expect(await root.sh(`grep ^ExecStart= ${units}.service`)).toBe('ExecStart=/usr/bin/criu-sweep --known\n');
  expect((await root.run('systemctl', 'is-enabled', 'criu-sweep.timer')).out).toBe('disabled\n');
  expect(await root.sh('find /etc/systemd -name "*criu*"')).toBe('');
}

test('the cron table sweeps where systemd does not run, and does nothing where it does', async () => {
  const root = debianRoot();
  await root.sh(`dpkg -i ${await bring(root, executableDeb)}`);
  const job = cronCommand(root);
  const leftover = plantLeftover(`${root.path}/tmp`);
  expect(await root.sh(`mkdir -p /run/systemd/system; ${job}`)).toBe('');
  expect(existsSync(leftover)).toBe(true);
  await root.sh(job);
  expect(existsSync(leftover)).toBe(false);
});

test('an upgrade keeps what the administrator enabled and edited; a purge takes that away too', async () => {
  const root = debianRoot();
  const older = await bring(root, inject('packed').olderDeb);
  const newer = await bring(root, executableDeb);
  const before = root.paths();
  await root.sh(`dpkg -i ${older} && systemctl enable criu-sweep.timer`);
  appendFileSync(`${root.path}${CRON}`, '# edited\n');
  await root.sh(`dpkg -i ${newer}`);
  expect(await root.sh('dpkg -s criu-sweep | grep ^Version:')).not.toContain('0.0.1');
  expect((await root.run('systemctl', 'is-enabled', 'criu-sweep.timer')).out).toBe('enabled\n');
  expect(readFileSync(`${root.path}${CRON}`, 'utf8')).toContain('# edited');
  await root.sh('mkdir -p /var/lib/systemd/timers && touch /var/lib/systemd/timers/stamp-criu-sweep.timer');
  await root.sh('dpkg -P criu-sweep && rmdir --ignore-fail-on-non-empty /var/lib/systemd/timers');
  const { added, gone } = changes(before, root.paths());
  const directories = [
    'etc/systemd/system/timers.target.wants',
    'var/lib/systemd/deb-systemd-helper-enabled',
  ];
  expect(added.filter((path) => !directories.some((each) => path.startsWith(each)))).toEqual([]);
  expect(added.filter((path) => path.includes('criu'))).toEqual([]);
  expect(gone).toEqual([]);
});

test("the script's package brings Debian's own Node along, and gives way to the executable's", async () => {
  const root = debianRoot();
  const deb = await bring(root, scriptDeb);
  await root.sh(`apt-get update -q >/dev/null && apt-get install -q -y --no-install-recommends ${deb}`);
  expect(Number.parseInt((await root.sh('node --version')).slice(1), 10)).toBeGreaterThanOrEqual(18);
  await useThere(root);
  await expectNothingEnabled(root);
  await root.sh(`dpkg -i ${await bring(root, executableDeb)}`);
  expect((await root.sh('criu-sweep --version')).trim()).toMatch(/^\d/);
  expect(existsSync(`${root.path}/usr/share/criu-sweep`)).toBe(false);
  await root.sh('dpkg -P criu-sweep');
  expect(
    [...root.paths()].filter((path) => path.includes('criu-sweep') && !path.startsWith('root/')),
  ).toEqual([]);
});

test('in it: man page, completions where each shell looks, alert rules, licences', async () => {
  for (const deb of [scriptDeb, executableDeb]) {
    const { out } = await program(['dpkg-deb', '--contents', deb]);
    for (const path of [
      '/usr/share/man/man8/criu-sweep.8.gz',
      '/usr/share/bash-completion/completions/criu-sweep',
      '/usr/share/zsh/vendor-completions/_criu-sweep',
      '/usr/share/fish/vendor_completions.d/criu-sweep.fish',
      '/usr/share/doc/criu-sweep/examples/criu-sweep.rules.yml',
      '/usr/share/doc/criu-sweep/copyright',
      '/usr/share/doc/criu-sweep/changelog.gz',
    ])
      expect(out).toMatch(new RegExp(`^-rw-r--r-- root/root .* \\.${path}$`, 'm'));
    expect(
      out
        .trim()
        .split('\n')
        .filter((line) => !line.includes(' root/root ')),
    ).toEqual([]);
  }
});

test('lintian has nothing against it but what is overridden with a reason', async (context) => {
  need(context, 'lintian');
  const fail = ['--allow-root', '--fail-on', 'error,warning'];
  const { out } = await program(['lintian', ...fail, scriptDeb, executableDeb], { timeoutMs: 590_000 });
  expect(out.split('\n').filter((line) => /^[EW]:/.test(line))).toEqual([]);
  for (const part of ['both', 'executable']) {
    const overrides = readFileSync(`${PACKAGE}packaging/debian/overrides-${part}`, 'utf8');
    expect(overrides).toMatch(/^(?:(?:# .+\n)+(?:criu-sweep: .+\n)+)+$/);
  }
});

test('the libraries that it depends on are those that it needs', async () => {
  const objects = (await program(['objdump', '-p', inject('packed').executable])).out;
  const needed = [...objects.matchAll(/NEEDED +(\S+)/g)].map(([, name]) => name);
  const ofGlibc = ['libdl.so.2', 'libm.so.6', 'libpthread.so.0', 'libc.so.6', 'ld-linux-x86-64.so.2'];
  expect(needed.filter((name) => !ofGlibc.includes(name ?? '')).toSorted()).toEqual([
    'libgcc_s.so.1',
    'libstdc++.so.6',
  ]);
  const { out } = await program(['dpkg-deb', '--field', executableDeb, 'Depends']);
  expect(out).toBe('libc6 (>= 2.28), libgcc-s1 (>= 3.4), libstdc++6 (>= 6)\n');
});
