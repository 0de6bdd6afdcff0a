const undoings = new Set<() => void>();
let listening = false;

/**
 * Registers a function that undoes something however this process ends: normally, by an unexpected error, or
 * by a signal that we raise on ourselves. It must be synchronous and must not throw.
 *
 * @returns a function that cancels the registration
 */
export function undoAtExit(undo: () => void): () => void {
  if (!listening) process.on('exit', undoAll);
  listening = true;
  undoings.add(undo);
  return () => undoings.delete(undo);
}

/** Undoes all that is registered, once. For a process that is about to end without Node's 'exit'. */
export function undoAll(): void {
  for (const undo of undoings) {
    undoings.delete(undo);
    undo();
  }
}
