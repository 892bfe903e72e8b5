/** The program `portcullis operator`. */

import { systemTime } from '../kubernetes/time.ts';
import { runProgram } from '../process/program.ts';
import { startOperator } from './operator.ts';
import { OPERATOR_HELP, readOptions } from './options.ts';

runProgram({
  help: OPERATOR_HELP,
  readOptions,
  start: (options, log) =>
    startOperator(options, { log, time: systemTime, random: Math.random, environment: process.env }),
});
