import { defineConfig } from 'vitest/config';

const onCi = process.env.CI === 'true';

export default defineConfig({
  test: {
    include: ['test/real/*.test.ts'],
    globalSetup: 'test/real/gather.ts',
    pool: 'forks',
    allowOnly: !onCi,
    reporters: onCi ? ['default', ['json', { outputFile: 'build/real-results.json' }]] : ['default'],
  },
});
