// Traefik asks by ForwardAuth.

import { describeGateway } from './suite.ts';
import { traefik } from './traefik/program.ts';

describeGateway(traefik);
