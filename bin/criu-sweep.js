#!/usr/bin/env node
// In the JavaScript of 2009, so that a Node that is too old for the rest can read this, and say so.
'use strict';

var OLDEST = 18;
var version = process.versions.node;

if (parseInt(version, 10) < OLDEST) {
  console.error(
    'criu-sweep: needs Node ' +
      OLDEST +
      ' or later, and this is Node ' +
      version +
      ' (' +
      process.execPath +
      '): install a newer one, or start it with one: /path/to/node ' +
      __filename,
  );
  process.exitCode = 70;
} else {
  try {
    require('../dist/criu-sweep.cjs');
  } catch (error) {
    console.error(error);
    process.exitCode = 70;
  }
}
