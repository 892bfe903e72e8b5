/**
 * From syntax tree to program: every name, function, kind and depth is judged here, once, so that what runs
 * for a request can fail on its input alone.
 */

import { compileCall } from './calls.ts';
import { has } from './comparison.ts';
import { compileComprehension } from './comprehensions.ts';
import { EVALUATION_LIMITS } from './evaluation.ts';
import type { Constant, Expr, Select, Struct } from './parse.ts';
import { constant, deeper, type Place, type ProgramNode, RefusedExpression } from './program.ts';
import {
  BOOL,
  DOUBLE,
  DYN,
  INT,
  keyProblem,
  NULL,
  STRING,
  type StaticType,
  TYPE_TYPE,
  union,
} from './types.ts';
import {
  Double,
  Fault,
  isMap,
  lookUp,
  type MapKey,
  MapLiteral,
  mapKey,
  read,
  TypeValue,
  type Value,
} from './values.ts';
import { REMEDIES, TYPE_NAMES } from './variables.ts';

export function compileExpr(expr: Expr, place: Place): ProgramNode {
  if (place.depth > EVALUATION_LIMITS.nesting) {
    throw new RefusedExpression(
      `it nests deeper than ${EVALUATION_LIMITS.nesting} levels: split it into several expressions`,
      expr.id,
    );
  }
  const { exprKind } = expr;
  switch (exprKind.case) {
    case 'constExpr':
      return literal(expr.id, exprKind.value.constantKind);
    case 'identExpr':
      return identifier(expr.id, exprKind.value.name, place);
    case 'selectExpr':
      return selection(expr.id, exprKind.value, place);
    case 'callExpr':
      return compileCall(expr.id, exprKind.value, place, compileExpr);
    case 'listExpr':
      return list(exprKind.value.elements, place);
    case 'structExpr':
      return map(expr.id, exprKind.value, place);
    case 'comprehensionExpr':
      return compileComprehension(expr.id, exprKind.value, place, compileExpr);
    default:
      throw new RefusedExpression('it has a part that is not understood', expr.id);
  }
}

function literal(id: bigint, value: Constant): ProgramNode {
  switch (value.case) {
    case 'boolValue':
      return constant(BOOL, value.value);
    case 'stringValue':
      return constant(STRING, value.value);
    case 'doubleValue':
      return constant(DOUBLE, new Double(value.value));
    case 'nullValue':
      return constant(NULL, null);
    case 'int64Value':
      if (value.value === BigInt.asIntN(64, value.value)) return constant(INT, value.value);
      throw new RefusedExpression('the number does not fit into 64 bits', id);
    case 'uint64Value':
      throw new RefusedExpression('unsigned numbers are not available: leave the "u" away', id);
    case 'bytesValue':
      throw new RefusedExpression('bytes are not available: leave the "b" before the string away', id);
    default:
      throw new RefusedExpression('it has a literal that is not understood', id);
  }
}

function identifier(id: bigint, name: string, place: Place): ProgramNode {
  const { locals } = place;
  if (name === locals?.item) {
    return { type: locals.itemType, run: (frame) => read(frame.item, frame.evaluation) };
  }
  if (name === locals?.accumulator)
    return { type: locals.accumulatorType, run: (frame) => frame.accumulator };
  if (place.variables.has(name)) {
    if (name === 'request' || name === 'params') place.facts.readsPath = true;
    return variable(id, name, place);
  }
  const typeName = TYPE_NAMES.find((known) => known === name);
  if (typeName !== undefined) return constant(TYPE_TYPE, new TypeValue(typeName));
  throw unknownName(id, name, place);
}

function variable(id: bigint, name: string, place: Place): ProgramNode {
  const found = place.variables.get(name);
  if (found === undefined) throw unknownName(id, name, place);
  const absent = new Fault(`${name} is not known here`);
  return {
    type: found.type,
    run: (frame) => {
      const element = found.read(frame.input);
      return element === undefined ? absent : read(element, frame.evaluation);
    },
  };
}

function unknownName(id: bigint, name: string, place: Place): RefusedExpression {
  const remedy = REMEDIES.get(name);
  const names = [...place.variables.keys(), ...(place.locals === undefined ? [] : [place.locals.item])];
  const known = `known here: ${names.join(', ')}`;
  return new RefusedExpression(
    `unknown name ${JSON.stringify(name)}: ${remedy === undefined ? '' : `${remedy}; `}${known}`,
    id,
  );
}

