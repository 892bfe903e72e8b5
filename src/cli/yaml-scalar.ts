/** One scalar of YAML in another's place: a text keeps the quotes of the one that it replaces. */

import type { JsonValue } from '../base/json.ts';
import { renderYaml } from './yaml-output.ts';

/** In the quotes, or without, as it is written there; undefined where it has more than a line, or is null. */
export function writtenScalar(
  type: string | undefined,
  value: JsonValue,
  wanted: JsonValue,
): string | undefined {
  const isSimple = [value, wanted].every((one) => one !== null && typeof one !== 'object');
  if (!isSimple || !STYLES.includes(type ?? '')) return undefined;
  if (typeof wanted === 'string' && /^[ -~]*$/.test(wanted)) {
    if (type === 'QUOTE_SINGLE') return `'${wanted.replaceAll("'", "''")}'`;
    if (type === 'QUOTE_DOUBLE') return JSON.stringify(wanted);
    if (PLAIN.test(wanted)) return wanted;
  }
  const text = renderYaml(wanted).replace(/\n$/, '');
  return text.includes('\n') ? undefined : text;
}

const STYLES = ['PLAIN', 'QUOTE_SINGLE', 'QUOTE_DOUBLE'];
/** Paths, and quantities as `500m` and `64Mi`: to every reader no more than this text. */
const PLAIN = /^(?:\/[\w./@%?=&~+-]*|[0-9]+(?:\.[0-9]+)?(?:m|[KMGT]i))$/;
