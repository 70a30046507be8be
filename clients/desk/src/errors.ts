/* Everything that request() throws, but for an abort that the caller asked for. */

export interface FieldFault {
  name: string;
  reason: string;
}

/* Nothing was written there; as lib/fault.c has it. */
export function isMissing({ reason }: Pick<FieldFault, 'reason'>): boolean {
  return /^(is missing|must hold something)/.test(reason);
}

export interface Problem {
  status: number;
  detail: string;
  fields: FieldFault[];
  current: unknown; /* with 409: the case as it is now */
  isOfInterest: boolean; /* with 409: the colleague is named in the case, or concerned */
  retryAfter: number; /* seconds; 0: not said */
  outcome: string; /* why a setting or an account was not changed, as a code; '': not said */
  passkey?: unknown; /* with needs 'passkey' or 'totp': what a device may answer */
  needs: string; /* what must be done first: 'totp', 'passkey', 'totp-enrolment', 'confirmation'; '': nothing */
}

/* The server understood and refused: 4xx but 401. */
export class ProblemError extends Error {
  override name = 'ProblemError';
  readonly problem: Problem;

  constructor(problem: Problem) {
    super(problem.detail);
    this.problem = problem;
  }

  get status(): number {
    return this.problem.status;
  }
}

/* It is no longer as it was shown, or not in the state that this is done in. */
export function isConflict(error: unknown): boolean {
  return error instanceof ProblemError && error.status === 409;
}

/* No answer: the network, the server, or time ran out. */
export class OfflineError extends Error {
  override name = 'OfflineError';
}

/* The session is dead. */
export class SignedOutError extends Error {
  override name = 'SignedOutError';
}

/* 5xx, or an answer that is none. */
export class ServerError extends Error {
  override name = 'ServerError';
  readonly outcome: string; /* why, as a code; '': not said */

  constructor(text: string, outcome = '') {
    super(text);
    this.outcome = outcome;
  }
}
