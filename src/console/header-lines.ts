/** Headers as a person types them, a line each. */

/** Of one that is there more than once, its values in their order. */
export type HeaderValues = Readonly<Record<string, string | readonly string[]>>;

export type TypedHeaders =
  | { readonly kind: 'headers'; readonly headers: HeaderValues }
  | { readonly kind: 'refused'; readonly problem: string };

export function readHeaderLines(text: string): TypedHeaders {
  const headers = new Map<string, readonly string[]>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    const colon = line.indexOf(':');
    const name = line.slice(0, Math.max(0, colon)).trim().toLowerCase();
    if (name === '')
      return { kind: 'refused', problem: `Line ${index + 1} of the headers is not "name: value".` };
    const value = line.slice(colon + 1).trim();
    const before = headers.get(name) ?? [];
    // Browsers may send a cookie a line, which servers put together.
    headers.set(name, name === 'cookie' ? [[...before, value].join('; ')] : [...before, value]);
  }
  const shown = [...headers].map(([name, values]) => [name, values.length > 1 ? values : (values[0] ?? '')]);
  return { kind: 'headers', headers: Object.fromEntries(shown) };
}
