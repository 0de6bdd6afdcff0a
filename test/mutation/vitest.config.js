import { defineConfig } from 'vitest/config';
import { chosenGroup } from './groups.js';

const { tests, processes } = chosenGroup();

export default defineConfig({
  plugins: [
    {
      name: 'processes-not-threads',
      // Stryker asks for threads, in which process.chdir() is not allowed.
      configureVitest: ({ project }) => {
        if (processes) project.config.pool = 'forks';
      },
    },
  ],
  test: { include: tests, setupFiles: ['test/mutation/same-cases.ts'], testTimeout: 60_000 },
});
