import { defineConfig } from 'vitest/config';
import { chosenGroup } from './groups.js';

const { tests, processes } = chosenGroup();

/** Stryker asks for threads, in which process.chdir() is not allowed. */
const processesNotThreads = {
  name: 'processes-not-threads',
  configureVitest: ({ project }) => {
    if (processes) project.config.pool = 'forks';
  },
};

/** Stryker's runner overlooks a file of tests that does not even load: that would be a mutant that survived. */
const loadErrors = {
  onInit(vitest) {
    this.state = vitest.state;
  },
  onTestRunStart() {
    this.state.clearErrors();
  },
  onTestModuleEnd(module) {
    for (const error of module.errors()) this.state.catchError(error, 'Load Error');
  },
};

export default defineConfig({
  plugins: [processesNotThreads],
  test: {
    include: tests,
    setupFiles: ['test/mutation/same-cases.ts'],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: [loadErrors],
  },
});
