/** `'%s has %d'.format([a, b])`, of CEL's `strings` extension. */

import { EVALUATION_LIMITS, type Evaluation, Exceeded } from './evaluation.ts';
import {
  Double,
  type Element,
  Fault,
  isList,
  isMap,
  type List,
  lookUp,
  type MapValue,
  mapKeysOf,
  read,
  TypeValue,
  type Value,
} from './values.ts';

const CLAUSE = new Fault('format knows %s %d %f %e %b %o %x %X and %%, with a precision as in %.3f');
const UNFIT = new Fault('format was given a value that does not fit its place');
const TOO_FEW = new Fault('format was given fewer values than its text has places');
const TOO_MANY = new Fault('format was given more values than its text has places');

const PLACE = /%(?:\.([0-9]{1,3}))?(.)?/gs;
const DEFAULT_PRECISION = 6;
const LARGEST_PRECISION = 100;

/** Fills the places of a text with values, in their order. */
export function format(text: string, values: List, evaluation: Evaluation): string | Fault {
  evaluation.bytes(text.length);
  let made = '';
  let end = 0;
  let next = 0;
  for (const { 0: place, 1: precision, 2: clause, index } of text.matchAll(PLACE)) {
    made += text.slice(end, index);
    end = index + place.length;
    if (place === '%%') {
      made += '%';
      continue;
    }
    evaluation.steps(1);
    const element = values[next];
    next += 1;
    if (element === undefined) return TOO_FEW;
    const filled = fill(clause, element, precision === undefined ? undefined : Number(precision), evaluation);
    if (filled instanceof Fault) return filled;
    made += filled;
    evaluation.make(made.length);
  }
  if (next < values.length) return TOO_MANY;
  return evaluation.boundedString(made + text.slice(end));
}

function fill(
  clause: string | undefined,
  element: Element,
  precision: number | undefined,
  evaluation: Evaluation,
): string | Fault {
  const value = read(element, evaluation);
  if (value instanceof Fault) return value;
  if (precision !== undefined && precision > LARGEST_PRECISION) return CLAUSE;
  switch (clause) {
    case 's':
      return plain(value, evaluation, 0);
    case 'd':
      return value instanceof Double && !Number.isFinite(value.value)
        ? String(value.value)
        : integer(value, 10);
    case 'b':
      return typeof value === 'boolean' ? String(Number(value)) : integer(value, 2);
    case 'o':
      return integer(value, 8);
    case 'x':
      return hexadecimal(value, evaluation);
    case 'X': {
      const hex = hexadecimal(value, evaluation);
      return hex instanceof Fault ? hex : hex.toUpperCase();
    }
    case 'f':
      return real(value, (number) => fixed(number, precision ?? DEFAULT_PRECISION, evaluation));
    case 'e':
      return real(value, (number) => scientific(number, precision ?? DEFAULT_PRECISION, evaluation));
    default:
      return CLAUSE;
  }
}

function integer(value: Value, radix: number): string | Fault {
  return typeof value === 'bigint' ? value.toString(radix) : UNFIT;
}

function hexadecimal(value: Value, evaluation: Evaluation): string | Fault {
  if (typeof value !== 'string') return integer(value, 16);
  evaluation.make(2 * value.length);
  return Buffer.from(value).toString('hex');
}

function real(value: Value, show: (number: number) => string): string | Fault {
  if (!(value instanceof Double)) return UNFIT;
  return Number.isFinite(value.value) ? show(value.value) : String(value.value);
}

/** By their digits, of which there are at most a hundred: one takes some 100 us to make. */
const FORMATTERS = new Map<number, Intl.NumberFormat>();
const FORMATTER_STEPS = 50;

/** Rounds half to even, as `toFixed` does not. */
function fixed(number: number, digits: number, evaluation: Evaluation): string {
  evaluation.steps(FORMATTER_STEPS);
  const formatter = FORMATTERS.get(digits) ?? formatterFor(digits);
  FORMATTERS.set(digits, formatter);
  return formatter.format(number);
}

function formatterFor(digits: number): Intl.NumberFormat {
  return new Intl.NumberFormat('en-US', {
    maximumFractionDigits: digits,
    minimumFractionDigits: digits,
    roundingMode: 'halfEven',
    useGrouping: false,
  });
}

/** A hundred digits take some 10 us. */
const SCIENTIFIC_STEPS = 20;

/** With an exponent of two digits at least. */
function scientific(number: number, digits: number, evaluation: Evaluation): string {
  evaluation.steps(SCIENTIFIC_STEPS);
  return number.toExponential(digits).replace(/e([+-])([0-9])$/, 'e$10$2');
}

/** What `%s` shows: strings as they are, lists and maps by their members. */
function plain(value: Value, evaluation: Evaluation, depth: number): string | Fault {
  evaluation.steps(1);
  if (typeof value === 'string') return value;
  if (value === null || typeof value === 'boolean' || typeof value === 'bigint') return String(value);
  if (value instanceof Double) return String(value.value);
  if (value instanceof TypeValue) return value.name;
  if (depth >= EVALUATION_LIMITS.depth)
    throw new Exceeded(`values nested over ${EVALUATION_LIMITS.depth} deep were formatted`);
  if (isList(value)) return plainList(value, evaluation, depth + 1);
  return isMap(value) ? plainMap(value, evaluation, depth + 1) : UNFIT;
}

function plainList(list: List, evaluation: Evaluation, depth: number): string | Fault {
  const shown: string[] = [];
  for (const element of list) {
    const value = read(element, evaluation);
    const text = value instanceof Fault ? value : plain(value, evaluation, depth);
    if (text instanceof Fault) return text;
    evaluation.make(text.length);
    shown.push(text);
  }
  return `[${shown.join(', ')}]`;
}

/** In the order of the keys as they are shown. */
function plainMap(map: MapValue, evaluation: Evaluation, depth: number): string | Fault {
  const shown: string[] = [];
  for (const key of mapKeysOf(map, evaluation)) {
    const value = lookUp(map, key, evaluation) ?? null;
    const text = value instanceof Fault ? value : plain(value, evaluation, depth);
    if (text instanceof Fault) return text;
    evaluation.make(text.length + String(key).length);
    shown.push(`${String(key)}: ${text}`);
  }
  evaluation.steps(shown.length);
  return `{${shown.sort().join(', ')}}`;
}
