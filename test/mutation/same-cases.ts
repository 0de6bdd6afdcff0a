import fc from 'fast-check';

// A mutant must be killed in every run or in none.
fc.configureGlobal({ seed: 1 });
