/** All lines of `portcullis check`, in the order in which one thing needs the other. */

import { checkClocks } from './clocks.ts';
import { checkCrds } from './crds.ts';
import { checkNothingThere, checkPermissions, checkRoutes } from './install.ts';
import { checkNodes, checkVersion } from './kubernetes.ts';
import type { CheckLine } from './line.ts';
import type { SeenBefore, SeenInstallation } from './look.ts';
import { checkNamespaces } from './namespaces.ts';
import { checkNetwork } from './network.ts';
import { checkLeader, checkOperator, checkPolicyService } from './operator.ts';
import { checkImages, checkSidecars } from './sidecars.ts';
import { checkCertificates, checkWebhooks } from './webhooks.ts';

export const linesBefore = (seen: SeenBefore, home: string): readonly CheckLine[] => [
  checkVersion(seen.version),
  checkNodes(seen.nodes),
  checkRoutes(seen.hasRoutes),
  checkPermissions(seen.permissions),
  checkNothingThere(seen.deployment, home),
];

/** @param now Unix seconds. */
export const linesOf = (seen: SeenInstallation, home: string, now: number): readonly CheckLine[] => [
  checkVersion(seen.version),
  checkNodes(seen.nodes),
  checkCrds(seen.crds, seen.settings.version),
  checkOperator(seen.deployment, home),
  ...checkLeader(seen.lease, home, now),
  ...checkWebhooks(seen.webhooks, seen.settings.webhookConfiguration, home),
  checkCertificates(seen.webhooks, now),
  checkPolicyService(seen.policySlice, home),
  checkImages(seen.injected, seen.ownPods),
  ...checkNamespaces(seen.namespaces),
  checkNetwork(seen.networkPolicies, seen.validators, seen.operators),
  checkSidecars(seen.injected, seen.settings),
  ...checkClocks(seen.clocks),
];
