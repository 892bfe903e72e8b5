/** Functions from one kind to another, and those that ask for size and type. */

import type { Evaluation } from './evaluation.ts';
import { int64 } from './operators.ts';
import { type Overload, type Overloads, overload } from './overloads.ts';
import { codePoints } from './text.ts';
import { BOOL, DOUBLE, DYN, INT, STRING, TYPE_TYPE } from './types.ts';
import { Double, Fault, kindOf, MapLiteral, type MapValue, mapKeysOf, TypeValue } from './values.ts';

const NO_INT = new Fault('a string that is not an int was turned into one');
const NO_DOUBLE = new Fault('a string that is not a number was turned into one');
const NO_BOOL = new Fault('a string that is not a bool was turned into one');
const OUT_OF_RANGE = new Fault('a number outside 64 bits was turned into an int');

const INT_TEXT = /^[+-]?[0-9]{1,19}$/;
const DOUBLE_TEXT = /^[+-]?(?:(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|Infinity)$|^NaN$/;
const TRUE = new Set(['true', 'True', 'TRUE', 't', '1']);
const FALSE = new Set(['false', 'False', 'FALSE', 'f', '0']);

function toBool(text: string): boolean | Fault {
  if (TRUE.has(text)) return true;
  return FALSE.has(text) ? false : NO_BOOL;
}

/** Cuts the fraction off. The ends of the range are left out: doubles cannot tell them from their neighbours. */
function toInt({ value }: Double): bigint | Fault {
  return Math.abs(value) < 2 ** 63 ? BigInt(Math.trunc(value)) : OUT_OF_RANGE;
}

function mapSize(evaluation: Evaluation, map: MapValue): bigint {
  return BigInt(map instanceof MapLiteral ? map.entries.size : mapKeysOf(map, evaluation).length);
}

const SIZES: readonly Overload[] = [
  overload(['string'], INT, (evaluation, text) => BigInt(codePoints(text, evaluation))),
  overload(['list'], INT, (_, list) => BigInt(list.length)),
  overload(['map'], INT, mapSize),
];

export const CONVERSIONS: Overloads = new Map<string, readonly Overload[]>([
  ['size', SIZES],
  [
    'int',
    [
      overload(['int'], INT, (_, value) => value),
      overload(['double'], INT, (_, value) => toInt(value)),
      overload(['string'], INT, (_, text) =>
        INT_TEXT.test(text) ? int64(BigInt(text.replace('+', ''))) : NO_INT,
      ),
    ],
  ],
  [
    'double',
    [
      overload(['double'], DOUBLE, (_, value) => value),
      overload(['int'], DOUBLE, (_, value) => new Double(Number(value))),
      overload(['string'], DOUBLE, (evaluation, text) => {
        evaluation.bytes(text.length);
        return DOUBLE_TEXT.test(text) ? new Double(Number(text)) : NO_DOUBLE;
      }),
    ],
  ],
  [
    'string',
    [
      overload(['string'], STRING, (_, text) => text),
      overload(['bool'], STRING, (_, value) => String(value)),
      overload(['int'], STRING, (_, value) => String(value)),
      overload(['double'], STRING, (_, { value }) => String(value)),
    ],
  ],
  [
    'bool',
    [overload(['bool'], BOOL, (_, value) => value), overload(['string'], BOOL, (_, text) => toBool(text))],
  ],
  ['type', [overload(['dyn'], TYPE_TYPE, (_, value) => new TypeValue(kindOf(value)))]],
  ['dyn', [overload(['dyn'], DYN, (_, value) => value)]],
]);

/** `roles.size()` beside `size(roles)`. */
export const SIZE_METHODS: Overloads = new Map([['size', SIZES]]);
