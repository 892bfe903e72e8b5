/** Estimates how many files a change of a kind touches: as many as name an existing one of that kind. */

import { isTest, type SourceFile } from './sources.ts';

export interface Proxy {
  /** What would be added. */
  readonly change: string;
  /** What a file does that is counted, for the reader. */
  readonly counted: string;
  readonly isTouched: (file: SourceFile) => boolean;
}

export interface Touched {
  readonly change: string;
  readonly counted: string;
  readonly files: readonly string[];
  readonly tests: readonly string[];
}

/** Whether the code of a file, without its comments, has each of these words. */
const names =
  (...words: readonly string[]): Proxy['isTouched'] =>
  ({ text }) => {
    const code = withoutComments(text);
    return words.every((word) => new RegExp(`\\b${word}\\b`).test(code));
  };

/** What verifies tokens, and what compiles their sources: they may know what a JWT is. */
const JWT_FOLDERS = ['src/sources/jwt/', 'src/compiler/jwt/'];
const JWT_IMPORT = /^(?:import|export) [^;]*? from '(?:\.{1,2}\/)+(?:(?:sources|compiler)\/)?jwt\//m;
const JWT_OF_SOURCE = /\bjwt\b|\bAuthenticationSourceJwt\b/;

/** The examples are unusual names, so that a file that has one means it. */
export const PROXIES: readonly Proxy[] = [
  { change: 'preset', counted: 'names Cognito', isTouched: names('Cognito') },
  { change: 'condition reason', counted: 'names NeverAsked', isTouched: names('NeverAsked') },
  {
    change: 'requirement of a rule',
    counted: 'names clients and scopes',
    isTouched: names('clients', 'scopes'),
  },
  { change: 'finding (error)', counted: 'names HostShared', isTouched: names('HostShared') },
  { change: 'finding (warning)', counted: 'names KeyIDMissing', isTouched: names('KeyIDMissing') },
  {
    change: 'kind of source',
    counted: 'is in no folder jwt, and names jwt, AuthenticationSourceJwt or an export of such a folder',
    isTouched: (file) =>
      !JWT_FOLDERS.some((folder) => file.path.startsWith(folder)) &&
      (JWT_OF_SOURCE.test(withoutComments(file.text)) || JWT_IMPORT.test(file.text)),
  },
];

export function touchedBy({ change, counted, isTouched }: Proxy, files: readonly SourceFile[]): Touched {
  const touched = files.filter(isTouched).map(({ path }) => path);
  return {
    change,
    counted,
    files: touched.filter((file) => !isTest(file)),
    tests: touched.filter(isTest),
  };
}

/** For TypeScript as Biome formats it: a block comment begins its line, `//` stands before a space. */
export function withoutComments(text: string): string {
  return text.replaceAll(/^\s*\/\*[\s\S]*?\*\//gm, '').replaceAll(/(^|\s)\/\/ .*$/gm, '$1');
}
