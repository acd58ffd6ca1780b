// The chat API and what this tab remembers of its conversation (docs/chat-api.yaml).
import { language } from "/static/settings.js";

const KEY = "zhiwen.talk";
const FRESH_TOKEN = "x-session-token";
const TIMEOUT = 60000; // ms; the server answers in well under a second
let memory = null;

/** The server refused: `code` and, where it gave one, its own sentence. */
export class Refused extends Error {
  constructor(status, code, sentence, wait) {
    super(code);
    this.status = status;
    this.code = code;
    this.sentence = sentence;
    this.wait = wait;
  }
}

/** No readable reply: nobody knows whether the server got the message. */
export class Lost extends Error {}

/**
 * What this tab remembers: token, language, form, draft, handled (user messages the server has answered) and
 * pending (a message without a reply: its body and id). In sessionStorage: on a shared computer it ends with the tab.
 */
export function talk() {
  if (memory) return memory;
  try {
    return JSON.parse(sessionStorage.getItem(KEY)) || {};
  } catch {
    return (memory = {});
  }
}

export function remember(changes) {
  const next = { ...talk(), ...changes };
  try {
    sessionStorage.setItem(KEY, JSON.stringify(next));
    memory = null;
  } catch {
    memory = next;
  }
}

/** Forget the conversation; the draft is the user's and stays. */
export function forget() {
  remember({ token: null, language: null, form: null, handled: 0, pending: null });
}

async function call(method, path, body) {
  const headers = { accept: "application/json", "accept-language": language() };
  if (talk().token) headers.authorization = `Bearer ${talk().token}`;
  if (body) headers["content-type"] = "application/json";
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), TIMEOUT);
  let reply, data;
  try {
    reply = await fetch(path, { method, headers, body: body && JSON.stringify(body), signal: stop.signal, credentials: "omit" });
    data = reply.status === 204 ? {} : await reply.json();
  } catch {
    if (reply && !reply.ok) throw new Refused(reply.status, "failed", null, 0); // a proxy's page instead of our JSON
    throw new Lost();
  } finally {
    clearTimeout(timer);
  }
  if (reply.headers.get(FRESH_TOKEN)) remember({ token: reply.headers.get(FRESH_TOKEN) });
  if (reply.ok) return data;
  const error = data.error || {};
  throw new Refused(reply.status, error.code || "failed", error.message, Number(reply.headers.get("retry-after")) || 0);
}

/** Open a session and remember its token; returns the opening messages. */
export async function open() {
  const wanted = language();
  const opened = await call("POST", "/chat/sessions", { language: wanted });
  remember({ token: opened.token, language: wanted, form: null, handled: 0, pending: null });
  return opened.messages;
}

/** A name for a message: sent again with it, the message is handled once (crypto.randomUUID needs https). */
export const newId = () => `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;

/** One turn: `{text}` or `{button, title}`; returns messages, outcome, form. */
export async function send(body, id) {
  const turn = await call("POST", "/chat/messages", { ...body, client_id: id });
  remember({ form: turn.form, handled: (talk().handled || 0) + 1, pending: null });
  return turn;
}

/** The conversation so far, as entries of the user and of the bot. */
export async function history() {
  return (await call("GET", "/chat/history")).entries;
}

/** Take up a conversation that began elsewhere, by the code of a link that opens once. */
export async function redeem(code) {
  const opened = await call("POST", "/chat/sessions/continue", { code });
  remember({ token: opened.token, language: opened.language, form: null, handled: 0, pending: null });
}

/** What is wrong with an answer. */
export const feedback = (card, reason, comment) => call("POST", "/chat/feedback", { card, reason, comment });

/** Delete the conversation on the server. */
export const erase = () => call("DELETE", "/chat/history");

/** "demo" or "production". */
export async function mode() {
  return (await call("GET", "/version")).mode;
}
