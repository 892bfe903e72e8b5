/** Lines that `portcullis inject` and `portcullis uninject` print about findings, and about pods. */

import type { InjectionRefusal } from '../injection/refusals.ts';
import { type Finding, renderFinding } from '../resources/findings.ts';
import type { YamlDocument } from '../resources/yaml.ts';
import type { PodPlace } from './inject-pods.ts';

/** `file:line` of the document's beginning. */
export const documentPlace = ({ origin }: YamlDocument): string => `${origin.file}:${origin.locate('').line}`;

/** Without the severity, which stands before each line. */
export const findingLine = (finding: Finding): string =>
  renderFinding(finding).replace(`: ${finding.severity}: `, ': ');

export const refusalLine = (
  document: YamlDocument,
  { owner }: Pick<PodPlace, 'owner'>,
  { message, remedy, reason }: InjectionRefusal,
): string => `${documentPlace(document)}: ${owner}: ${message}; ${remedy} (${reason})`;
