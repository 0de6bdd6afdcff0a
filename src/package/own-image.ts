import { readPackageFile } from './package-file.ts';

/** The owner of the repository as long as it has none, and so no release. */
const NOBODY = '/OWNER/';

/** The container image that this version's release pushed; `undefined` for a build that belongs to no release. */
export function ownImage(): string | undefined {
  return imageOf(JSON.parse(readPackageFile('package.json')));
}

/** The image that a package.json names by its `image` and `version`. @throws Error where it names none */
export function imageOf(manifest: unknown): string | undefined {
  if (typeof manifest !== 'object' || manifest === null || !('image' in manifest && 'version' in manifest))
    throw new Error('package.json names no image');
  const image = `${manifest.image}:${manifest.version}`;
  return image.includes(NOBODY) ? undefined : image;
}
