import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTree } from '../support/fixture.ts';
import { plant } from '../support/tree.ts';

/** Shows the command at work on a work directory of its own, made from fixtures/ and removed again. */
function demo(): number {
  const { entries } = parseTree(readFileSync('fixtures/trees/demo.json', 'utf8'));
  const root = process.geteuid?.() === 0;
  const workDir = mkdtempSync(join(tmpdir(), 'criu-sweep-demo-'));
  try {
    plant(workDir, root ? entries : entries.filter((entry) => entry.uid === undefined));
    const statuses = [
      show('What would a sweep remove, and what would it keep?', ['--dry-run', '--verbose', workDir]),
      show('Remove it.', [workDir]),
      showSummary('Is anything left? As JSON, its summary:', ['--check', '--json', workDir]),
    ];
    return statuses.every((status) => status === 0) ? 0 : 1;
  } finally {
    rmSync(workDir, { recursive: true });
  }
}

function show(title: string, args: readonly string[]): number | null {
  announce(title, args);
  return spawnSync(process.execPath, ['bin/criu-sweep.js', ...args], { stdio: 'inherit' }).status;
}

function showSummary(title: string, args: readonly string[]): number | null {
  announce(title, args);
  const { status, stdout } = spawnSync(process.execPath, ['bin/criu-sweep.js', ...args], {
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const report: unknown = JSON.parse(stdout);
  const summary =
    typeof report === 'object' && report !== null && 'summary' in report ? report.summary : null;
  console.log(JSON.stringify(summary, null, 2));
  return status;
}

function announce(title: string, args: readonly string[]): void {
  console.log(`\n# ${title}\n$ criu-sweep ${args.join(' ')}`);
}

process.exitCode = demo();
