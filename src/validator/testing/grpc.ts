/** The gRPC service for tests, and a client whose messages are encoded by the .proto itself. */

import { Client, credentials, type ServiceError } from '@grpc/grpc-js';
import protobuf from 'protobufjs';
import { onTestFinished } from 'vitest';
import { decide, enforce } from '../../../test/support/decide.ts';
import { bindingPolicy } from '../../../test/support/policy.ts';
import type { Decision } from '../../decision/decision.ts';
import { formatAddress, type ListenAddress } from '../../process/address.ts';
import type { CheckCall } from '../check.ts';
import { type GrpcService, startGrpcService } from '../grpc/server.ts';
import { type AnswerCheck, atOnce } from './asking.ts';

const proto = protobuf.loadSync(new URL('../../../proto/ext_authz.proto', import.meta.url).pathname);
const requestType = proto.lookupType('envoy.service.auth.v3.CheckRequest');
const responseType = proto.lookupType('envoy.service.auth.v3.CheckResponse');
export const METHOD = '/envoy.service.auth.v3.Authorization/Check';
const LOOPBACK: ListenAddress = { kind: 'tcp', host: '127.0.0.1', port: 0 };

const enforcer = enforce(bindingPolicy());

export async function startGrpc(
  answer: AnswerCheck = ({ request }) => decide(enforcer, request),
  address: ListenAddress = LOOPBACK,
) {
  const checks: CheckCall[] = [];
  const errors: unknown[] = [];
  const refused: Decision[] = [];
  const service = await startGrpcService(address, {
    ask: atOnce((check) => {
      checks.push(check);
      return answer(check);
    }),
    record: (_, decision) => refused.push(decision),
    onError: (error) => errors.push(error),
  });
  onTestFinished(() => service.destroy());
  return { service, checks, refused, errors, client: clientOf(service) };
}

interface Called {
  readonly error: ServiceError | null;
  readonly answer: Record<string, unknown> | undefined;
}

export function clientOf({ address }: GrpcService) {
  const client = new Client(formatAddress(address), credentials.createInsecure());
  onTestFinished(() => client.close());
  const begin = (message: Buffer) => {
    const { promise, resolve } = Promise.withResolvers<Called>();
    const call = client.makeUnaryRequest(
      METHOD,
      (bytes: Buffer) => bytes,
      (bytes: Buffer) => responseType.toObject(responseType.decode(bytes)),
      message,
      (error, answer) => resolve({ error, answer }),
    );
    return { call, called: promise };
  };
  return { begin, ask: (message: Buffer) => begin(message).called };
}

export const encode = (message: object): Buffer =>
  Buffer.from(requestType.encode(requestType.fromObject(message)).finish());

export const check = (http: object = {}): Buffer =>
  encode({
    attributes: {
      destination: { address: { socketAddress: { address: '10.0.0.1', portValue: 8080 } } },
      request: { http: { method: 'GET', path: '/orders', host: 'api.example', ...http } },
    },
  });
