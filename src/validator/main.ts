/** The program `portcullis validator`: also the entry of its own bundle, so that it starts fast. */

import { systemClock } from '../base/clock.ts';
import { runProgram } from '../process/program.ts';
import { readValidatorOptions, VALIDATOR_HELP } from './options.ts';
import { startValidator } from './service.ts';

runProgram({
  help: VALIDATOR_HELP,
  readOptions: readValidatorOptions,
  start: (options, log) => startValidator(options, { log, clock: systemClock, environment: process.env }),
});
