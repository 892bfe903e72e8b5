/** Paths of fields, as findings show them: `spec.rules[0].match`, `metadata.labels["app.kubernetes.io/name"]`. */

export type FieldPath = readonly (string | number)[];

const PART = /\.?([A-Za-z_][A-Za-z0-9_-]*)|\[([0-9]+)\]|\[("(?:[^"\\]|\\.)*")\]/y;
const PLAIN = /^[A-Za-z_][A-Za-z0-9_-]*$/;

/** The path as text; '' is the object itself. */
export function formatField(path: FieldPath): string {
  return path
    .map((part, index) => {
      if (typeof part === 'number') return `[${part}]`;
      if (!PLAIN.test(part)) return `[${JSON.stringify(part)}]`;
      return index === 0 ? part : `.${part}`;
    })
    .join('');
}

/** Reads what `formatField` wrote, and the fieldPaths of the schema (`.jwt.issuer`); stops where it is neither. */
export function parseField(text: string): FieldPath {
  const path: (string | number)[] = [];
  PART.lastIndex = 0;
  for (let part = PART.exec(text); part !== null; part = PART.exec(text)) {
    const [, name, index, quoted] = part;
    if (name !== undefined) path.push(name);
    else if (index !== undefined) path.push(Number(index));
    else if (quoted !== undefined) path.push(JSON.parse(quoted) as string);
  }
  return path;
}
