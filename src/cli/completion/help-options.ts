/** The options of a command as its help tells them: what a person can read, a shell can complete. */

export interface HelpOption {
  /** As they are typed: `-n`, `--namespace`. */
  readonly names: readonly string[];
  /** What follows it; undefined = nothing. */
  readonly value: HelpValue | undefined;
  /** The first line of what the help says of it. */
  readonly about: string;
}

export type HelpValue =
  | { readonly kind: 'words'; readonly words: readonly string[] }
  | { readonly kind: 'file' }
  | { readonly kind: 'text' };

/** `  -n, --namespace NAME   about`: two spaces, names, perhaps a value, and at least two spaces before the text. */
const OPTION = /^ {2}((?:-[a-zA-Z], )?(?:--[a-z][a-z-]*|-[a-zA-Z]))(?: (.*?))??(?: {2,}(.*))?$/;
const FILES = /^(PATH|FILE|DIR)$/;
const WORDS = /^[A-Za-z0-9-]+(\|[A-Za-z0-9-]+)+$/;
/** `text, json or github (…)`, after the placeholder FORMAT. */
const FORMATS = /^([a-z]+(?:, [a-z]+)* or [a-z]+)\b/;

export function optionsOf(help: string): readonly HelpOption[] {
  const usage = /^Usage: .*$/m.exec(help)?.[0] ?? '';
  return help.split('\n').flatMap((line) => {
    const [, names, placeholder, about = ''] = OPTION.exec(line) ?? [];
    if (names === undefined) return [];
    const all = names.split(', ');
    return [
      {
        names: all,
        value: followedBy(placeholder, about, usageOf(usage, all)),
        about: about.trim().replaceAll(/ {2,}/g, ' '),
      },
    ];
  });
}

/** What the command takes without an option, by the first line of its help; undefined = nothing that is known. */
export function operandOf(help: string): HelpValue | undefined {
  const [, first = '', rest = ''] = /^Usage: portcullis [a-z-]+ (\S+)(.*)$/m.exec(help) ?? [];
  if (WORDS.test(first)) return { kind: 'words', words: first.split('|') };
  return /\bPATH\b/.test(`${first}${rest}`) ? { kind: 'file' } : undefined;
}

/** What the first line of the help puts behind an option: `--for envoy|istio`. */
const usageOf = (usage: string, names: readonly string[]): string | undefined => {
  const words = usage.split(' ');
  return words[words.findIndex((word) => names.includes(word)) + 1];
};

function followedBy(
  placeholder: string | undefined,
  about: string,
  inUsage: string | undefined,
): HelpValue | undefined {
  if (placeholder === undefined) return undefined;
  if (FILES.test(placeholder)) return { kind: 'file' };
  const alternatives = [placeholder, inUsage ?? ''].find((text) => WORDS.test(text));
  if (alternatives !== undefined) return { kind: 'words', words: alternatives.split('|') };
  const [, formats] = FORMATS.exec(about) ?? [];
  if (placeholder === 'FORMAT' && formats !== undefined) {
    return { kind: 'words', words: formats.split(/, | or /) };
  }
  return { kind: 'text' };
}
