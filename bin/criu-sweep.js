#!/usr/bin/env node
try {
  require('../dist/criu-sweep.cjs');
} catch (error) {
  console.error(error);
  process.exitCode = 70;
}
