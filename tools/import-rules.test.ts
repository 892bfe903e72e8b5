/** Each house rule refuses an import planted in a copy of the product, and lets through the one next to it. */
import { cp, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { houseRules } from './house-rules.ts';
import { importViolations, type Violation } from './import-rules.ts';

const repository = fileURLToPath(new URL('..', import.meta.url));

/** Rule; the file where the import is planted; the import; whether it breaks the rule. */
const plants: readonly (readonly [rule: string, file: string, code: string, breaks: boolean])[] = [
  ['room-resources', 'src/resources/a.ts', "import '../matching/planted.ts';", true],
  ['room-matching', 'src/matching/a.ts', "import '../keys/planted.ts';", true],
  ['room-matching', 'src/matching/b.ts', "import type { A } from '../policy/planted.ts';", false],
  ['room-policy', 'src/policy/a.ts', "import '../resources/planted.ts';", true],
  ['room-telemetry', 'src/telemetry/a.ts', "import '../policy/planted.ts';", true],
  ['room-process', 'src/process/a.ts', "import '../validator/planted.ts';", true],
  ['room-sidecar', 'src/sidecar/a.ts', "import '../decision/planted.ts';", true],
  ['room-gateways', 'src/gateways/a.ts', "import '../validator/planted.ts';", true],
  ['room-gateways', 'src/gateways/b.ts', "import '../sidecar/planted.ts';", false],
  ['room-asking', 'src/asking/a.ts', "import '../planning/planted.ts';", true],
  ['room-asking', 'src/asking/b.ts', "import '../targets/planted.ts';", false],
  ['room-base', 'src/base/a.ts', "import '../policy/planted.ts';", true],
  ['room-regex', 'src/regex/a.ts', "import '../matching/planted.ts';", true],
  ['room-cel', 'src/cel/a.ts', "import '../matching/planted.ts';", true],
  ['room-cel', 'src/cel/b.ts', "import '../regex/planted.ts';", false],
  ['room-kubernetes', 'src/kubernetes/a.ts', "import '../resources/planted.ts';", true],
  ['room-keys', 'src/keys/a.ts', "import '../issuers/planted.ts';", true],
  ['room-keys', 'src/keys/b.ts', "import '../policy/planted.ts';", false],
  ['room-sources', 'src/sources/a.ts', "import '../decision/planted.ts';", true],
  ['room-sources', 'src/sources/b.ts', "import '../keys/planted.ts';", false],
  ['room-issuers', 'src/issuers/a.ts', "import '../sources/planted.ts';", true],
  ['room-issuers', 'src/issuers/b.ts', "import '../keys/planted.ts';", false],
  ['room-compiler', 'src/compiler/a.ts', "import '../issuers/planted.ts';", true],
  ['room-compiler', 'src/compiler/b.ts', "import '../resources/planted.ts';", false],
  ['room-decision', 'src/decision/a.ts', "import '../telemetry/planted.ts';", true],
  ['room-decision', 'src/decision/b.ts', "import type { A } from '../resources/planted.ts';", true],
  ['room-decision', 'src/decision/c.ts', "export * from '../validator/planted.ts';", true],
  ['room-decision', 'src/decision/d.ts', "export const late = () => import('../compiler/planted.ts');", true],
  ['room-decision', 'src/decision/g.ts', "using late = await import('../compiler/planted.ts');", true],
  ['room-decision', 'src/decision/e.ts', "import '../sources/planted.ts';", false],
  ['room-decision', 'src/decision/f.test.ts', "import '../compiler/planted.ts';", false],
  ['room-explain', 'src/explain/a.ts', "import '../validator/planted.ts';", true],
  ['room-explain', 'src/explain/b.ts', "import '../decision/planted.ts';", false],
  ['room-report', 'src/report/a.ts', "import '../validator/planted.ts';", true],
  ['room-report', 'src/report/b.ts', "import '../policy/planted.ts';", false],
  ['room-console', 'src/console/a.ts', "import '../validator/planted.ts';", true],
  ['room-console', 'src/console/browser/b.ts', "import '../../report/planted.ts';", false],
  ['browser-code-stays-in-the-browser', 'src/console/c.ts', "import './browser/planted.tsx';", true],
  ['browser-code-stays-in-the-browser', 'src/console/browser/d.ts', "import './planted.tsx';", false],
  ['browser-has-no-node', 'src/console/browser/e.tsx', "import 'node:crypto';", true],
  ['preact-stays-in-the-browser', 'src/validator/q.ts', "import 'preact';", true],
  ['preact-stays-in-the-browser', 'src/console/browser/f.tsx', "import 'preact';", false],
  ['room-injection', 'src/injection/a.ts', "import '../compiler/planted.ts';", true],
  ['room-injection', 'src/injection/b.ts', "import '../sidecar/planted.ts';", false],
  ['room-validator', 'src/validator/a.ts', "import '../compiler/planted.ts';", true],
  ['room-validator', 'src/validator/b.ts', "import '../issuers/planted.ts';", true],
  ['room-validator', 'src/validator/c.ts', "import '../decision/planted.ts';", false],
  ['room-operator', 'src/operator/a.ts', "import '../validator/planted.ts';", true],
  ['room-operator', 'src/operator/b.ts', "import '../compiler/planted.ts';", false],
  ['room-validator-folder-feed', 'src/validator/folder/a.ts', "import '../../kubernetes/planted.ts';", true],
  ['room-validator-folder-feed', 'src/validator/folder/b.ts', "import '../../compiler/planted.ts';", false],
  ['room-validator', 'src/validator/m.ts', "import '../resources/planted.ts';", true],
  ['room-validator', 'src/validator/n.ts', "import '../base/durations.ts';", false],
  [
    'room-validator-control-plane-feed',
    'src/validator/control-plane/a.ts',
    "import '../../decision/planted.ts';",
    true,
  ],
  [
    'room-validator-control-plane-feed',
    'src/validator/control-plane/b.ts',
    "import '../../policy/planted.ts';",
    false,
  ],
  ['room-unknown', 'src/attic/a.ts', "import 'node:fs';", true],
  ['nothing-imports-cli', 'src/operator/d.ts', "import '../cli/planted.ts';", true],
  ['nothing-imports-cli', 'dev/a.ts', "import '../src/cli/planted.ts';", true],
  ['nothing-imports-cli', 'src/cli/a.ts', "import './planted.ts';", false],
  ['product-stands-alone', 'src/cli/b.ts', "import '../../dev/planted.ts';", true],
  ['product-stands-alone', 'src/cli/c.ts', "import './planted.test.ts';", true],
  ['folder-feed-is-lazy', 'src/validator/d.ts', "import './folder/planted.ts';", true],
  [
    'folder-feed-is-lazy',
    'src/validator/e.ts',
    "export const late = () => import('./folder/planted.ts');",
    false,
  ],
  ['folder-feed-is-lazy', 'src/validator/f.ts', "import type { A } from './folder/planted.ts';", false],
  ['folder-feed-is-lazy', 'src/validator/control-plane/c.ts', "import '../folder/planted.ts';", true],
  ['control-plane-feed-is-lazy', 'src/validator/o.ts', "import './control-plane/planted.ts';", true],
  [
    'control-plane-feed-is-lazy',
    'src/validator/p.ts',
    "export const late = () => import('./control-plane/planted.ts');",
    false,
  ],
  ['grpc-is-lazy', 'src/validator/g.ts', "import './grpc/planted.ts';", true],
  ['grpc-is-lazy', 'src/validator/h.ts', "export const late = () => import('./grpc/planted.ts');", false],
  ['pure-rooms-touch-nothing', 'src/keys/c.ts', "import 'node:fs/promises';", true],
  ['pure-rooms-touch-nothing', 'src/decision/h.ts', "import 'node:timers';", true],
  ['pure-rooms-touch-nothing', 'src/compiler/c.ts', "import 'net';", true],
  ['pure-rooms-touch-nothing', 'src/sources/c.ts', "import 'node:crypto';", false],
  ['pure-rooms-have-no-io-libraries', 'src/sources/d.ts', "import 'undici';", true],
  ['pure-rooms-have-no-io-libraries', 'src/resources/b.ts', "import 'yaml';", false],
  ['room-targets', 'src/targets/a.ts', "import '../kubernetes/planted.ts';", true],
  ['room-cluster', 'src/cluster/a.ts', "import '../telemetry/planted.ts';", true],
  ['room-status', 'src/status/a.ts', "import '../operator/planted.ts';", true],
  ['room-coverage', 'src/coverage/a.ts', "import '../operator/planted.ts';", true],
  ['room-coverage', 'src/coverage/b.ts', "import '../status/planted.ts';", false],
  ['room-planning', 'src/planning/a.ts', "import '../compiler/planted.ts';", false],
  ['room-planning', 'src/planning/b.ts', "import '../status/planted.ts';", true],
  ['room-targets', 'src/targets/b.ts', "import '../injection/planted.ts';", false],
  ['status-calls-no-issuer', 'src/status/b.ts', "import '../issuers/issuer.ts';", true],
  ['status-calls-no-issuer', 'src/status/c.ts', "import type { A } from '../issuers/issuer.ts';", false],
  ['pure-rooms-touch-nothing', 'src/status/d.ts', "import 'node:fs';", true],
  ['pure-rooms-touch-nothing', 'src/operator/f.ts', "import 'node:fs';", false],
  ['pure-rooms-have-no-io-libraries', 'src/cluster/b.ts', "import '@kubernetes/client-node';", true],
  ['kubernetes-client-behind-one-file', 'src/kubernetes/b.ts', "import '@kubernetes/client-node';", true],
  [
    'kubernetes-client-behind-one-file',
    'src/kubernetes/kubeconfig.ts',
    "import '@kubernetes/client-node';",
    false,
  ],
  ['kubeconfig-is-lazy', 'src/kubernetes/c.ts', "import './kubeconfig.ts';", true],
  [
    'kubeconfig-is-lazy',
    'src/kubernetes/d.ts',
    "export const late = () => import('./kubeconfig.ts');",
    false,
  ],
  ['metrics-library-behind-one-file', 'src/telemetry/b.ts', "import 'prom-client';", true],
  ['metrics-library-behind-one-file', 'src/telemetry/prometheus.ts', "import 'prom-client';", false],
  ['log-library-behind-one-file', 'src/validator/j.ts', "import 'pino';", true],
  ['log-library-behind-one-file', 'src/telemetry/log.ts', "import 'pino';", false],
  ['express-stays-out-of-the-check', 'src/validator/k.ts', "import 'express';", true],
  ['express-stays-out-of-the-check', 'src/operator/c.ts', "import 'express';", false],
  ['jose-is-the-oracle', 'src/sources/e.ts', "import 'jose';", true],
  ['jose-is-the-oracle', 'src/sources/f.test.ts', "import 'jose';", false],
  ['no-development-packages-in-the-product', 'src/cli/d.ts', "import 'fast-check';", true],
  ['no-development-packages-in-the-product', 'src/cli/e.ts', "import 'yaml';", false],
  ['no-cycles', 'src/keys/d.ts', "import './e.ts';", true],
  ['no-dead-paths', 'src/keys/e.ts', "import './d.ts';", false],
  ['no-dead-paths', 'src/keys/f.ts', "import './nowhere.ts';", true],
];

/** What the plants import. */
const targets = [
  ...['cli', 'compiler', 'decision', 'issuers', 'keys', 'kubernetes', 'matching', 'operator', 'policy'],
  ...['resources', 'sidecar', 'sources', 'telemetry', 'validator', 'validator/folder', 'validator/grpc'],
  ...['validator/control-plane', 'cluster', 'targets', 'planning', 'status'],
].map((room) => `src/${room}/planted.ts`);

let copy: string;
let violations: readonly Violation[];

beforeAll(async () => {
  copy = await mkdtemp(path.join(tmpdir(), 'portcullis-imports-'));
  await cp(path.join(repository, 'package.json'), path.join(copy, 'package.json'));
  await symlink(path.join(repository, 'node_modules'), path.join(copy, 'node_modules'));
  for (const target of [
    ...targets,
    'src/base/durations.ts',
    'src/issuers/issuer.ts',
    'dev/planted.ts',
    'src/cli/planted.test.ts',
    'src/console/browser/planted.tsx',
  ]) {
    await plant(target, 'export type A = string;');
  }
  for (const [, file, code] of plants) await plant(file, code);
  violations = await importViolations(copy);
});

afterAll(() => rm(copy, { recursive: true, force: true }));

async function plant(file: string, code: string): Promise<void> {
  const place = path.join(copy, file);
  await mkdir(path.dirname(place), { recursive: true });
  await writeFile(place, `${code}\n`);
}

describe('house rules', () => {
  it.each(plants)('%s: %s with %s breaks it: %s', (rule, file, _code, breaks) => {
    const broken = violations.some((violation) => violation.rule === rule && violation.from === file);
    expect(broken).toBe(breaks);
  });

  it('has a planted breach for every rule', () => {
    const planted = new Set(plants.filter(([, , , breaks]) => breaks).map(([rule]) => rule));
    expect(houseRules.map(({ name }) => name).filter((name) => !planted.has(name ?? ''))).toEqual([]);
  });

  it('fails where there is nothing to read', async () => {
    await expect(importViolations(path.join(copy, 'dev'))).rejects.toThrow('no TypeScript file');
  });
});
