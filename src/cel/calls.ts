/** Calls: operators that CEL gives a meaning of their own, then the tables of operators, functions, methods. */

import { equality, indexing, membership } from './containers.ts';
import { CONVERSIONS, SIZE_METHODS } from './conversions.ts';
import { dispatch } from './dispatch.ts';
import { conditional, logic, notStrictlyFalse } from './logic.ts';
import { OPERATORS } from './operators.ts';
import type { Overloads } from './overloads.ts';
import type { CallExpr, Expr } from './parse.ts';
import { type Compile, deeper, type Place, type ProgramNode, RefusedExpression } from './program.ts';
import { regexMatch } from './regexes.ts';
import { STRING_FUNCTIONS, STRING_METHODS } from './strings.ts';
import { REMEDIES } from './variables.ts';

/** Functions that stand before their arguments. */
export const FUNCTIONS: Overloads = new Map([...CONVERSIONS, ...STRING_FUNCTIONS]);

/** Functions that stand behind their receiver; `matches` apart, whose pattern is compiled at load. */
export const METHODS: Overloads = new Map([...STRING_METHODS, ...SIZE_METHODS]);

export const MACROS = ['exists', 'all', 'exists_one', 'filter', 'map'] as const;

export function compileCall(id: bigint, call: CallExpr, place: Place, compile: Compile): ProgramNode {
  const { function: name, target, args } = call;
  const operands = () => args.map((arg) => compile(arg, deeper(place)));
  if (target !== undefined) {
    const { exprKind } = target;
    // `strings.quote` is one function's name, though it parses as a method of `strings`.
    const qualified = exprKind.case === 'identExpr' ? `${exprKind.value.name}.${name}` : '';
    const overloads = FUNCTIONS.get(qualified);
    if (overloads !== undefined) return dispatch(id, qualified, overloads, operands(), false);
    return method(id, name, [target, ...args], place, compile);
  }
  switch (name) {
    case '_&&_':
      return logic(false, args, place, compile);
    case '_||_':
      return logic(true, args, place, compile);
    case '_?_:_':
      return conditional(args, place, compile);
    case '@not_strictly_false':
      return notStrictlyFalse(operands());
    case '_==_':
      return equality(id, true, operands());
    case '_!=_':
      return equality(id, false, operands());
    case '@in':
      return membership(id, operands());
    case '_[_]':
      return indexing(id, operands());
    case 'has':
      throw new RefusedExpression('has() takes one member, as in has(claims.email)', id);
    case '_-_':
      refuseDash(args, place);
      return tabled(id, name, operands(), place);
    default:
      return tabled(id, name, operands(), place);
  }
}

/** `request.headers.x-tenant` is a difference, whose second term is no name that is known. */
function refuseDash([left, right]: readonly Expr[], { variables, locals }: Place): void {
  if (left?.exprKind.case !== 'selectExpr' || right?.exprKind.case !== 'identExpr') return;
  const { name } = right.exprKind.value;
  if (variables.has(name) || locals?.item === name) return;
  const whole = `${left.exprKind.value.field}-${name}`;
  throw new RefusedExpression(
    `unknown name ${JSON.stringify(name)}: if "${whole}" is one name, write ['${whole}'] for .${whole}`,
    right.id,
  );
}

/** `receiver.name(…)`; the receiver is the first operand. */
function method(
  id: bigint,
  name: string,
  exprs: readonly Expr[],
  place: Place,
  compile: Compile,
): ProgramNode {
  const overloads = METHODS.get(name);
  if (overloads === undefined && name !== 'matches') throw new RefusedExpression(unknownMethod(name), id);
  const operands = exprs.map((expr) => compile(expr, deeper(place)));
  return overloads === undefined
    ? regexMatch(id, operands, place)
    : dispatch(id, name, overloads, operands, true);
}

/** Methods that other languages have, and what serves instead. */
const METHOD_REMEDIES: ReadonlyMap<string, string> = new Map([
  ...['includes', 'has'].map((name) => [name, "write x in list, or text.contains('x')"] as const),
  ...['length', 'len', 'count'].map((name) => [name, 'write size()'] as const),
  ...['toLowerCase', 'lower'].map((name) => [name, 'write lowerAscii()'] as const),
  ...['toUpperCase', 'upper'].map((name) => [name, 'write upperAscii()'] as const),
  ...['any', 'some'].map((name) => [name, 'write list.exists(x, …)'] as const),
  ['every', 'write list.all(x, …)'],
  ...['match', 'test'].map((name) => [name, "write text.matches('^…$')"] as const),
]);

function unknownMethod(name: string): string {
  if (MACROS.some((macro) => macro === name)) {
    return `${name} takes a variable's name and an expression, as in roles.${name}(r, r.startsWith('team-'))`;
  }
  if (FUNCTIONS.has(name)) return `${name} is a function: write ${name}(x), not x.${name}()`;
  const known = ['matches', ...METHODS.keys(), ...MACROS];
  const alike = known.find((method) => method.toLowerCase() === name.toLowerCase());
  const meant = alike === undefined ? METHOD_REMEDIES.get(name) : `write ${alike}`;
  return `unknown method "${name}": ${meant ?? REMEDIES.get(name) ?? `known methods: ${known.join(', ')}`}`;
}

/** A call of an operator or a function that has no meaning but its table's. */
function tabled(id: bigint, name: string, operands: readonly ProgramNode[], place: Place): ProgramNode {
  const operator = OPERATORS.get(name);
  if (operator !== undefined) return dispatch(id, name, operator, operands, false);
  const overloads = FUNCTIONS.get(name);
  if (overloads !== undefined) return dispatch(id, name, overloads, operands, false);
  if (name === 'matches' && operands.length === 2) return regexMatch(id, operands, place);
  if (METHODS.has(name) || name === 'matches') {
    throw new RefusedExpression(`${name} is a method: write x.${name}(…), not ${name}(x, …)`, id);
  }
  const remedy = REMEDIES.get(name) ?? `known functions: ${[...FUNCTIONS.keys(), 'has'].join(', ')}`;
  throw new RefusedExpression(`unknown function "${name}": ${remedy}`, id);
}
