const undoings = new Set<() => void>();
let listening = false;

/**
 * Registers what has to be undone however this process ends: by itself, by an error nobody foresaw, or by a signal that
 * we raise on ourselves. It must be synchronous and must not throw.
 *
 * @returns takes it back
 */
export function undoAtExit(undo: () => void): () => void {
  if (!listening) process.on('exit', undoAll);
  listening = true;
  undoings.add(undo);
  return () => undoings.delete(undo);
}

/** Undoes all that is registered, once: for a process that is about to end without Node's 'exit'. */
export function undoAll(): void {
  for (const undo of undoings) {
    undoings.delete(undo);
    undo();
  }
}
