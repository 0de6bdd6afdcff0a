import { ATTEMPTS } from './attempts.ts';
import { factsOf, foundOf, prefixOf, whyKept } from './facts.ts';
import { PHASES } from './left.ts';
import { type Around, cellOf } from './runs.ts';
import { BELOW } from './runs-below.ts';
import { DIRECT } from './runs-direct.ts';
import { ENGINES } from './runs-engines.ts';
import { leftBy } from './tried.ts';

const INTRODUCTION = `# Real CRIU on a real kernel

\`npm run test:real\` boots a virtual machine (Debian 12: its kernel with AppArmor, its CRIU 3.17.1, its podman and runc),
has CRIU dump and restore there, and kills it at exact calls. Then the built command sweeps. This page is what came of it,
written by that run (\`npm run test:real -- -u\`).

The machine's clock is set two hours ahead before a sweep, so the directories bear CRIU's own time stamps. Before and after
each sweep all files around are listed: nothing else ever went. How it is done: [test/real](../test/real/README.md).
`;

const LEFTOVERS = `
## What CRIU left, and what went

Swept three times: while a CRIU lives that waits in a restore, while only what was dumped or restored lives, and when
nothing does. Where CRIU lived, all that lies in /tmp may be its own. \`crtools-put-root.*\` is missing: CRIU 3.17.1 makes
it on a tmpfs of the namespace that it restores, where no other process ever sees it.

| kind | CRIU | how it ended | what was there | a CRIU lives | its task lives | nothing lives |
|---|---|---|---|---|---|---|
`;

const RUNS = (title: string) => `
## ${title}

| | the command | ended with | what went | what was kept |
|---|---|---|---|---|
`;

const SCHEDULED = `
## By itself

The units of \`schedule systemd\` with systemd as process 1, and a container of podman with what the DaemonSet of
\`schedule kubernetes\` grants: the host's pid namespace, a read-only root, two capabilities, the host's paths.

| who | what a killed CRIU left | what went |
|---|---|---|
`;

/** The text of docs/real.md, of the facts of all boots. */
export const page = (): string =>
  [
    INTRODUCTION,
    LEFTOVERS,
    ...leftoverRows(),
    RUNS('`criu-sweep run` around CRIU'),
    ...runRows('run', 'direct', DIRECT),
    RUNS('Below other programs, and with configuration files'),
    ...runRows('run', 'below', BELOW),
    RUNS('Around runtimes and engines'),
    ...runRows('engines', 'engines', ENGINES),
    SCHEDULED,
    ...scheduledRows('before', 'after').map(([path, went]) => row('the service, by its timer', path, went)),
    ...scheduledRows('container-before', 'container-after').map(([path, went]) =>
      row('the container', path, went),
    ),
  ].join('');

function leftoverRows(): string[] {
  const reports = PHASES.map((phase) => factsOf('leftovers').report(phase));
  const went = (path: string) =>
    reports.map(({ items }) => {
      const item = items.find((each) => each.path === path);
      if (item === undefined) return '';
      return item.outcome === 'kept' ? `kept: ${whyKept(item)}` : item.outcome;
    });
  return ATTEMPTS.flatMap(({ name, operation, ended, left }) => {
    if (left.length === 0) return [row('–', operation, ended, 'nothing', '', '', '')];
    return left.map(({ prefix, where }) => {
      const { path, mode, there } = leftBy(name, prefix);
      return row(
        code(`${prefix}*`),
        operation,
        ended,
        `${there}, 0${mode}, in ${place(where)}`,
        ...went(path),
      );
    });
  });
}

const place = (where: string): string => (where.startsWith('/') ? where : where.replace(/^work/, 'the work'));

function runRows(boot: string, list: string, all: readonly Around[]): string[] {
  const facts = factsOf(boot);
  return all.map(({ name, words }, at) => {
    const cell = cellOf(list, at);
    const { items } = facts.runReport(cell);
    const removed = items
      .filter(({ outcome }) => outcome === 'removed')
      .map(({ path }) => `${prefixOf(path)}*`);
    const kept = items
      .filter(({ outcome }) => outcome === 'kept')
      .map((item) => `${code(`${prefixOf(item.path)}*`)}: ${whyKept(item)}`);
    const command = code(words.replace(/.*?-- /, '').replaceAll('|', '\\|'));
    return row(name, command, String(facts.kept(cell).code), removed.map(code).join(', '), kept.join(', '));
  });
}

/** Each leftover before, and whether it is there after. */
function scheduledRows(before: string, after: string): [path: string, went: string][] {
  const facts = factsOf('scheduled');
  const is = new Set(facts.lines(`${after}.left`).map((line) => foundOf(line).path));
  return facts
    .lines(`${before}.left`)
    .map(foundOf)
    .map(({ path, mode, there }): [string, string] => [
      `${code(path.replace(/\w{6}$/, '*'))}: ${there}, 0${mode}`,
      is.has(path) ? 'kept' : 'removed',
    ])
    .toSorted();
}

const row = (...cells: readonly string[]): string => `| ${cells.join(' | ')} |\n`;

const code = (text: string): string => `\`${text}\``;
