import { expect, test } from 'vitest';
import { CATALOGUE } from '../../../src/criu/catalogue.ts';
import { KNOWN_WORK_DIRS } from '../../../src/criu/work-dirs.ts';
import { need } from '../../support/abilities.ts';
import { run, startProgram } from '../../support/command.ts';
import { onEmptyHost } from '../../support/empty-host.ts';
import { schemaOf } from '../../support/inspection.ts';
import { asUser, onTerminal } from '../../support/wrap.ts';

interface Catalogue {
  readonly kinds: readonly { readonly prefix: string; readonly modes: readonly string[] | null }[];
  readonly directories: readonly {
    readonly path: string;
    readonly callers: readonly string[];
    readonly source: string | null;
    readonly found: number;
  }[];
  readonly chosenByUsers: readonly object[];
}

const checked = schemaOf<Catalogue>('catalogue');
const PODMAN = '/var/lib/containers/storage/overlay-containers';
const moves = (file: string, text: string) => `mkdir -p $(dirname ${file}); printf '%s' '${text}' > ${file}`;

async function catalogue(wrap: string[], env: Record<string, string> = {}) {
  const ended = await run(['catalogue', '--json'], { wrap, env });
  const document = checked(JSON.parse(ended.out));
  const found = document.directories.filter((each) => each.found > 0).map((each) => [each.path, each.found]);
  return { ...ended, document, found };
}

test('has every kind and every known directory, and says which exist here', async (context) => {
  need(context, 'root', 'namespaces');
  const wrap = onEmptyHost([`mkdir -p ${PODMAN}/a/userdata ${PODMAN}/b/userdata ${PODMAN}/c`]);
  const { code, err, document, found } = await catalogue(wrap);
  expect([code, err]).toEqual([0, '']);
  expect(document.kinds.map(({ prefix }) => prefix)).toEqual(CATALOGUE.map(({ prefix }) => prefix));
  expect(document.kinds.find(({ prefix }) => prefix === '.criu.mntns.')?.modes).toEqual(['0777', '0700']);
  const targets = KNOWN_WORK_DIRS.flatMap(({ target }) => target ?? []);
  expect(document.directories.map(({ path }) => path)).toEqual(targets);
  expect(document.chosenByUsers.length).toBe(KNOWN_WORK_DIRS.length - targets.length);
  expect(found).toEqual([
    ['/var/lib/containers/storage/*-containers/*/userdata', 2],
    ['/tmp', 1],
  ]);
});

test('has the roots that this host moves, and says which configuration cannot be read', async (context) => {
  need(context, 'root', 'namespaces');
  const root = 'root = "/var/lib/moved"';
  const wrap = onEmptyHost(
    [
      moves('/etc/containerd/config.toml', root),
      moves('/etc/docker/daemon.json', '{'),
      'mkdir -p /var/lib/moved/io.containerd.runtime.v2.task',
    ],
    ['/etc/docker', '/etc/containerd'],
  );
  const { code, err, document, found } = await catalogue(wrap);
  expect(found).toEqual([
    ['/tmp', 1],
    ['/var/lib/moved/io.containerd.runtime.v2.task', 1],
  ]);
  expect(document.directories.find(({ path }) => path.startsWith('/var/lib/moved'))).toMatchObject({
    callers: ['containerd'],
    source: null,
  });
  expect([code, err]).toEqual([3, expect.stringMatching(/^criu-sweep: \/etc\/docker\/daemon\.json: .*\n$/)]);
});

test('of a user who is not root, what is closed to him is not found, and his own is', async (context) => {
  need(context, 'root', 'namespaces', 'setpriv');
  const own = '/tmp/home/.local/share/containers';
  const wrap = [
    ...onEmptyHost([`mkdir -p ${PODMAN}/a/userdata ${own}`, 'chmod 0700 /var/lib/containers']),
    ...asUser(65534),
  ];
  const { code, err, found } = await catalogue(wrap, { HOME: '/tmp/home' });
  expect([code, err, found]).toEqual([
    0,
    '',
    [
      ['/tmp', 1],
      [own, 1],
    ],
  ]);
});

test('the text names all of them, within 80 columns but for paths', async (context) => {
  need(context, 'root', 'namespaces', 'script');
  const [stty, ...rest] = onTerminal(['catalogue', '--color', 'never']);
  const argv = [stty ?? '', ...rest].map((word) => word.replace(/^exec /, 'stty cols 80; exec '));
  const { out } = await startProgram([...onEmptyHost([]), ...argv]).ended;
  for (const { prefix } of CATALOGUE) expect(out).toContain(`  ${prefix}XXXXXX\r\n`);
  for (const { target } of KNOWN_WORK_DIRS) if (target !== null) expect(out).toContain(`    ${target}`);
  const long = out.split('\r\n').filter((line) => line.length > 80);
  expect(long.filter((line) => !/^ {4}\/\S+(; without|;)?$/.test(line))).toEqual([]);
});

test('in a pipe its lines are whole, and colours are asked for', async () => {
  const { out, code } = await run(['catalogue']);
  expect(code).toBe(0);
  expect(out).not.toContain('\x1b');
  expect(out).toContain('    by dump, pre-dump (where AppArmor is on); v3.16 and later; v3.16');
  expect((await run(['catalogue', '--color', 'always'])).out).toContain('\x1b[1m');
});

test('a report that cannot be written is exit 3; arguments are refused', async () => {
  const full = await run(['catalogue'], { stdout: '/dev/full' });
  expect([full.code, full.err]).toEqual([3, expect.stringContaining('stdout: ENOSPC')]);
  for (const args of [['/tmp'], ['--known']]) {
    const { out, err, code } = await run(['catalogue', ...args]);
    expect([out, code, err.trimEnd().split('\n').length]).toEqual(['', 2, 1]);
  }
});
