import { defineConfig } from 'vitest/config';

const onCi = process.env.CI === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 60_000,
    hookTimeout: 60_000,
    allowOnly: !onCi,
    reporters: onCi ? ['default', ['json', { outputFile: 'build/test-results.json' }]] : ['default'],
  },
});
