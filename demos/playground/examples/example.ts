// What an example of the playground is. Relies on nothing: there are only types here.

import type { RunRequest } from '../run/request.ts';

export interface Text {
  readonly en: string;
  /** The English one as long as there is no Chinese. */
  readonly zh: string;
}

export interface Example {
  /** `ch-7`, `museum-3`. */
  readonly id: string;
  readonly from: 'book' | 'museum';
  /** Of the chapter or of the piece. */
  readonly number: number;
  readonly title: Text;
  /** The question that the chapter answers, or what the program of the museum wants. */
  readonly about: Text;
  /** Said above the code if the program is not the very one of the chapter or of the piece. */
  readonly note: Text | undefined;
  readonly code: string;
  /** How it is run when it is opened: a piece of the museum has the schedule that kills it. */
  readonly run: Omit<RunRequest, 'kind' | 'code'>;
  /** `fatal`: the walk opens where it goes wrong. */
  readonly opensAt: 'start' | 'fatal';
}
