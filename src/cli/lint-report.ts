/** Findings as text for people, as JSON for programs, and as workflow commands for GitHub. */

import { oneLine, shownJson } from '../base/text.ts';
import { type Finding, renderFinding } from '../resources/findings.ts';

export interface LintReport {
  readonly findings: readonly Finding[];
  readonly files: number;
  /** Objects of kinds that are none of ours. */
  readonly passedOver: number;
}

/** A line each, and one that sums up. */
export function renderReportText(report: LintReport): string {
  return [
    ...report.findings.map((finding) => oneLine(renderFinding(finding))),
    renderSummary(report),
    '',
  ].join('\n');
}

export function renderSummary({ findings, files, passedOver }: LintReport): string {
  const errors = findings.filter(({ severity }) => severity === 'error').length;
  const others = passedOver === 0 ? '' : `; ${count(passedOver, 'object')} of other kinds passed over`;
  return `${count(errors, 'error')}, ${count(findings.length - errors, 'warning')} in ${count(files, 'file')}${others}`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

/** An array; each finding has every field, null where there is none. */
export function renderReportJson({ findings }: LintReport): string {
  const all = findings.map((finding) => ({
    severity: finding.severity,
    reason: finding.reason,
    object: finding.object ?? null,
    file: finding.file ?? null,
    line: finding.line ?? null,
    column: finding.column ?? null,
    field: finding.field ?? null,
    message: finding.message,
    remedy: finding.remedy,
  }));
  return `${shownJson(all)}\n`;
}

/** `::error file=…,line=…,col=…,title=…::…`, which GitHub shows beside the line in the pull request. */
export function renderGithub({ findings }: LintReport): string {
  return findings.map((finding) => `${workflowCommand(finding)}\n`).join('');
}

function workflowCommand(finding: Finding): string {
  const { severity, file, line, column, object, field, message, remedy, reason } = finding;
  const title =
    object === undefined ? reason : `${reason}: ${object.kind} ${object.namespace}/${object.name}`;
  const properties = [
    ['file', file],
    ['line', line],
    ['col', column],
    ['title', oneLine(title)],
  ].flatMap(([name, value]) => (value === undefined ? [] : [`${name}=${escapeProperty(String(value))}`]));
  const text = [field, `${message}; ${remedy}`].filter(Boolean).join(': ');
  return `::${severity} ${properties.join(',')}::${escapeData(oneLine(text))}`;
}

/** As @actions/core escapes them. */
function escapeData(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
