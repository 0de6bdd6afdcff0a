/** st_dev of a device's two numbers, as gnu_dev_makedev(3) puts them together for the 32 bits in use. */
export function makeDevice(major: number, minor: number): number {
  return (((minor & 0xfff00) << 12) | ((major & 0xfff) << 8) | (minor & 0xff)) >>> 0;
}
