// The stand-in workspace as the page knows it, and what the page asks of the server.
import { $ } from "./dom.js";
import { say } from "./phrases.js";

export const CHANNEL = "C0OPS00001", DIRECT = "D0HAFLAG01", HOME = "home";

export const now = { state: { messages: [], windows: {}, home: {}, users: [], channels: {}, bot: {}, prompts: [], version: -1 }, user: "U0EN000001", place: CHANNEL, thread: "" };

const listeners = [];
export const onChange = (listener) => listeners.push(listener);

export function take(state) {
  if (state.version < now.state.version) return;
  now.state = state;
  for (const listener of listeners) listener();
}

export function names() {
  const { users, bot, channels } = now.state;
  return Object.fromEntries([...users.map((u) => [u.id, u.name]), [bot.id, bot.name], ...Object.entries(channels)]);
}

export const hint = (text) => { $("hint").textContent = text; };

export async function act(body) {
  hint(say("working"));
  let response, result = {};
  try {
    response = await fetch("/playground/act", {
      method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ user: now.user, ...body }),
    });
    result = await response.json();
  } catch {
    hint(say("offline"));
    return result;
  }
  const status = response.ok ? result.status : response.status;
  hint(status < 400 ? "" : status === 504 ? say("late") : say("failed", { status }));
  if (result.state) take(result.state);
  return result;
}

export async function upload(file) {
  const response = await fetch(`/playground/upload?name=${encodeURIComponent(file.name)}`, { method: "POST", body: file });
  const kept = await response.json();
  if (response.ok) return [kept];
  hint(kept.error);
  return null;
}

export async function refresh() {
  take(await (await fetch("/playground/state")).json());
}

export function follow() {
  new EventSource("/playground/events").addEventListener("message", (event) => {
    if (Number(event.data) !== now.state.version) refresh();
  });
}
