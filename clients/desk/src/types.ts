/* The API's types by the names that the desk uses. Those marked "later" are members that
 * a server may not have yet: absent means that the desk says nothing about it. */
import type { components } from './api.gen.ts';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type Category = Schemas['Category'];
export type Board = Schemas['Board'];
export type Colleague = Schemas['ColleagueList']['items'][number];
export type Areas = Schemas['AreaCollection'];
export type CaseEvent = Schemas['DeskEvent'];
export type Leg = Schemas['DeskLeg'];
export type Attachment = Schemas['DeskAttachment'];
export type Message = Schemas['DeskMessage'];
export type Note = Schemas['DeskNote'];

export interface Attended {
  attention?: string[];
  daysLeft?: number | null;
}

export interface MailState {
  kind: string;
  state: string;
  at: string;
}

export type Item = Schemas['DeskItem'] & Attended;
export type Case = Omit<Schemas['DeskCase'], 'actions'> & Attended & {
  actions: string[];
  mail?: MailState[];
};

export interface Page {
  items: Item[];
  next: string | null;
}

export interface Summary {
  open: number;
  mine: number;
  unassigned: number;
  nearDue: number;
  overdue: number;
  acknowledgeOverdue: number;
  mailFailed: number;
}

export interface Change {
  number: string;
  version: number;
}
