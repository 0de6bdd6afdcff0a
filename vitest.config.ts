import { defineConfig } from 'vitest/config';

const onCi = process.env.CI === 'true';

/** Tests that fill the machine with locks or mounts, which every other sweep would see. */
const ALONE = 'test/**/alone/*.test.ts';

/** Tests that boot a virtual machine: `npm run test:real`. */
const REAL = 'test/real/**';

/** Tests that install packages: vitest.packages.config.ts. */
const PACKAGES = 'test/packages/**';

/** What `npm run test:mutation` installs for itself; packages have tests of their own in there. */
const OTHERS = '**/node_modules/**';

export default defineConfig({
  test: {
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    allowOnly: !onCi,
    reporters: onCi ? ['default', ['json', { outputFile: 'build/test-results.json' }]] : ['default'],
    projects: [
      {
        extends: true,
        test: {
          name: 'together',
          include: ['test/**/*.test.ts', 'bench/*.test.ts'],
          exclude: [ALONE, PACKAGES, REAL, OTHERS],
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: [ALONE], maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
