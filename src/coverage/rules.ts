/** Rules of a binding that let anybody in. */

import type { ApiBinding, ApiBindingRule } from '../resources/types.gen.ts';
import { few } from '../status/texts.ts';
import type { CoverageFinding } from './findings.ts';

type Report = (reason: 'RuleOpen' | 'RulePublic', message: string, remedy: string) => CoverageFinding;

export function judgeRules({ spec: { rules = [] } }: ApiBinding, report: Report): readonly CoverageFinding[] {
  const found: CoverageFinding[] = [];
  for (const [index, rule] of rules.entries()) {
    const { name = `rules[${index}]`, authentication = 'Required' } = rule;
    if (letsAnybodyIn(rule)) {
      const remedy = 'if it is an API, let the rule require authentication';
      if (takesAll(rule))
        found.push(
          report('RuleOpen', `rule ${name} lets anybody in (authentication ${authentication})`, remedy),
        );
      else
        found.push(
          report(
            'RulePublic',
            `rule ${name} lets anybody in ${scopeOf(rule)} (authentication ${authentication})`,
            remedy,
          ),
        );
    }
    // No later rule is ever reached.
    if (takesEveryRequest(rule)) break;
  }
  return found;
}

/** Optional takes those without a token as well, unless something is required of whoever comes. */
function letsAnybodyIn({ authentication, require }: ApiBindingRule): boolean {
  if (authentication === 'None') return true;
  return authentication === 'Optional' && Object.keys(require ?? {}).length === 0;
}

const takesEveryRequest = (rule: ApiBindingRule): boolean =>
  takesAll(rule) && (rule.match?.methods ?? []).length === 0;

/** As good as every request: whatever its path. */
function takesAll({ match }: ApiBindingRule): boolean {
  const paths = match?.paths ?? [];
  const isAnyPath = paths.length === 0 || paths.some(({ type, value }) => isEveryPath(type, value));
  return (
    isAnyPath &&
    match?.mcp === undefined &&
    (match?.hosts ?? []).length === 0 &&
    !isReadOnly(match?.methods ?? [])
  );
}

const isEveryPath = (type: string, value: string): boolean =>
  (type === 'PathPrefix' && value === '/') || (type === 'RegularExpression' && EVERY_PATH.test(value));
const EVERY_PATH = /^\^?\/?(?:\.\*|\(\.\*\)|\.\+)\$?$/;

/** Asking beforehand what is permitted gives nobody anything. */
const isReadOnly = (methods: readonly string[]): boolean =>
  methods.length > 0 && methods.every((method) => method === 'OPTIONS');

function scopeOf({ match }: ApiBindingRule): string {
  const { paths = [], methods = [], hosts = [] } = match ?? {};
  return [
    ...(paths.length === 0 ? [] : [`at ${few(paths.map(({ value }) => value))}`]),
    ...(methods.length === 0 ? [] : [`by ${few(methods)}`]),
    ...(hosts.length === 0 ? [] : [`for ${few(hosts)}`]),
  ].join(' ');
}
