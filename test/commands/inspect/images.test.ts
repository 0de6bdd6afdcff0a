import { mkdirSync, symlinkSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../../support/abilities.ts';
import { run } from '../../support/command.ts';
import { swappingAll, until } from '../../support/hazards.ts';
import { inspect } from '../../support/inspection.ts';
import { scratch } from '../../support/scratch.ts';
import { snapshot } from '../../support/tree.ts';
import { inMountNamespace, quoted } from '../../support/wrap.ts';

const DONE = '(00.000001) Dumping finished successfully\n';

/** An image of so many bytes, last written at a time in seconds since 1970. */
function plantImage(path: string, bytes: number, seconds = 1_795_000_000): void {
  mkdirSync(path.slice(0, path.lastIndexOf('/')), { recursive: true });
  writeFileSync(path, '');
  truncateSync(path, bytes);
  utimesSync(path, seconds, seconds);
}

function workDir(): string {
  const dir = `${scratch()}/work`;
  mkdirSync(dir);
  writeFileSync(`${dir}/dump.log`, DONE);
  return dir;
}

const imagesOf = async (dir: string, wrap: readonly string[] = []) =>
  (await inspect([dir], { wrap: [...wrap] })).report.runs[0]?.images;

test('the images beside a run are weighed: their number, size and age', async () => {
  const dir = workDir();
  plantImage(`${dir}/pages-1.img`, 3_400_000, 1_795_000_000);
  plantImage(`${dir}/inventory.img`, 40, 1_795_000_100);
  plantImage(`${dir}/ghost-file-1.img`, 60, 1_795_000_050);
  plantImage(`${dir}/stats-dump`, 1000);
  const before = snapshot(dir);
  expect(await imagesOf(dir)).toEqual({
    files: 3,
    bytes: 3_400_100,
    oldest: new Date(1_795_000_000_000).toISOString(),
    newest: new Date(1_795_000_100_000).toISOString(),
    complete: true,
  });
  const { out } = await run(['inspect', dir]);
  expect(out).toMatch(/\n {2}images {5}3 files, 3\.4 MB, \d+[dh] old\n/);
  expect(out).toContain('; images of 3.4 MB in 1 directory\n');
  expect(out).not.toMatch(/images.*(remove|rm)/);
  expect(snapshot(dir)).toEqual(before);
});

test.each([
  ['podman', 'checkpoint', 1],
  ['containerd', 'ctrd-checkpoint/checkpoint', 1],
  ['nobody', 'mine', 0],
])('those of %s lie in %s', async (_, below, found) => {
  const dir = workDir();
  plantImage(`${dir}/${below}/pages-1.img`, 1);
  expect((await imagesOf(dir))?.files ?? 0).toBe(found);
});

test('disk images, links and directories of such names are none', async () => {
  const dir = workDir();
  plantImage(`${dir}/ubuntu.img`, 1000);
  mkdirSync(`${dir}/core-1.img`);
  symlinkSync('/etc/passwd', `${dir}/pages-1.img`);
  expect(await imagesOf(dir)).toBeNull();
});

test('a link or a mount where the images of a caller lie is not entered', async (context) => {
  need(context, 'root', 'namespaces');
  const dir = workDir();
  const other = scratch();
  plantImage(`${other}/pages-1.img`, 1);
  symlinkSync(other, `${dir}/checkpoint`);
  mkdirSync(`${dir}/pre-checkpoint`);
  const wrap = inMountNamespace(`mount --bind ${quoted(other)} ${quoted(`${dir}/pre-checkpoint`)}`);
  expect(await imagesOf(dir, wrap)).toBeNull();
});

test('a directory of images that is exchanged with a link outside meanwhile is never weighed there', async (context) => {
  need(context, 'root', 'cc');
  const dir = workDir();
  const [outside, links] = [scratch(), scratch()];
  plantImage(`${outside}/pages-1.img`, 777);
  plantImage(`${dir}/checkpoint/pages-1.img`, 1);
  symlinkSync(outside, `${links}/checkpoint`);
  const racer = await swappingAll(dir, links, ['checkpoint']);
  let [seen, missed] = [0, 0];
  const enough = await until(30_000, async () => {
    const images = await imagesOf(dir);
    expect([undefined, 1]).toContain(images?.bytes);
    if (images?.bytes === 1) seen += 1;
    else missed += 1;
    return seen > 2 && missed > 2;
  });
  await racer.stop();
  expect({ enough, seen, missed }).toMatchObject({ enough: true });
});

test('runs of one work dir share its images, which count once', async () => {
  const dir = workDir();
  writeFileSync(`${dir}/restore.log`, '(00.000001) Restore finished successfully. Tasks resumed.\n');
  plantImage(`${dir}/pages-1.img`, 1500);
  const { out } = await run(['inspect', dir]);
  expect(out.match(/ {2}images /g)).toHaveLength(1);
  expect(out).toContain('; images of 1.5 kB in 1 directory\n');
});
