import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run, start } from '../../support/command.ts';
import { CHECKS, diagnose, fakeCriu } from '../../support/diagnosis.ts';
import { scratch } from '../../support/scratch.ts';
import { inMountNamespace, quoted } from '../../support/wrap.ts';

const says = (version: string) => `echo Version: ${version}`;
const APPARMOR_ON = 'mount -t tmpfs none /sys/kernel/security; mkdir /sys/kernel/security/apparmor';
const APPARMOR_OFF = 'mount -t tmpfs none /sys/kernel/security';

test.each([
  ['3.15', false, 'ok'],
  ['3.16', true, 'problem'],
  ['3.16.1', true, 'problem'],
  ['3.17', false, 'ok'],
  ['4.2', false, 'ok'],
])('CRIU %s where AppArmor is on: affected %s, %s', async (version, affected, status) => {
  const dir = scratch();
  const { report, of } = await diagnose({
    env: { PATH: fakeCriu(dir, says(version)) },
    wrap: inMountNamespace(APPARMOR_ON),
  });
  expect(report).toMatchObject({ criu: { path: `${dir}/criu`, version, affected }, appArmor: true });
  expect(of('criu').status).toBe(status);
  if (!affected) return;
  expect(of('criu')).toMatchObject({
    message: `CRIU ${version} (${dir}/criu): every dump leaves a directory`,
    advice: 'update to 3.17 or later',
  });
});

test.each([
  ['3.15', false, 'ok'],
  ['3.16', true, 'warning'],
  ['3.16.1', true, 'warning'],
  ['3.17', false, 'ok'],
  ['4.2', false, 'ok'],
])('CRIU %s where AppArmor is off: affected %s all the same, %s', async (version, affected, status) => {
  const { report, of } = await diagnose({
    env: { PATH: fakeCriu(scratch(), says(version)) },
    wrap: inMountNamespace(APPARMOR_OFF),
  });
  expect(report).toMatchObject({ criu: { version, affected }, appArmor: false });
  expect(of('criu').status).toBe(status);
  expect(of('apparmor')).toMatchObject({ status: 'ok', advice: null });
});

test.each([
  ['v3.16.1-5-gabcdef', null, 'warning', 'does not tell'],
  ['v3.16.1', true, 'problem', 'every dump leaves a directory'],
])('a build from git, %s: affected %s, %s', async (gitId, isAffected, status, message) => {
  const script = `printf 'Version: 3.16.1\\nGitID: ${gitId}\\n'`;
  const { report, of } = await diagnose({
    env: { PATH: fakeCriu(scratch(), script) },
    wrap: inMountNamespace(APPARMOR_ON),
  });
  expect(report.criu).toMatchObject({ version: '3.16.1', affected: isAffected });
  expect(of('criu')).toMatchObject({ status, message: expect.stringContaining(message) });
});

const BROKEN = [
  ['hangs', 'sleep 1000', 'did not answer within 5 s'],
  [
    'hangs, and ignores signals',
    "trap '' TERM INT HUP; while :; do sleep 1; done",
    'did not answer within 5 s',
  ],
  ['prints without end', 'yes', "printed no version but 'y"],
  [
    'prints rubbish',
    "printf '\\033[2J\\377Version: soon'; exit 7",
    "printed no version but '\\x1b[2J\\xffVersion: soon' (exit 7)",
  ],
  ['prints nothing', 'exit 0', 'printed nothing'],
  ['dies', 'kill -SEGV $$', 'was killed by SIGSEGV'],
] as const;

test(`a criu is said in a line, and the other checks are made, if it ${BROKEN.map(([how]) => how).join(', or ')}`, async () => {
  const cases = BROKEN.map(async ([, script, why]) => {
    const dir = scratch();
    const { report, of, out, code } = await diagnose({
      env: { PATH: fakeCriu(dir, script) },
      timeoutMs: 60_000,
    });
    expect(report.criu).toEqual({ path: `${dir}/criu`, version: null, affected: null });
    expect(of('criu').status).toBe('unknown');
    expect(of('criu').message).toContain(`${dir}/criu ${why}`);
    expect(report.checks).toHaveLength(CHECKS);
    expect(code).toBe(3);
    expect(out).not.toContain('\x1b');
  });
  await Promise.all(cases);
});

test('what a criu that hangs has started ends with it', async () => {
  const dir = scratch();
  const path = fakeCriu(dir, `sleep 1000 & echo $! > ${quoted(`${dir}/pid`)}; wait`);
  await diagnose({ env: { PATH: path }, timeoutMs: 45_000 });
  const pid = readFileSync(`${dir}/pid`, 'utf8').trim();
  await expect.poll(() => isAlive(pid), { timeout: 20_000 }).toBe(false);
});

