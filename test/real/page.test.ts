import { expect, test } from 'vitest';
import { PACKAGE } from '../support/command.ts';
import { page } from './page.ts';

test('docs/real.md says what came of all of it', async () => {
  await expect(page()).toMatchFileSnapshot(`${PACKAGE}docs/real.md`);
});
