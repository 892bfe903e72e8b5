/** Reads the query of a page strictly: a field that is misspelt must not widen what is told. */

export type ReadQuery<F extends string> =
  | { readonly kind: 'read'; readonly fields: Readonly<Partial<Record<F, readonly string[]>>> }
  | { readonly kind: 'refused'; readonly problem: string };

export function readQuery<F extends string>(query: string, names: readonly F[]): ReadQuery<F> {
  const fields: Partial<Record<F, string[]>> = {};
  for (const [given, value] of new URLSearchParams(query)) {
    const name = names.find((one) => one === given);
    if (name === undefined) {
      return { kind: 'refused', problem: `the query of this page may have ${names.join(', ')}` };
    }
    const values = fields[name] ?? [];
    values.push(value);
    fields[name] = values;
  }
  return { kind: 'read', fields };
}
