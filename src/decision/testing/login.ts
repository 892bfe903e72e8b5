/** A binding with a login page, and where a browser is sent by it. */

import { expect } from 'vitest';
import { decide, enforce, headerOf, request } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import type { LoginPolicy } from '../../policy/answers.ts';
import type { BindingPolicy } from '../../policy/policy.ts';
import type { CheckRequest } from '../decision.ts';
import { REASONS } from '../reasons.ts';

export const NAVIGATES = { 'sec-fetch-mode': 'navigate' };
export const LOGIN: LoginPolicy = {
  url: 'https://login.example/start?rd={url}&app=shop',
  origins: ['https://api.example', 'https://api.example:8443', 'http://localhost:8080', 'http://127.0.0.1'],
};

/** A binding with a login page. */
export const withLogin = (
  login: Partial<LoginPolicy> = {},
  rules: Parameters<typeof bindingPolicy>[0] = {},
  changes: Partial<BindingPolicy> = {},
) => bindingPolicy({ ...rules, answers: { bodies: [], login: { ...LOGIN, ...login } } }, changes);

/** Where a browser is sent by a binding with a login page. */
export function sentTo(changes: Partial<CheckRequest> = {}, policy = withLogin()): string | undefined {
  const decision = decide(enforce(policy), request({ headers: NAVIGATES, ...changes }));
  const location = headerOf(decision, 'location');
  expect('status' in decision && decision.status).toBe(
    location === undefined ? decisionStatus(decision) : 302,
  );
  return location;
}
const decisionStatus = (decision: ReturnType<typeof decide>) =>
  decision.outcome === 'denied' && REASONS[decision.reason].status;

/** To the login page, and back to the URL. */
export const loginFor = (url: string): string =>
  `https://login.example/start?rd=${encodeURIComponent(url)}&app=shop`;
