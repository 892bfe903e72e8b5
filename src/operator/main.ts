/** The program `portcullis operator`. */

import { systemClock } from '../base/clock.ts';
import { runProgram } from '../process/program.ts';
import { startOperator } from './operator.ts';
import { OPERATOR_HELP, readOperatorOptions } from './options.ts';

runProgram({
  help: OPERATOR_HELP,
  readOptions: readOperatorOptions,
  start: (options, log) =>
    startOperator(options, { log, clock: systemClock, random: Math.random, environment: process.env }),
});
