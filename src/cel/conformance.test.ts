/** CEL's own conformance tests: each is met, or refused at load because it asks for what we leave out. */

import { tests as conformance } from '@bufbuild/cel-spec/testdata/conformance.js';
import { describe, expect, it } from 'vitest';
import { Evaluation } from './evaluation.ts';
import { compileProgram, evaluateProgram } from './expression.ts';
import { SOURCE_INPUT } from './testing/world.ts';
import { DYN } from './types.ts';
import { Double, Fault, isList, MapLiteral, mapKey, type Result, TypeValue, type Value } from './values.ts';
import type { Variables } from './variables.ts';

/** The tests' way to write a value: one member, named by its kind. */
interface SpecValue {
  readonly int64Value?: string;
  readonly doubleValue?: number | string;
  readonly boolValue?: boolean;
  readonly stringValue?: string;
  readonly nullValue?: null;
  readonly typeValue?: string;
  readonly listValue?: { readonly values?: readonly SpecValue[] };
  readonly mapValue?: {
    readonly entries?: readonly { readonly key: SpecValue; readonly value: SpecValue }[];
  };
}

interface SpecTest {
  readonly name?: string;
  readonly expr: string;
  readonly container?: string;
  readonly value?: SpecValue;
  readonly evalError?: unknown;
  readonly bindings?: Readonly<Record<string, { readonly value?: SpecValue }>>;
}

interface SpecSuite {
  readonly name: string;
  readonly suites?: readonly SpecSuite[];
  readonly tests?: readonly { readonly original: SpecTest }[];
}

function fromSpec(spec: SpecValue): Value | undefined {
  if (spec.int64Value !== undefined) return BigInt(spec.int64Value);
  if (spec.doubleValue !== undefined) return new Double(Number(spec.doubleValue));
  if (spec.typeValue !== undefined) return new TypeValue(spec.typeValue);
  if (spec.nullValue !== undefined) return null;
  if (spec.listValue !== undefined) return all((spec.listValue.values ?? []).map(fromSpec));
  if (spec.mapValue === undefined) return spec.boolValue ?? spec.stringValue;
  const entries = new Map();
  for (const { key, value } of spec.mapValue.entries ?? []) {
    const [name, member] = [fromSpec(key), fromSpec(value)];
    if (name === undefined || member === undefined) return undefined;
    entries.set(mapKey(name), member);
  }
  return new MapLiteral(entries);
}

function known(spec: SpecValue): Result {
  const value = fromSpec(spec);
  return value === undefined ? new Fault('a value of a kind that we do not have') : value;
}

function all(values: readonly (Value | undefined)[]): readonly Value[] | undefined {
  return values.every((value) => value !== undefined) ? values : undefined;
}

/** A form in which equal values, NaN and the order of map keys included, are the same. */
function shown(value: Result): unknown {
  if (value instanceof Fault) return { fault: value.problem };
  if (value instanceof Double) return { double: String(value.value) };
  if (isList(value)) return value.map((element) => (typeof element === 'number' ? element : shown(element)));
  if (!(value instanceof MapLiteral)) return value;
  return [...value.entries].map(([key, member]) => [`${typeof key} ${String(key)}`, shown(member)]).sort();
}

function* testsOf(suite: SpecSuite, path: string): Generator<readonly [string, SpecTest]> {
  for (const inner of suite.suites ?? []) yield* testsOf(inner, `${path}/${inner.name}`);
  for (const { original } of suite.tests ?? []) yield [path, original];
}

/** What the texts that may be refused ask for: bytes, unsigned numbers, times, messages, other extensions. */
const LEFT_OUT =
  /[0-9][uU]\b|uint|[bB]['"]|[rR][bB]['"]|bytes|timestamp|duration|\.get[A-Z]|google|TestAllTypes|\{\w+:|math\.|optional|\.\?|\[\?|`|base64|cel\.|ip\(|cidr/;

/** Suites about messages, variables with dots in their names, names of no use here, and macros in macros. */
const OTHER =
  /^\/(dynamic|enums|proto|wrappers|type_deductions|macros2|namespace|fields\/qualified|parse\/receiver|macros\/nested)/;

/** Refused at load, though CEL without a checker would not look at the side that is no bool. */
const UNLIKE = new Set([
  'x || true',
  'f_unknown(17) || true',
  'false && 32',
  'true || 32',
  "'horses' && false",
  "'horses' || true",
]);

const cases = [...testsOf(conformance, '')]
  .filter(([path, { container }]) => !OTHER.test(path) && container === undefined)
  .map(([path, original]) => [path, original.expr, original] as const);

describe('the conformance suite', () => {
  const seen = { met: 0, refused: 0 };

  it.each(cases)('%s: %s', (path, expr, { value, evalError, bindings = {} }) => {
    const given = Object.entries(bindings).map(
      ([name, bound]) => [name, fromSpec(bound.value ?? {})] as const,
    );
    const variables: Variables = new Map(
      given.map(([name, known]) => [name, { type: DYN, description: path, read: () => known }]),
    );
    const compiled = compileProgram(expr, variables);
    if (compiled.kind === 'refused') {
      seen.refused += 1;
      if (evalError === undefined && !UNLIKE.has(expr)) expect(expr).toMatch(LEFT_OUT);
      return;
    }
    const result = evaluateProgram(compiled.node, SOURCE_INPUT, new Evaluation());
    seen.met += 1;
    if (evalError !== undefined) expect(result).toBeInstanceOf(Fault);
    else expect(shown(result)).toEqual(shown(known(value ?? { boolValue: true })));
  });

  it('most of it is met', () => {
    expect(seen.met).toBeGreaterThan(800);
  });
});
