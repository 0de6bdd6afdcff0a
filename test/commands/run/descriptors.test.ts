import { expect, test } from 'vitest';
import { callersOwn, type Descriptor } from '../../../src/commands/run/descriptors.ts';

const CLOEXEC = 0o2000000;
const READ = 0;
const WRITE = 1;
const marked = (fd: number, leadsTo: string, access = READ): Descriptor => ({
  fd,
  leadsTo,
  flags: CLOEXEC | access,
});

/** What Node 20 has open when it has started, from the first free number on. */
const NODES_OWN: readonly (readonly [string, number])[] = [
  ['anon_inode:[eventpoll]', 2],
  ['pipe:[1]', READ],
  ['pipe:[1]', WRITE],
  ['pipe:[2]', READ],
  ['pipe:[2]', WRITE],
  ['anon_inode:[eventfd]', 2],
  ['anon_inode:[eventpoll]', 2],
  ['anon_inode:[io_uring]', 2],
];
const nodesOwn = (from: number): Descriptor[] =>
  NODES_OWN.map(([leadsTo, access], index) => marked(from + index, leadsTo, access));
const streams = ['/dev/null', 'pipe:[77]', 'pipe:[77]'].map((leadsTo, fd) => marked(fd, leadsTo, WRITE));

test('nothing but the streams was inherited where all others are Node’s', () => {
  expect(callersOwn([...streams, ...nodesOwn(3)])).toEqual([]);
});

test('files, sockets and one end of a pipe are the caller’s, also twice, also /dev/null', () => {
  const inherited = ['/etc/passwd', 'socket:[5]', 'pipe:[6]', 'pipe:[6]', '/dev/null', 'pipe:[77]'];
  const descriptors = inherited.map((leadsTo, index) => marked(3 + index, leadsTo));
  expect(callersOwn([...streams, ...descriptors, ...nodesOwn(9)])).toEqual([3, 4, 5, 6, 7, 8]);
});

test('what is not marked to be closed is inherited without us', () => {
  expect(callersOwn([...nodesOwn(3), { fd: 60, leadsTo: '/etc/passwd', flags: READ }])).toEqual([]);
});
