/** Reads a file of policy tests. Whatever could be a slip is an error with its line: a test that checks nothing passes. */

import { isJsonObject, type JsonObject } from '../../base/json.ts';
import type { CheckRequest } from '../../decision/decision.ts';
import {
  type HeaderLine,
  type ParsedOption,
  parseHeader,
  parseRequestLine,
  toCheck,
} from '../../explain/request.ts';
import { type FieldPath, formatField } from '../../resources/fields.ts';
import { type Finding, finding } from '../../resources/findings.ts';
import type { Position, WrittenAt } from '../../resources/set.ts';
import { structuralProblems } from '../../resources/structure.ts';
import { readYaml, type YamlDocument } from '../../resources/yaml.ts';
import { parseTime } from '../time.ts';
import { TESTS_SCHEMA } from './schema.ts';

export interface PolicyTest {
  readonly name: string;
  readonly file: string;
  readonly position: Position;
  readonly request: CheckRequest;
  /** Undefined: the request is anonymous. */
  readonly credential: TestCredential | undefined;
  /** Unix seconds; undefined = now. */
  readonly at: number | undefined;
  readonly expect: Expectation;
}

export type TestCredential =
  | { readonly kind: 'token'; readonly token: string }
  | {
      readonly kind: 'claims';
      readonly claims: JsonObject;
      readonly header: JsonObject;
      /** namespace/name; undefined = the first of the binding. */
      readonly source: string | undefined;
    };

/** At least one of them is there. '' asks for the absence of a text. */
export interface Expectation {
  readonly outcome?: string;
  readonly reason?: string;
  readonly status?: number;
  readonly binding?: string;
  readonly rule?: string;
  readonly source?: string;
  readonly user?: string;
  readonly forwarded?: Readonly<Record<string, string>>;
  /** Of the answer that the client gets where the request does not go on. */
  readonly headers?: Readonly<Record<string, string>>;
  /** A verdict of a Trial. */
  readonly trial?: string;
}

export interface PolicyTests {
  readonly tests: readonly PolicyTest[];
  readonly findings: readonly Finding[];
}

export function readTests(file: string, content: string): PolicyTests {
  const { documents, findings } = readYaml(file, content);
  const tests: PolicyTest[] = [];
  const problems: Finding[] = [...findings];
  for (const document of documents) {
    const found = readDocument(document);
    tests.push(...found.tests);
    problems.push(...found.findings);
  }
  if (documents.length + problems.length === 0) {
    const origin: WrittenAt = { file, locate: () => ({ line: 1, column: 1 }) };
    problems.push(problemAt(origin, [], 'there is no test in this file', 'begin it with tests:'));
  }
  return { tests, findings: problems };
}

function problemAt(origin: WrittenAt, path: FieldPath, message: string, remedy: string): Finding {
  return finding('Invalid', { object: undefined, origin, field: formatField(path) }, message, remedy);
}

function readDocument({ value, origin }: YamlDocument): PolicyTests {
  if (isJsonObject(value) && Object.hasOwn(value, 'apiVersion') && Object.hasOwn(value, 'kind')) {
    return {
      tests: [],
      findings: [
        problemAt(origin, [], 'this is a manifest, not a file of tests', 'give it an -f of its own'),
      ],
    };
  }
  const structural = structuralProblems(TESTS_SCHEMA, value, []);
  if (structural.length > 0 || !isJsonObject(value) || !Array.isArray(value.tests)) {
    return {
      tests: [],
      findings: structural.map(({ path, message, remedy }) =>
        problemAt(origin, path, message, remedy ?? 'correct it'),
      ),
    };
  }
  const tests: PolicyTest[] = [];
  const findings: Finding[] = [];
  for (const [index, member] of value.tests.entries()) {
    // The schema has been checked: each is such an object.
    const read = readTest(member as unknown as WrittenTest, ['tests', index], origin);
    if ('problem' in read) findings.push(read.problem);
    else tests.push(read);
  }
  return { tests, findings };
}

/** A test as the schema has it. */
interface WrittenTest {
  readonly name: string;
  readonly request: string;
  readonly headers?: JsonObject;
  readonly token?: string;
  readonly claims?: JsonObject;
  readonly source?: string;
  readonly header?: JsonObject;
  readonly at?: string;
  readonly expect: Expectation;
}

function readTest(
  written: WrittenTest,
  path: FieldPath,
  origin: WrittenAt,
): PolicyTest | { readonly problem: Finding } {
  const refuse = (field: FieldPath, message: string, remedy: string) => ({
    problem: problemAt(origin, [...path, ...field], message, remedy),
  });
  const { name, expect } = written;
  const parts = [expect, expect.forwarded, expect.headers];
  if (parts.some((part) => part !== undefined && Object.keys(part).length === 0)) {
    return refuse(['expect'], 'nothing is expected here', 'say what: outcome, reason, status, rule, user …');
  }
  if (written.token !== undefined && written.claims !== undefined) {
    return refuse(['token'], 'there are a token and claims', 'keep one of the two');
  }
  for (const field of ['source', 'header'] as const) {
    if (written[field] !== undefined && written.claims === undefined) {
      return refuse([field], `${field} says how claims are signed, and there are none`, 'add claims: {…}');
    }
  }
  const request = readRequest(written);
  if (request.kind === 'refused') return refuse(request.field, request.problem, 'correct it');
  const at = written.at === undefined ? undefined : parseTime(written.at);
  if (written.at !== undefined && at === undefined) {
    return refuse(['at'], 'this is no time', 'write it as 2026-01-31T12:00:00Z, or as "1769860800"');
  }
  return {
    name,
    expect,
    at,
    file: origin.file,
    position: origin.locate(formatField(path)),
    request: request.value,
    credential: credentialOf(written),
  };
}

type ReadRequest =
  | Extract<ParsedOption<CheckRequest>, { kind: 'parsed' }>
  | { readonly kind: 'refused'; readonly field: FieldPath; readonly problem: string };

function readRequest({ request, headers = {} }: WrittenTest): ReadRequest {
  const line = parseRequestLine(request);
  if (line.kind === 'refused') return { ...line, field: ['request'] };
  const lines: HeaderLine[] = [];
  for (const [name, written] of Object.entries(headers)) {
    const field = ['headers', name];
    const values = Array.isArray(written) ? written : [written];
    if (values.length === 0) return { kind: 'refused', field, problem: 'the list is empty' };
    for (const value of values) {
      if (typeof value !== 'string') return { kind: 'refused', field, problem: NO_TEXT };
      const header = parseHeader(`${name}: ${value}`);
      if (header.kind === 'refused') return { ...header, field };
      lines.push(header.value);
    }
  }
  if (line.value.host === undefined && !lines.some(([name]) => name === 'host')) {
    return { kind: 'refused', field: ['request'], problem: 'names no host, and headers has none either' };
  }
  return { kind: 'parsed', value: toCheck(line.value, lines) };
}

const NO_TEXT =
  'it must be a string, or a list of strings for a header that is sent more than once; numbers need quotes';

function credentialOf({ token, claims, header = {}, source }: WrittenTest): TestCredential | undefined {
  if (token !== undefined) return { kind: 'token', token };
  return claims === undefined ? undefined : { kind: 'claims', claims, header, source };
}
