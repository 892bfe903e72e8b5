/** The tables of functions on strings: CEL's own, and those of its `strings` extension. */

import { format } from './format.ts';
import { type Overloads, overload } from './overloads.ts';
import {
  charAt,
  indexOf,
  join,
  lastIndexOf,
  OUT_OF_RANGE,
  paySearch,
  quote,
  replace,
  split,
  substring,
  trim,
  unitOffset,
} from './text.ts';
import { BOOL, INT, STRING, STRINGS } from './types.ts';

const UPPER = /[A-Z]+/g;
const LOWER = /[a-z]+/g;

/** Functions that stand before their arguments. */
export const STRING_FUNCTIONS: Overloads = new Map([
  ['strings.quote', [overload(['string'], STRING, (evaluation, text) => quote(text, evaluation))]],
]);

export const STRING_METHODS: Overloads = new Map([
  [
    'contains',
    [
      overload(['string', 'string'], BOOL, (evaluation, text, pattern) => {
        paySearch(text, pattern, evaluation);
        return text.includes(pattern);
      }),
    ],
  ],
  [
    'startsWith',
    [
      overload(['string', 'string'], BOOL, (evaluation, text, prefix) => {
        evaluation.bytes(prefix.length);
        return text.startsWith(prefix);
      }),
    ],
  ],
  [
    'endsWith',
    [
      overload(['string', 'string'], BOOL, (evaluation, text, suffix) => {
        evaluation.bytes(suffix.length);
        return text.endsWith(suffix);
      }),
    ],
  ],
  ['charAt', [overload(['string', 'int'], STRING, (evaluation, text, at) => charAt(text, at, evaluation))]],
  [
    'indexOf',
    [
      overload(['string', 'string'], INT, (evaluation, text, pattern) =>
        indexOf(text, pattern, 0, evaluation),
      ),
      overload(['string', 'string', 'int'], INT, (evaluation, text, pattern, start) => {
        const from = unitOffset(text, start, evaluation);
        return from === undefined ? OUT_OF_RANGE : indexOf(text, pattern, from, evaluation);
      }),
    ],
  ],
  [
    'lastIndexOf',
    [
      overload(['string', 'string'], INT, (evaluation, text, pattern) =>
        lastIndexOf(text, pattern, text.length, evaluation),
      ),
      overload(['string', 'string', 'int'], INT, (evaluation, text, pattern, start) => {
        const from = unitOffset(text, start, evaluation);
        return from === undefined ? OUT_OF_RANGE : lastIndexOf(text, pattern, from, evaluation);
      }),
    ],
  ],
  [
    'lowerAscii',
    [
      overload(['string'], STRING, (evaluation, text) => {
        evaluation.bytes(text.length);
        return text.replace(UPPER, (letters) => letters.toLowerCase());
      }),
    ],
  ],
  [
    'upperAscii',
    [
      overload(['string'], STRING, (evaluation, text) => {
        evaluation.bytes(text.length);
        return text.replace(LOWER, (letters) => letters.toUpperCase());
      }),
    ],
  ],
  [
    'replace',
    [
      overload(['string', 'string', 'string'], STRING, (evaluation, text, old, by) =>
        replace(text, old, by, -1n, evaluation),
      ),
      overload(['string', 'string', 'string', 'int'], STRING, (evaluation, text, old, by, limit) =>
        replace(text, old, by, limit, evaluation),
      ),
    ],
  ],
  [
    'split',
    [
      overload(['string', 'string'], STRINGS, (evaluation, text, separator) =>
        split(text, separator, -1n, evaluation),
      ),
      overload(['string', 'string', 'int'], STRINGS, (evaluation, text, separator, limit) =>
        split(text, separator, limit, evaluation),
      ),
    ],
  ],
  [
    'substring',
    [
      overload(['string', 'int'], STRING, (evaluation, text, start) =>
        substring(text, start, undefined, evaluation),
      ),
      overload(['string', 'int', 'int'], STRING, (evaluation, text, start, end) =>
        substring(text, start, end, evaluation),
      ),
    ],
  ],
  ['trim', [overload(['string'], STRING, (evaluation, text) => trim(text, evaluation))]],
  [
    'join',
    [
      overload(['list'], STRING, (evaluation, list) => join(list, '', evaluation)),
      overload(['list', 'string'], STRING, (evaluation, list, separator) =>
        join(list, separator, evaluation),
      ),
    ],
  ],
  [
    'format',
    [overload(['string', 'list'], STRING, (evaluation, text, values) => format(text, values, evaluation))],
  ],
]);
