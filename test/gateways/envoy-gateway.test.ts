// The real Envoy Gateway asks over gRPC.

import { envoyGateway } from './envoy-gateway/program.ts';
import { describeGateway } from './suite.ts';

describeGateway(envoyGateway);
