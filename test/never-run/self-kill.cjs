// Loaded before the command by test:coverage: a signal that a process sends to itself ends it before Node writes.
'use strict';

const { takeCoverage } = require('node:v8');

const kill = process.kill;
process.kill = (pid, signal) => {
  if (pid === process.pid && signal !== 0) takeCoverage();
  return kill.call(process, pid, signal);
};
