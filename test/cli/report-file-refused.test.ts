import { writeFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { need } from '../support/abilities.ts';
import { expectRefused } from '../support/refused.ts';
import { scratch } from '../support/scratch.ts';
import { list } from '../support/tree.ts';
import { asUser, inMountNamespace, quoted } from '../support/wrap.ts';

test.each([
  ['missing/r', /--report.*ENOENT/],
  ['missing/', /--report/],
  ['file/r', /--report.*ENOTDIR/],
  ['.', /--report.*directory/],
  ['', /--report.*empty/],
])('the report file %j is refused', async (name, says) => {
  const dir = scratch();
  writeFileSync(`${dir}/file`, '');
  await expectRefused(['--report', name === '' ? '' : `${dir}/${name}`], says);
  expect(list(dir)).toEqual(['file']);
});

test('a report file whose directory may not be written is refused', async (context) => {
  need(context, 'root', 'setpriv', 'namespaces');
  const dir = scratch();
  await expectRefused(['--report', `${dir}/r`], /--report.*EACCES/, { wrap: asUser(65534) });
  const readOnly = inMountNamespace(`mount -t tmpfs -o ro none ${quoted(dir)}`);
  await expectRefused(['--report', `${dir}/r`], /--report.*EROFS/, { wrap: readOnly });
});
