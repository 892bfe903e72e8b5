/** Strict readers of untrusted JSON: what is not described is refused, never passed over. */

import { shorten } from '../base/text.ts';

/** Reads a value or throws a `Misshapen`; `at` is the value's place in the document. */
export type Shape<T> = (value: unknown, at: string) => T;

/** What a shape reads. */
export type Infer<S> = S extends Shape<infer T> ? T : never;

/** Says where the document departs from its shape, and quotes nothing of it. */
export class Misshapen extends Error {}

export const text: Shape<string> = (value, at) => {
  if (typeof value !== 'string') throw new Misshapen(`${at} must be a string`);
  return value;
};

/** A finite number that is not negative. */
export const amount: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < 0) {
    throw new Misshapen(`${at} must be a number from 0 up`);
  }
  return value;
};

export const port: Shape<number> = (value, at) => {
  if (typeof value !== 'number' || !Number.isInteger(value) || value < 1 || value > 65_535) {
    throw new Misshapen(`${at} must be a port number`);
  }
  return value;
};

export function oneOf<const T extends string | number>(...values: readonly T[]): Shape<T> {
  return (value, at) => {
    const found = values.find((candidate) => candidate === value);
    if (found === undefined) throw new Misshapen(`${at} must be ${values.join(' or ')}`);
    return found;
  };
}

export function list<T>(item: Shape<T>): Shape<readonly T[]> {
  return (value, at) => {
    if (!Array.isArray(value)) throw new Misshapen(`${at} must be a list`);
    return value.map((element, i) => item(element, `${at}[${i}]`));
  };
}

export function either<A, B>(first: (value: unknown) => boolean, a: Shape<A>, b: Shape<B>): Shape<A | B> {
  return (value, at) => (first(value) ? a(value, at) : b(value, at));
}

type Members = Readonly<Record<string, Shape<unknown>>>;

type Required<M extends Members> = { readonly [K in keyof M]: ReturnType<M[K]> };
type Optional<M extends Members> = { readonly [K in keyof M]?: ReturnType<M[K]> };
/** One object type, as editors show it. */
type Flat<T> = { [K in keyof T]: T[K] };

/** An object that has all of `members`, may have `optional` ones, and nothing else. */
export function object<M extends Members, O extends Members = Record<never, never>>(
  members: M,
  optional?: O,
): Shape<Flat<Required<M> & Optional<O>>> {
  return (value, at) => {
    if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
    const missing = Object.keys(members).find((name) => !Object.hasOwn(value, name));
    if (missing !== undefined) throw new Misshapen(`${below(at, missing)} is missing`);
    const read = Object.entries(value).map(([name, member]) => {
      const place = below(at, name);
      const shape = own(members, name) ?? own(optional ?? {}, name);
      if (shape === undefined)
        throw new Misshapen(`${shorten(place, LONGEST_PLACE)} is not known in this format`);
      return [name, shape(member, place)] as const;
    });
    // Every member was read by its own shape, and none of the required ones is missing.
    return Object.fromEntries(read) as Flat<Required<M> & Optional<O>>;
  };
}

/** An object that has all of `members`. What else it has is passed over: a newer version says more. */
export function atLeast<M extends Members>(members: M): Shape<Flat<Required<M>>> {
  return (value, at) => {
    if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
    const read = Object.entries(members).map(([name, shape]) => [
      name,
      shape(own(value, name), below(at, name)),
    ]);
    // Every member was read by its own shape.
    return Object.fromEntries(read) as Flat<Required<M>>;
  };
}

export function orNull<T>(shape: Shape<T>): Shape<T | null> {
  return (value, at) => (value === null ? null : shape(value, at));
}

export function optional<T>(shape: Shape<T>): Shape<T | undefined> {
  return (value, at) => (value === undefined ? undefined : shape(value, at));
}

/** One of several objects, which differ in the value of their member `tag`. */
export function variant<M extends Members>(tag: string, shapes: M): Shape<ReturnType<M[keyof M]>> {
  return (value, at) => {
    if (!isObject(value)) throw new Misshapen(`${at} must be an object`);
    const kind = value[tag];
    const shape = typeof kind === 'string' ? own(shapes, kind) : undefined;
    if (shape === undefined) {
      throw new Misshapen(`${at}.${tag} must be ${Object.keys(shapes).join(' or ')}`);
    }
    // Whichever read it is one of them.
    return shape(value, at) as ReturnType<M[keyof M]>;
  };
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function below(at: string, name: string): string {
  return at === '' ? name : `${at}.${name}`;
}

/** The record's own member of that name: not `constructor`, which every object has by nature. */
export function own<T>(record: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(record, name) ? record[name] : undefined;
}

/** An unknown member's name is the document's own text. */
const LONGEST_PLACE = 200;
