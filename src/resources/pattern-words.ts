/** What the patterns of our schemas ask for, in words. */

export interface PatternWords {
  readonly message: string;
  readonly remedy: string;
}

const OBJECT_NAME = {
  message: 'this is no name that an object can have',
  remedy: 'use small letters, digits, - and ., with a letter or digit at both ends',
};

const PATTERNS: Readonly<Record<string, PatternWords>> = {
  '^([0-9]{1,5}(h|m|s|ms)){1,4}$': {
    message: 'this is no duration',
    remedy: 'write whole numbers with h, m, s or ms, such as 30s or 1h30m',
  },
  '^([0-9]{1,5}(h|m|s)){1,3}$': {
    message: 'this is no duration',
    remedy: 'write whole numbers with h, m or s, such as 15m, 90s or 1h30m',
  },
  '^[^\\p{Z}\\p{Cc}]+( [^\\p{Z}\\p{Cc}]+)*$': {
    message: 'there is a space too many, or a character that cannot be seen',
    remedy: 'take it away: only single spaces inside the text are allowed',
  },
  '^[a-z0-9]([-a-z0-9.]*[a-z0-9])?$': OBJECT_NAME,
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$': OBJECT_NAME,
  '^[a-z0-9]([-a-z0-9]*[a-z0-9])?$': {
    message: 'this is no name that a namespace can have',
    remedy: 'use small letters, digits and -, with a letter or digit at both ends',
  },
};

/** Undefined where nobody has put it into words. */
export const patternWords = (pattern: string): PatternWords | undefined =>
  Object.hasOwn(PATTERNS, pattern) ? PATTERNS[pattern] : undefined;
