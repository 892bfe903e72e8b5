// nginx asks by auth_request.

import { nginx } from './nginx.ts';
import { describeGateway } from './suite.ts';

describeGateway(nginx);
