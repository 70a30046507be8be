/* The API's types by the names that the desk uses. */
import type { GeoJsonObject } from 'geojson';

import type { components } from './api.gen.ts';

type Schemas = components['schemas'];

export type Session = Schemas['Session'];
export type SignInWays = Schemas['SignInWays'];
export type Presence = Schemas['SessionList']['items'][number];
export type Totp = Schemas['Totp'];
export type TotpSecret = Schemas['TotpSecret'];
export type Category = Schemas['Category'];
export type Board = Schemas['Board'];
export type Colleague = Schemas['ColleagueList']['items'][number];
export type Areas = Schemas['AreaCollection'] & GeoJsonObject;
export type CaseEvent = Schemas['DeskEvent'];
export type Leg = Schemas['DeskLeg'];
export type Attachment = Schemas['DeskAttachment'];
export type Area = Schemas['MaskArea'];
export type Message = Schemas['DeskMessage'];
export type Note = Schemas['DeskNote'];
export type Marking = Schemas['DeskMarking'];
export type Section = Schemas['SecrecySectionList']['items'][number];

export type Original = Schemas['MailList']['items'][number];
export type MailState = Schemas['DeskMail'];
export type Related = Schemas['RelatedCases'];
export type RelatedCase = Schemas['RelatedCase'];
export type Item = Schemas['DeskItem'];
export type Case = Schemas['DeskCase'];
export type ActionCode = Case['actions'][number];
export type Held = Schemas['PersonHeld'];
export type HeldMail = Schemas['HeldMail'];
export type HeldItem = Held['items'][number];
export type Taken = Schemas['TakenDownReceipt'];
export type ReceivedDays = Schemas['ReceivedDays'];
export type DeviationUnits = Schemas['DeviationUnits'];
export type Report = Schemas['Report'];
export type ReportHead = Schemas['ReportHead'];
export type ReportSection = Schemas['ReportSection'];
export type ReportTable = Schemas['PackTable'];
export type ApiClient = Schemas['ApiClientList']['items'][number];
export type ApiClientKey = Schemas['ApiClientKey'];
export type NewApiClient = Schemas['NewApiClient'];
export type ContractorKept = Schemas['ContractorKeyPage']['items'][number];
export type NewWebhook = Schemas['NewWebhook'];
export type ReorganisationHead = Schemas['ReorganisationHead'];
export type Reorganisation = Schemas['Reorganisation'];
export type ReorganisationRehearsal = Schemas['ReorganisationRehearsal'];
export type Webhook = Schemas['WebhookList']['items'][number];
export type WebhookSecret = Schemas['WebhookSecret'];
export type Delivery = Schemas['WebhookDeliveryList']['items'][number];
export type Beside = Schemas['PresenceList']['items'][number];
export type ServerDraft = Schemas['DeskDraftList']['items'][number];
export type Setting = Schemas['Setting'];
export type SettingChanged = Schemas['SettingChanged'];
export type SettingKind = Schemas['SettingKindList']['items'][number];
export type SettingField = SettingKind['fields'][number];
export type SettingList = Schemas['SettingList'];
export type OwnTexts = Schemas['OwnTextList'];
export type ReplyPreview = Schemas['ReplyPreview'];
export type Template = Schemas['ReplyTemplate'];
export type NewTemplate = Schemas['NewReplyTemplate'];
export type TemplateChange = Schemas['ReplyTemplateChangeList']['items'][number];
export type FilledTemplate = Schemas['FilledTemplateList']['items'][number];
export type FilledText = Schemas['FilledText'];
export type AccessRow = Schemas['AccessTable']['actions'][number];
export type SavedView = Schemas['SavedView'];
export type ViewCount = Schemas['SavedViewCounts']['items'][number];
export type Account = Schemas['PersonAccount'];
export type Person = Schemas['Person'];
export type FollowUp = Schemas['FollowUp'];
export type Mentionable = Schemas['Mentionable'];
export type DeskToday = Schemas['DeskToday'];
export type Improvement = Schemas['Improvement'];
export type NewImprovement = Schemas['NewImprovement'];
export type NewOrder = Schemas['NewOrder'];
export type OrderList = Schemas['OrderList'];
export type OrderPage = Schemas['OrderPage'];
export type WorkOrder = Schemas['WorkOrder'];
export type ImprovementChange = Schemas['ImprovementChangeList']['items'][number];
export type Goal = Schemas['GoalList']['items'][number];
export type Disclosure = Schemas['Disclosure'];
export type DisclosurePage = Schemas['DisclosurePage'];
export type DisclosureHead = Schemas['DisclosureHead'];
export type DisclosureCase = Schemas['DisclosureCase'];
export type DisclosureDocument = DisclosureCase['items'][number];
export type Passage = Schemas['DisclosurePassage'];
export type Praise = Schemas['Praise'];
export type Load = Schemas['DeskWorkload'];
export type Rule = Schemas['RoutingRule'];
export type RuleFinding = Schemas['RuleFinding'];
export type RuleRow = Schemas['RuleTable'][number];
export type RuleCheck = Schemas['RuleCheck'];
export type RuleNames = Schemas['RuleNames'];
export type RuleVersion = Schemas['RuleVersion'];
export type RuleVersionHead = Schemas['RuleVersionHead'];
export type RuleVersionList = Schemas['RuleVersionList'];
export type Rehearsed = Schemas['Rehearsal'];
export type CaseRouting = Schemas['CaseRouting'];
export type SplitDecision = Schemas['SplitDecision'];
export type SplitMade = Schemas['Split']['cases'][number];
export type SignalList = Schemas['SignalList'];
export type Signal = Schemas['Signal'];
export type Suggestions = Schemas['CaseSuggestions'];
export type Summary = Schemas['DeskSummary'];

export interface Page {
  items: Item[];
  next: string | null;
}

export interface Change {
  number: string;
  version: number;
}
