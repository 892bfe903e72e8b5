/** The program `portcullis validator` itself, over a folder of manifests of its own, on free ports. */

import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { CHECK_PREFIX } from '../../src/sidecar/check-forms.ts';
import { type Received, type Sent, send } from '../envoy/guarded.ts';
import { Server, temporaryFolder } from './server.ts';

const checkout = join(import.meta.dirname, '..', '..');

/** Seconds to come up, on a machine that may be busy. */
const startLimit = 60;

export interface ValidatorOptions {
  /** YAML; becomes the one file of the folder. */
  readonly manifests: string;
  readonly flags?: readonly string[];
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Where HTTP and gRPC listen; absent = free ports of 127.0.0.1. */
  readonly sockets?: boolean;
  /** The checkout whose program is started; absent = this one. */
  readonly root?: string;
  /** A bundle of the program, to be started in place of its sources. */
  readonly bundle?: string;
}

/** A port of 127.0.0.1, or the path of a socket; an empty one where nobody listens. */
export type Place = number | string;

export interface Validator {
  readonly server: Server;
  readonly http: Place;
  readonly grpc: Place;
  readonly admin: number;
  /** A check over HTTP, as Envoy would ask. */
  ask(sent: Sent): Promise<Received>;
  /** What a metric's sample says; 0 for one that is not there. `sample` is its name with all its labels. */
  metric(sample: string): Promise<number>;
  /** Puts others in the place of its manifests, which it follows. */
  replace(manifests: string): Promise<void>;
  stop(): Promise<void>;
}

/** Starts it and waits until it serves. */
export async function startValidator({
  manifests,
  flags = [],
  env = {},
  sockets = false,
  root = checkout,
  bundle = join(root, 'src', 'cli', 'main.ts'),
}: ValidatorOptions): Promise<Validator> {
  const folder = await temporaryFolder('validator');
  const file = join(folder.path, 'manifests.yaml');
  await writeFile(file, manifests);
  const address = (name: string) => (sockets ? `unix:${join(folder.path, name)}` : '127.0.0.1:0');
  const server = new Server({
    name: 'validator',
    program: process.execPath,
    args: [
      // As bin/portcullis starts it: what is measured here is memory, too.
      '--max-semi-space-size=2',
      ...[bundle, 'validator', '--manifests', folder.path, '--admin', '127.0.0.1:0'],
      ...['--http', address('http.sock'), '--grpc', address('grpc.sock'), ...flags],
    ],
    env,
  });
  const stop = async () => {
    await server.stop();
    await folder.remove();
  };
  try {
    const serving = await server.until('serving', startLimit, async () => servingLine(server.logs));
    const http = place(serving.http);
    const admin = Number(place(serving.admin));
    return {
      server,
      http,
      grpc: place(serving.grpc),
      admin,
      stop,
      ask: ({ target = '/', ...sent }) => send(http, { ...sent, target: CHECK_PREFIX + target }),
      async metric(sample) {
        const response = await fetch(`http://127.0.0.1:${admin}/metrics`);
        if (!response.ok) throw new Error(`/metrics answered ${response.status}`);
        const line = (await response.text())
          .split('\n')
          .find((candidate) => candidate.startsWith(`${sample} `));
        return Number(line?.slice(sample.length) ?? 0);
      },
      replace: (changed) => writeFile(file, changed),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

interface Serving {
  readonly http: string;
  readonly grpc: string;
  readonly admin: string;
}

/** The log line that says where it listens. */
function servingLine(logs: string): Serving | undefined {
  const line = logs.split('\n').find((text) => text.endsWith('"msg":"serving"}'));
  return line === undefined ? undefined : (JSON.parse(line) as Serving);
}

function place(address: string): Place {
  if (address === 'off') return '';
  const prefix = 'unix:';
  return address.startsWith(prefix)
    ? address.slice(prefix.length)
    : Number(address.slice(address.lastIndexOf(':') + 1));
}

/** The reason that the answer gives at the validator's own address. */
export const reasonOf = ({ headers }: Received): unknown => headers['portcullis-reason'];
