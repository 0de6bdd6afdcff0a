/**
 * The files that are mutated, in groups that go with their tests: a mutant that is made as a module is loaded costs a
 * run of all tests of its group. docs/mutation.md says which files are left out, and why.
 *
 * `processes`: these tests change the working directory, so each of their files needs a process; threads are faster.
 */
export const GROUPS = {
  sweep: {
    mutate: [
      'src/sweep/{crossing,descent,emptiness,filter,leaf,level,names,reaper,scanner,standing,stop}.ts',
      'src/sweep/{tally,targets}.ts',
    ],
    tests: ['test/sweep/*.test.ts'],
    processes: true,
  },
  'in-use': {
    mutate: ['src/sweep/in-use/{blind-spots,locks,mounted-names,users-by-directory}.ts'],
    tests: ['test/sweep/in-use/{blind-spots,locks,mounted-names,users-by-directory}.test.ts'],
    processes: false,
  },
  criu: {
    mutate: ['src/criu/{attribute,catalogue,images,network-locks,version}.ts'],
    tests: ['test/criu/{attribute,catalogue,images,network-locks,version}.test.ts'],
    processes: false,
  },
  'criu-words': {
    mutate: [
      'src/criu/{callers,configuration,criu-words,engine-dirs,engine-words,known-targets,operands}.ts',
      'src/criu/{runtime-words,said-work-dirs,work-dirs}.ts',
    ],
    tests: ['test/criu/{callers,configuration,known-places,said-work-dirs,words,work-dirs}.test.ts'],
    processes: false,
  },
  'criu-log': { mutate: ['src/criu/log/*.ts'], tests: ['test/criu/log/*.test.ts'], processes: false },
  request: {
    mutate: [
      'src/request/{arguments,bearings,duration,exclude,forbidden,policy,policy-options,repeated}.ts',
      'src/request/{glob,glob-mistake,glob-pattern,glob-segment,path-matcher}.ts',
      'src/request/mistakes/nearest.ts',
    ],
    tests: ['test/request/**/*.test.ts'],
    processes: false,
  },
  run: {
    mutate: [
      'src/commands/run/{appeared,course,descriptors,list-after,list-before,name-set,names-in}.ts',
      'src/commands/run/{snapshots,words-about,work-dir-seen}.ts',
    ],
    tests: [
      'test/commands/run/{appeared,course,descriptors,list-before,name-set,words-about}.test.ts',
      'test/commands/run/work-dir-seen.test.ts',
    ],
    processes: true,
  },
};

/** The name of the group that is meant: an environment variable reaches the processes of Stryker and vitest too. */
export const NAME = process.env.CRIU_SWEEP_MUTATE ?? '';

/** The group that is meant. */
export function chosenGroup() {
  const group = GROUPS[NAME];
  if (group === undefined) throw new Error(`CRIU_SWEEP_MUTATE: one of ${Object.keys(GROUPS).join(', ')}`);
  return group;
}
