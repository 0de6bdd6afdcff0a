import { opendirSync, readdirSync, statSync } from 'node:fs';
import { attempt, type Seen } from './seen.ts';

/** Descriptors that are listed at once; of a process with more the kernel is asked for some at a time. */
const FEW = 4096;
const BATCH = 64;

/**
 * The descriptors of a task, by their numbers as text; `null`: very many, or nobody knows how many (see
 * {@link manyDescriptors}).
 *
 * @param directory `/proc/17/fd`. Its size is their number since Linux 6.2 (proc_pid_fd(5)), before that 0
 */
export function fewDescriptors(directory: string): Seen<readonly string[] | null> {
  return attempt(() => {
    const { size } = statSync(directory);
    return size > 0 && size <= FEW ? readdirSync(directory) : null;
  });
}

/** The descriptors of a task, a few at a time. */
export function* manyDescriptors(directory: string): Generator<Seen<readonly string[]>, void, void> {
  const opened = attempt(() => opendirSync(directory, { bufferSize: BATCH }));
  if (opened.kind !== 'seen') {
    yield opened;
    return;
  }
  try {
    for (;;) {
      const next = attempt(() => opened.value.readSync());
      if (next.kind !== 'seen') yield next;
      if (next.kind !== 'seen' || next.value === null) return;
      yield { kind: 'seen', value: [next.value.name] };
    }
  } finally {
    attempt(() => opened.value.closeSync());
  }
}
