import type { FileFacts } from './pinned-directory.ts';

const ROOT = 0n;

/** Whether a file is root's or ours, so that nobody else has put it where it is. */
export function isTrusted({ uid }: FileFacts): boolean {
  return uid === ROOT || uid === BigInt(process.geteuid?.() ?? 0);
}

/**
 * Whether only root and we may write to a directory. If it has an ACL, the mode's group bits are the ACL's
 * mask (acl(5)).
 */
export function isPrivate(directory: FileFacts): boolean {
  return isTrusted(directory) && (directory.mode & 0o022n) === 0n;
}

/** Whether nobody but root and us can have put a file into its directory. */
export function isPlacedByUs(file: FileFacts, directory: FileFacts): boolean {
  return isTrusted(file) || isPrivate(directory);
}
