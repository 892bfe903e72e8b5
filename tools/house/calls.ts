/** Which functions of src/ were called, by the counts of V8 itself: the code runs unchanged. */

import { type Debugger, type Profiler, Session } from 'node:inspector';
import { pathToFileURL } from 'node:url';

export interface CalledFunction {
  /** Its file, from the root of the repository. */
  readonly file: string;
  readonly name: string;
  /** Where it begins in its file: functions without a name are told apart by it. */
  readonly start: number;
  readonly end: number;
  readonly script: string;
}

export interface Calls {
  /** Functions that were called since the last take. */
  take(): readonly CalledFunction[];
  /** Notes when these functions begin, until `close`. */
  follow(functions: readonly CalledFunction[]): Promise<Followed>;
  close(): void;
}

export interface Followed {
  /** Forgets what was noted so far. */
  clear(): void;
  /** In the order of their first calls. */
  inOrder(): readonly CalledFunction[];
}

/** The conditions of breakpoints call this global function. It returns false, so that nothing stops. */
const NOTE = '__portcullisHouseNote';

/** Follows calls from now on. Only functions of files below `root`, a folder with `/` at its end, in src/ count. */
export function followCalls(root: string): Calls {
  const session = new Session();
  session.connect();
  /** A session to its own thread answers before `post` returns. */
  const post = <Answer>(send: (done: (error: Error | null, answer?: Answer) => void) => void): Answer => {
    let given: { readonly error: Error | null; readonly answer: Answer | undefined } | undefined;
    send((error, answer) => {
      given = { error, answer };
    });
    if (given?.error) throw new Error('the inspector refused', { cause: given.error });
    if (given === undefined) throw new Error('the inspector did not answer at once');
    return given.answer as Answer;
  };
  post<void>((done) => session.post('Profiler.enable', done));
  post<unknown>((done) =>
    session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: false }, done),
  );

  const follow: Calls['follow'] = async (functions) => {
    const seen = new Set<CalledFunction>();
    Reflect.set(globalThis, NOTE, (index: number): false => {
      const called = functions[index];
      if (called !== undefined) seen.add(called);
      return false;
    });
    post<unknown>((done) => session.post('Debugger.enable', done));
    const places = new Map<string, (offset: number) => Debugger.Location>();
    const placesIn = (scriptId: string): ((offset: number) => Debugger.Location) => {
      const known = places.get(scriptId);
      if (known !== undefined) return known;
      const { scriptSource } = post<Debugger.GetScriptSourceReturnType>((done) =>
        session.post('Debugger.getScriptSource', { scriptId }, done),
      );
      const place = (offset: number): Debugger.Location => ({ scriptId, ...placeOf(scriptSource, offset) });
      places.set(scriptId, place);
      return place;
    };
    // All of them take seconds: without pauses the operator would lose its lease meanwhile.
    const pause = () => new Promise((resolve) => setImmediate(resolve));
    for (const [index, { script, start, end }] of functions.entries()) {
      const place = placesIn(script);
      const range = { start: place(start), end: place(end), restrictToFunction: true };
      const { locations } = post<Debugger.GetPossibleBreakpointsReturnType>((done) =>
        session.post('Debugger.getPossibleBreakpoints', range, done),
      );
      await pause();
      const [location] = locations;
      if (location === undefined) continue;
      post<unknown>((done) =>
        session.post('Debugger.setBreakpoint', { location, condition: `${NOTE}(${index})` }, done),
      );
    }
    return { clear: () => seen.clear(), inOrder: () => [...seen] };
  };

  return {
    follow,
    take: () => {
      const { result } = post<Profiler.TakePreciseCoverageReturnType>((done) =>
        session.post('Profiler.takePreciseCoverage', done),
      );
      return calledFunctions(result, root);
    },
    close: () => session.disconnect(),
  };
}

/** From the counts of V8. The code of a module outside of its functions does not count. */
export function calledFunctions(
  scripts: readonly Profiler.ScriptCoverage[],
  root: string,
): readonly CalledFunction[] {
  const sources = pathToFileURL(`${root}src/`).href;
  return scripts
    .filter(({ url }) => url.startsWith(sources))
    .flatMap(({ url, scriptId, functions }) =>
      functions.flatMap(({ functionName, ranges: [range] }) => {
        if (range === undefined || range.count === 0 || range.startOffset === 0) return [];
        const { startOffset: start, endOffset: end } = range;
        return { file: `src/${url.slice(sources.length)}`, name: functionName, start, end, script: scriptId };
      }),
    );
}

/** Line and column of an offset, both counted from 0. */
export function placeOf(
  text: string,
  offset: number,
): { readonly lineNumber: number; readonly columnNumber: number } {
  const before = text.slice(0, offset);
  return {
    lineNumber: before.split('\n').length - 1,
    columnNumber: offset - (before.lastIndexOf('\n') + 1),
  };
}
