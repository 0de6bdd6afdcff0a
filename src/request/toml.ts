/** The parser of TOML, in a file of its own so that only it is bundled. */
export { parse as parseToml } from 'smol-toml';
