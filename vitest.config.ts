import { defineConfig } from 'vitest/config';

const onCi = process.env.CI === 'true';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts', 'bench/*.test.ts'],
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 120_000,
    hookTimeout: 120_000,
    allowOnly: !onCi,
    reporters: onCi ? ['default', ['json', { outputFile: 'build/test-results.json' }]] : ['default'],
  },
});
