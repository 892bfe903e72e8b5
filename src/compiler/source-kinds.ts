/** The kinds of sources, as they are compiled. A new kind is a line here. */

import type { AuthenticationSource } from '../resources/types.gen.ts';
import type { Issue } from './issues.ts';
import { JWT_COMPILER } from './jwt/kind.ts';
import type { SourceCompiler } from './source-kind.ts';

type SourceType = NonNullable<AuthenticationSource['spec']['type']>;

/** The schema refuses the types that have none yet. */
const COMPILERS: Readonly<Partial<Record<SourceType, SourceCompiler>>> = { JWT: JWT_COMPILER };

export function compilerOf({ spec: { type = 'JWT' } }: AuthenticationSource): SourceCompiler {
  const compiler = COMPILERS[type];
  if (compiler === undefined) throw new TypeError(`no source of type ${type} is compiled`);
  return compiler;
}

/** What sources of one binding have against each other, kind by kind. */
export const duplicateSources = (sources: readonly AuthenticationSource[]): readonly Issue[] =>
  Object.values(COMPILERS).flatMap((compiler) =>
    compiler.duplicates(sources.filter((source) => compilerOf(source) === compiler)),
  );

/** The places below which a source says what stands in a Secret or ConfigMap. */
export const DATA_FIELDS = Object.values(COMPILERS).flatMap(({ dataFields }) => dataFields);
