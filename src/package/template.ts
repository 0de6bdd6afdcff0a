import { readPackageFile } from './package-file.ts';

/** The text of a template, from the package's folder `templates`. */
export function readTemplate(name: string): string {
  return readPackageFile(`templates/${name}`);
}

/**
 * Replaces the `{{names}}` in a template. A line that has only a name is left out if its value is empty.
 *
 * @throws Error for a name without a value, which is a bug of ours
 */
export function fill(template: string, values: Readonly<Record<string, string>>): string {
  const valueNamed = (name: string): string => {
    const value = values[name];
    if (value === undefined) throw new Error(`a template asks for ${name}`);
    return value;
  };
  return template
    .replace(/^\{\{(\w+)\}\}\n/gm, (line, name: string) => (valueNamed(name) === '' ? '' : line))
    .replace(/\{\{(\w+)\}\}/g, (_, name: string) => valueNamed(name));
}
