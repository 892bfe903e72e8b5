/** Gateways with validators of ours in front of three tenants, as the page of a product has its reader make them. */

import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import type { JsonObject } from '../../../src/base/json.ts';
import { objectsAt } from '../../../src/base/members.ts';
import { type Authority, createAuthority } from '../../../src/issuers/testing/certificates.ts';
import { commandsOf, manifestsOf, sectionOf } from '../../newcomer/readme.ts';
import { temporaryFolder } from '../../support/server.ts';
import { type Reader, reader, readPage } from '../pages.ts';
import type { World } from '../world.ts';
import { type GatewayId, gateway } from './objects.ts';
import { namespace, ORDERS, PRIVATE, PUBLIC, TENANTS, tenants } from './tenants.ts';

/** What serves the Gateways, and its page: how to install it, the validators of a Gateway, and those of another one. */
export interface Product {
  /** In docs/gateways. */
  readonly page: string;
  readonly gatewayClass: string;
  /** Runs the commands of the page that install it, with what can be had here in place of what they download. */
  install(world: World, shell: Reader, commands: readonly string[]): Promise<void>;
  /** A GatewayClass or Gateway of the page, as the cluster of the tests can serve it; any other object as it is. */
  adapt(object: JsonObject): JsonObject;
  /** Has a Gateway ask, by commands of the page. */
  ask(world: World, shell: Reader, commands: readonly string[]): Promise<void>;
  /** Routes and bindings that its tenants have besides. */
  readonly more: readonly JsonObject[];
  /** The IP address of a Gateway, once it serves. */
  addressOf(world: World, id: GatewayId): Promise<string>;
}

export interface Edge {
  /** IP addresses. */
  readonly public: string;
  readonly private: string;
  /** Signs what the public Gateway shows for orders.example. */
  readonly authority: Authority;
  /** The chart's values for the validators of both, as the page has them. */
  readonly values: JsonObject;
  /** Has the public Gateway ask, as the page says. */
  ask(): Promise<void>;
}

/** As a reader of the page makes it, unless another file of tests has; tenants, in any case. */
export async function openEdge(world: World, product: Product): Promise<Edge> {
  const { k } = world;
  const page = readPage(`gateways/${product.page}`);
  const install = sectionOf(page, '## Install');
  const another = sectionOf(page, '## Another Gateway');
  const values = {
    gateways: [install, another].flatMap(manifestsOf).flatMap((document) => objectsAt(document.gateways)),
  };
  const commands = commandsOf(install);
  const upgrade = commands.findIndex((command) => command.startsWith('helm upgrade portcullis '));
  const shell = await reader(world);
  const authority = await createAuthority('edge');
  const ask = () => product.ask(world, shell, commands.slice(upgrade + 1));
  const classOf = [
    'get',
    'gateway',
    PUBLIC.name,
    '-n',
    PUBLIC.namespace,
    '-o',
    'jsonpath={.spec.gatewayClassName}',
  ];
  const found = await k.try(classOf);
  if (found.code === 0 && found.stdout !== product.gatewayClass) {
    throw new Error(
      `this cluster has Gateways of class ${found.stdout}: ${product.page} needs one of its own`,
    );
  }
  if (found.code !== 0) {
    await product.install(world, shell, commands.slice(0, upgrade));
    // The operator publishes there what validators know it by.
    await k.apply(namespace(PRIVATE.namespace, { 'portcullis.dev/injection': 'enabled' }));
    const objects = manifestsOf(install).filter(({ kind }) => kind !== undefined);
    await k.apply(...[...objects, gateway(PRIVATE, product.gatewayClass)].map(product.adapt));
    await upgradeChart(shell, commands[upgrade] ?? '', values);
    await ask();
    await product.ask(world, shell, commandsOf(another));
  }
  const example = manifestsOf(sectionOf(page, '## Guard a route'));
  await k.apply(...tenants(world, example), ...product.more, await certificate(authority, ORDERS));
  for (const name of TENANTS) await k.wait('condition=Available', 'deployment/api', name);
  await k.wait('condition=Programmed', 'apibinding/orders', 'shop');
  return {
    public: await product.addressOf(world, PUBLIC),
    private: await product.addressOf(world, PRIVATE),
    authority,
    values,
    ask,
  };
}

async function upgradeChart(shell: Reader, command: string, values: JsonObject): Promise<void> {
  const folder = await temporaryFolder('values');
  const file = path.join(folder.path, 'gateways.yaml');
  await writeFile(file, JSON.stringify(values));
  await shell.must(command.replace('gateways.yaml', file));
  await folder.remove();
}

async function certificate(authority: Authority, name: string): Promise<JsonObject> {
  const { cert, key } = await authority.issue([name]);
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: { name: 'edge-tls', namespace: PUBLIC.namespace },
    type: 'kubernetes.io/tls',
    stringData: { 'tls.crt': cert, 'tls.key': key },
  };
}
