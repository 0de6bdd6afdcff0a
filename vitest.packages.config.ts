import { defineConfig } from 'vitest/config';

const onCi = process.env.CI === 'true';

/** The tests of what `npm run pack:…` makes. They install it for real, and take minutes. */
export default defineConfig({
  test: {
    include: ['test/packages/*.test.ts'],
    globalSetup: ['test/packages/setup.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 600_000,
    hookTimeout: 600_000,
    allowOnly: !onCi,
    reporters: onCi ? ['default', ['json', { outputFile: 'build/packages-results.json' }]] : ['default'],
  },
});
