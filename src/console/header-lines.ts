/** Headers as a person types them, a line each. */

export type TypedHeaders =
  | { readonly kind: 'headers'; readonly headers: Readonly<Record<string, string>> }
  | { readonly kind: 'refused'; readonly problem: string };

export function readHeaderLines(text: string): TypedHeaders {
  const headers = new Map<string, string>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === '')
      return { kind: 'refused', problem: `Line ${index + 1} of the headers is not "name: value".` };
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name);
    headers.set(name, before === undefined ? value : `${before}${name === 'cookie' ? '; ' : ', '}${value}`);
  }
  return { kind: 'headers', headers: Object.fromEntries(headers) };
}
