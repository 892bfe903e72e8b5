/** The console's files, as the admin address of a validator serves them. */

/** By the path at which it is served. */
export type ConsoleFiles = Readonly<Record<ConsolePath, string>>;

export type ConsolePath = '/' | '/console.js' | '/console.css' | '/console.svg';

/** Undefined in a program that runs from its sources: tools/bundle.ts puts the files here when it makes dist/. */
export const consoleFiles: ConsoleFiles | undefined = undefined as ConsoleFiles | undefined;