test('a signal while a criu hangs ends both, us by that signal', async () => {
  const dir = scratch();
  const env = { PATH: fakeCriu(dir, `echo $$ > ${quoted(`${dir}/pid`)}; exec sleep 1000`) };
  const running = start(['doctor'], { env });
  const pid = () => (existsSync(`${dir}/pid`) ? readFileSync(`${dir}/pid`, 'utf8').trim() : '');
  await expect.poll(pid, { timeout: 20_000 }).toMatch(/^\d+$/);
  running.kill('SIGTERM');
  expect(await running.ended).toMatchObject({ code: null, signal: 'SIGTERM' });
  await expect.poll(() => isAlive(pid()), { timeout: 20_000 }).toBe(false);
});

/** A zombie that nobody has waited for is no more alive. */
function isAlive(pid: string): boolean {
  const status = `/proc/${pid}/status`;
  return existsSync(status) && !/^State:\tZ/m.test(readFileSync(status, 'utf8'));
}

test('a criu that leaves the answer to a child that stays is answered for', async () => {
  const { report } = await diagnose({
    env: { PATH: fakeCriu(scratch(), `${says('4.2')}; sleep 1000 & exit 0`) },
    timeoutMs: 45_000,
  });
  expect(report.criu).toMatchObject({ version: '4.2' });
});

test('a criu that is not executable is said, and the next is taken', async (context) => {
  need(context, 'root');
  const [first, second] = [scratch(), scratch()];
  fakeCriu(first, says('1.0'), 0o644);
  const { report, of } = await diagnose({
    env: { PATH: `${first}:${fakeCriu(second, says('4.2'))}` },
  });
  expect(report.criu).toMatchObject({ path: `${second}/criu`, version: '4.2' });
  expect(of('criu').message).toContain(`${first}/criu is not executable`);
});

test.each([
  ['whose interpreter is missing', '#!/no/such/interpreter\n', 'cannot be run: ENOENT'],
  ['that is no program', '\x7fELF and no more', 'printed nothing (exit '],
])('a criu %s', async (_, content, why) => {
  const dir = scratch();
  writeFileSync(`${dir}/criu`, content, { mode: 0o755 });
  const { of } = await diagnose({ env: { PATH: `${dir}:/usr/bin:/bin` } });
  expect(of('criu')).toMatchObject({ status: 'unknown' });
  expect(of('criu').message).toContain(why);
});

test('where there is no criu that is said, and is no error', async (context) => {
  need(context, 'root', 'namespaces');
  const empty = scratch();
  const wrap = inMountNamespace(
    `for d in /usr/local/sbin /usr/sbin /sbin; do [ -L $d ] || mount --bind ${quoted(empty)} $d; done`,
  );
  const { report, of } = await diagnose({ env: { PATH: `${empty}:/usr/bin:/bin` }, wrap });
  expect(report.criu).toBeNull();
  expect(of('criu')).toMatchObject({ status: 'ok', message: expect.stringContaining('there is no criu') });
});

test('criu is found in the sbin directories where PATH lacks them, and never by a relative path', async (context) => {
  need(context, 'root', 'namespaces');
  const [bin, sbin, cwd] = [scratch(), scratch(), scratch()];
  fakeCriu(sbin, says('3.16'));
  fakeCriu(cwd, says('1.0'));
  const wrap = inMountNamespace(`mount --bind ${quoted(sbin)} /usr/local/sbin; PATH=:.:${quoted(bin)}`);
  const { report } = await diagnose({ wrap, cwd });
  expect(report.criu).toMatchObject({ path: '/usr/local/sbin/criu', version: '3.16' });
});

test('a directory named criu is none', async () => {
  const [first, second] = [scratch(), scratch()];
  mkdirSync(`${first}/criu`);
  const { report } = await diagnose({ env: { PATH: `${first}:${fakeCriu(second, says('4.2'))}` } });
  expect(report.criu?.path).toBe(`${second}/criu`);
});

test('asking criu for its version leaves nothing behind', async () => {
  const dir = scratch();
  fakeCriu(dir, says('4.2'));
  const { err, out } = await run(['doctor', '--color', 'never'], {
    env: { PATH: `${dir}:/usr/bin:/bin` },
    cwd: dir,
  });
  expect(err).toBe('');
  expect(out.split('\n')[0]).toMatch(/^ok {7}CRIU 4\.2 \(.*\) leaves directories only/);
  expect(out.trimEnd().split('\n')).toHaveLength(CHECKS);
  rmSync(`${dir}/criu`);
});
