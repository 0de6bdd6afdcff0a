import { expect, test } from 'vitest';
import { IMAGE_DIRECTORIES, imageByName } from '../../src/criu/images.ts';
import { asBytes } from '../../src/linux/bytes.ts';

const NAMES = {
  certain: [
    ...['inventory.img', 'pstree.img', 'core-1.img', 'mm-4242.img', 'ids-1.img', 'fdinfo-2.img'],
    ...['pagemap-10.img', 'pages-1.img'],
  ],
  maybe: [
    ...['disk.img', 'core-.img', 'core-1a.img', 'xinventory.img', 'inventory-1.img', '.img', 'pages.img'],
    ...['core-1.img.img', 'xcore-1.img'],
  ],
  none: ['inventory.imgx', 'inventory', 'core-1.img.gz', 'core-1_img', 'img', 'core-1.imgs'],
};

test.each(
  Object.entries(NAMES).flatMap(([is, names]) => names.map((name) => [name, is] as const)),
)('%s is an image: %s', (name, is) => {
  expect(imageByName(asBytes(name)) ?? 'none').toBe(is);
});

test('callers let CRIU put images into these', () => {
  expect(IMAGE_DIRECTORIES).toEqual(['checkpoint', 'pre-checkpoint', 'ctrd-checkpoint']);
});
