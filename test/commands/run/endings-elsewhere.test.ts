import { mkdirSync, readFileSync } from 'node:fs';
import { beforeEach, describe, expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { reportOf } from '../../support/schema.ts';
import { list } from '../../support/tree.ts';
import { how, mkdtemp, plantProgram, startRun, workplace } from '../../support/workplace.ts';
import { inMountNamespace } from '../../support/wrap.ts';

beforeEach((context) => need(context, 'root', 'namespaces'));

/** How the command ends, and the status that it ends with: a shell's script, after it has left something. */
const ENDINGS: readonly (readonly [string, string])[] = [
  ['exit 0', '0'],
  ['exit 1', '1'],
  ['exit 7', '7'],
  ['exit 255', '255'],
  ...['KILL', 'TERM', 'SEGV', 'ABRT', 'PIPE', 'USR1', 'HUP', 'XFSZ'].map(
    (signal) => [`kill -${signal} $$`, `SIG${signal}`] as const,
  ),
];

const USERDATA = '/var/lib/containers/storage/overlay-containers/4711/userdata';

/** Runs a command that another program is called by, with an empty /var/lib that is the workplace's; what is left. */
async function runBy(program: 'podman' | 'sudo', ending: string) {
  const where = workplace();
  mkdirSync(`${where.dir}/lib`);
  const leave = (dir: string) => `mkdir -p ${dir}; ${mkdtemp(dir)}; ${mkdtemp(dir)}`;
  plantProgram(where, 'podman', `${leave(USERDATA)}; ${ending}`);
  plantProgram(where, 'criu-stand-in', `${leave('work')}; ${ending}`);
  plantProgram(where, 'sudo', 'exec "$@"');
  const lines = {
    podman: ['./podman', 'container', 'checkpoint', 'web'],
    sudo: ['./sudo', './criu-stand-in', 'dump', '-t', '7', '-D', 'work'],
  };
  const wrap = inMountNamespace('mount --bind lib /var/lib');
  const ended = await startRun(['--report', 'report', '--', ...lines[program]], where, { wrap }).ended;
  const report = reportOf(readFileSync(`${where.dir}/report`));
  return { ended, report, left: list(where.dir).filter((path) => path.includes('.criu.')) };
}

describe.each([
  'podman',
  'sudo',
] as const)('under %s nothing is left, and the status is the command’s,', (program) => {
  test.each(ENDINGS)('when it ends by %s', async (ending, expected) => {
    const { ended, report, left } = await runBy(program, ending);
    expect(how(ended)).toBe(expected);
    expect(left).toEqual([]);
    expect(report.items.map(({ outcome }) => outcome)).toEqual(['removed', 'removed']);
    expect(ended.out).toBe('');
    expect(ended.err).toMatch(/^(removed \/\S+\/\.criu\.temp-aa-policy\.\w{6}\n){2}$/);
  });
});
