/** What a plain word of YAML means to Kubernetes, whose reader is go-yaml v2: YAML 1.1, without its numbers to base 60. */

import type { JsonValue } from '../base/json.ts';

export type PlainValue =
  /** `isExact` is false for a number that is rounded here. */
  | { readonly kind: 'value'; readonly value: JsonValue; readonly isExact: boolean }
  /** Infinity, and what is no number: JSON has neither, and kubectl refuses the document. */
  | { readonly kind: 'notJson' };

const TRUE = /^(?:y|Y|yes|Yes|YES|true|True|TRUE|on|On|ON)$/;
const FALSE = /^(?:n|N|no|No|NO|false|False|FALSE|off|Off|OFF)$/;
const NULL = /^(?:~|null|Null|NULL)?$/;
const NOT_JSON = /^(?:\.nan|\.NaN|\.NAN|[-+]?\.(?:inf|Inf|INF))$/;
const NUMBER_START = /^[-+.0-9]/;
const INTEGER = /^([-+]?)(?:0[xX]([0-9a-fA-F]+)|0[bB]([01]+)|0[oO]?([0-7]+)|(0|[1-9][0-9]*))$/;
const FLOAT = /^[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?$/;

const LEAST = -(2n ** 63n);
/** Without a sign, as go-yaml tries it, too. */
const MOST = 2n ** 64n - 1n;

export function kubernetesScalar(text: string): PlainValue {
  if (NULL.test(text)) return exactly(null);
  if (TRUE.test(text)) return exactly(true);
  if (FALSE.test(text)) return exactly(false);
  if (NOT_JSON.test(text)) return { kind: 'notJson' };
  if (!NUMBER_START.test(text)) return exactly(text);
  // What begins with a dot is read as Go reads numbers: with underscores between digits alone.
  if (text.startsWith('.') && /(?<![0-9])_|_(?![0-9])/.test(text)) return exactly(text);
  const plain = text.replaceAll('_', '');
  return integer(plain) ?? float(plain) ?? exactly(text);
}

const exactly = (value: JsonValue): PlainValue => ({ kind: 'value', value, isExact: true });

/** Longer ones are floats, or text. */
const MOST_DIGITS = 66;

function integer(text: string): PlainValue | undefined {
  const [, sign, hexadecimal, binary, octal, decimal] =
    (text.length <= MOST_DIGITS && INTEGER.exec(text)) || [];
  if (sign === undefined) return undefined;
  const size = BigInt(
    (hexadecimal !== undefined && `0x${hexadecimal}`) ||
      (binary !== undefined && `0b${binary}`) ||
      (octal !== undefined && `0o${octal}`) ||
      (decimal ?? ''),
  );
  const value = sign === '-' ? -size : size;
  if (value < LEAST || value > (sign === '' ? MOST : 2n ** 63n - 1n)) return undefined;
  return { kind: 'value', value: Number(value), isExact: Number.isSafeInteger(Number(value)) };
}

function float(text: string): PlainValue | undefined {
  if (!FLOAT.test(text)) return undefined;
  const value = Number(text);
  if (!Number.isFinite(value)) return undefined;
  return { kind: 'value', value, isExact: !Number.isInteger(value) || Number.isSafeInteger(value) };
}
