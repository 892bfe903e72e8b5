/** Log lines of Envoy and the validator, as people like to read them. */

import { REASONS } from '../src/decision/reasons.ts';

/** A line of Envoy's access log; undefined for anything else that Envoy prints. */
export function accessLine(line: string): string | undefined {
  const entry = parse(line);
  if (entry?.method === undefined || entry.status === undefined) return undefined;
  const time = String(entry.time).slice(11, 19);
  const what = [entry.reason, entry.user && `user ${entry.user}`, entry.rule && `rule ${entry.rule}`];
  const said = what.filter(Boolean).join(', ') || entry.status_details || '';
  const asked = [entry.method ?? '-', entry.path ?? '', entry.mcp_method, entry.mcp_name]
    .filter((part) => part !== null && part !== undefined)
    .join(' ');
  return `${time}  ${entry.status}  ${asked}  ${said}`.trimEnd();
}

/** pino's numbers. */
const WARN = 40;
const ERROR = 50;

/** What keeps requests from being judged until somebody mends it: an error, or trouble with a file or with keys. */
export function tellsOfMistake(line: string): boolean {
  const { level = 0, file, code } = parse(line) ?? {};
  return Number(level) >= ERROR || (level === WARN && (file !== undefined || code !== undefined));
}

/**
 * A warning or error of the validator's, and what is said of a file or a source without one: that it is in force, or
 * works again. Of its denials only those that Envoy makes a bare 503 of: for the others the reason stands in the
 * access log.
 */
export function logLine(line: string): string | undefined {
  const entry = parse(line);
  if (entry === undefined) return line;
  const { level, outcome, reason, detail, msg, file, source } = entry;
  if (typeof level !== 'number') return undefined;
  if (level < WARN && file === undefined && source === undefined) return undefined;
  if (outcome === undefined) return `validator: ${msg}`;
  return isUnavailable(reason) ? `validator: ${reason}: ${detail}` : undefined;
}

function isUnavailable(reason: unknown): boolean {
  return Object.entries(REASONS).some(([name, { status }]) => name === reason && status === 503);
}

function parse(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? { ...value } : undefined;
  } catch {
    return undefined;
  }
}
