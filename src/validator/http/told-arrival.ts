/** A check whose proxy tells of the client's request in headers, and its answer in words that such a proxy knows. */

import type { CheckRequest, Decision } from '../../decision/decision.ts';
import type { CheckCall } from '../check.ts';
import type { HttpAnswer } from './answer.ts';
import { HttpArrival } from './arrival.ts';
import { carriersOfPath, type ToldForm } from './form.ts';
import { tellable, toldAnswer } from './told-answer.ts';

export class ToldArrival extends HttpArrival {
  readonly #check: CheckCall;
  readonly #form: ToldForm;
  readonly #tokenHeaders: () => readonly string[];

  constructor(
    parts: ConstructorParameters<typeof HttpArrival>,
    check: CheckCall,
    form: ToldForm,
    tokenHeaders: () => readonly string[],
  ) {
    super(...parts);
    this.#check = check;
    this.#form = form;
    this.#tokenHeaders = tokenHeaders;
  }

  override summary(): CheckRequest {
    return this.#check.request;
  }

  override read(): CheckCall {
    return this.#check;
  }

  override sendable(decision: Decision): Decision {
    return tellable(decision, this.#form, this.#check.request, this.#carriers());
  }

  override answer(decision: Decision): HttpAnswer {
    return toldAnswer(decision, this.#form, this.#check.request, {
      tokens: this.#tokenHeaders(),
      carriers: this.#carriers(),
    });
  }

  #carriers(): readonly string[] {
    return carriersOfPath(this.message.url ?? '', this.#form);
  }
}
