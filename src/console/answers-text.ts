/** A binding's own answers in words. */

import type { AnswersPolicy } from '../policy/answers.ts';

/** '' where there is none. */
export const loginText = ({ login }: Partial<AnswersPolicy> = {}): string =>
  login === undefined ? '' : `${login.url}, from ${login.origins.join(', ')}`;

/** One for each body, in order; '' where there is none. */
export const bodiesText = ({ bodies = [] }: Partial<AnswersPolicy> = {}): string =>
  bodies.map(({ statuses, contentType }) => `${contentType} for ${statuses.join(', ')}`).join('; ');
