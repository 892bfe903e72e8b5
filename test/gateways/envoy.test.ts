// A plain Envoy asks over HTTP and over gRPC.

import { plainEnvoy } from './envoy.ts';
import { describeGateway } from './suite.ts';

describeGateway(plainEnvoy('http'));
describeGateway(plainEnvoy('grpc'));