const NO_MEMBERS = new Fault('a member of a value that is no map was read');

/** `operand.field`, and `has(operand.field)`. */
function selection(id: bigint, { operand, field, testOnly }: Select, place: Place): ProgramNode {
  if (operand === undefined) throw new RefusedExpression('it has a part that is not understood', id);
  const from = selected(operand, field, place);
  const { type } = from;
  if (type.kind !== 'map' && type.kind !== 'dyn')
    throw new RefusedExpression(`a ${type.kind} has no member "${field}"${sizeRemedy(field)}`, id);
  const problem = keyProblem(type, field);
  if (problem !== undefined) throw new RefusedExpression(`${dotted(operand)}.${field}: ${problem}`, id);
  if (testOnly) {
    const run: ProgramNode['run'] = (frame) => {
      frame.evaluation.steps(1);
      const map = from.run(frame);
      if (map instanceof Fault) return map;
      return isMap(map) ? has(map, field) : NO_MEMBERS;
    };
    return { type: BOOL, run };
  }
  const absent = new Fault(`${dotted(operand)}.${field} is absent`);
  const run: ProgramNode['run'] = (frame) => {
    frame.evaluation.steps(1);
    const map = from.run(frame);
    if (map instanceof Fault) return map;
    if (!isMap(map)) return NO_MEMBERS;
    const value = lookUp(map, field, frame.evaluation);
    return value === undefined ? absent : value;
  };
  return { type: type.fields?.get(field) ?? type.element ?? DYN, run };
}

const sizeRemedy = (field: string): string =>
  /^(?:size|length|len|count)$/.test(field) ? ': write size(…)' : '';

/** The operand of a selection: of `request`, only what is selected counts as read. */
function selected(operand: Expr, field: string, place: Place): ProgramNode {
  const { exprKind } = operand;
  const name = exprKind.case === 'identExpr' ? exprKind.value.name : '';
  if (name !== 'request' || !place.variables.has(name)) return compileExpr(operand, deeper(place));
  if (field === 'path') place.facts.readsPath = true;
  return variable(operand.id, name, place);
}

/** The text of a chain of selections, for messages. */
function dotted({ exprKind }: Expr): string {
  if (exprKind.case === 'identExpr') return exprKind.value.name;
  if (exprKind.case !== 'selectExpr' || exprKind.value.operand === undefined) return '(…)';
  return `${dotted(exprKind.value.operand)}.${exprKind.value.field}`;
}

function list(elements: readonly Expr[], place: Place): ProgramNode {
  const nodes = elements.map((element) => compileExpr(element, deeper(place)));
  const type: StaticType = { kind: 'list', element: union(nodes.map((node) => node.type)) };
  const constants = nodes.flatMap((node) => (node.constant === undefined ? [] : [node.constant]));
  if (constants.length === nodes.length) return constant(type, constants);
  const run: ProgramNode['run'] = (frame) => {
    frame.evaluation.steps(nodes.length);
    const values: Value[] = [];
    for (const node of nodes) {
      const value = node.run(frame);
      if (value instanceof Fault) return value;
      values.push(value);
    }
    return values;
  };
  return { type, run };
}

const DOUBLE_KEY = new Fault('a map was written with one key twice');

function map(id: bigint, { messageName, entries }: Struct, place: Place): ProgramNode {
  if (messageName !== '')
    throw new RefusedExpression(`unknown type "${messageName}": write a map, {'key': value}`, id);
  const pairs = entries.map(({ keyKind, value }) => {
    if (keyKind.case !== 'mapKey' || value === undefined)
      throw new RefusedExpression('the map is not understood', id);
    return [compileExpr(keyKind.value, deeper(place)), compileExpr(value, deeper(place))] as const;
  });
  const run: ProgramNode['run'] = (frame) => {
    frame.evaluation.steps(2 * pairs.length);
    const made = new Map<MapKey, Value>();
    for (const [keyNode, valueNode] of pairs) {
      const key = keyNode.run(frame);
      if (key instanceof Fault) return key;
      const usable = mapKey(key);
      if (usable instanceof Fault) return usable;
      if (made.has(usable)) return DOUBLE_KEY;
      const value = valueNode.run(frame);
      if (value instanceof Fault) return value;
      made.set(usable, value);
    }
    return new MapLiteral(made);
  };
  return { type: { kind: 'map' }, run };
}
