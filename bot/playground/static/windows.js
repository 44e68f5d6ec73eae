// Dialogs: the bot's windows (modals) with their inputs, the JSON of a message, how to connect Slack.
import { renderBlocks } from "./blocks.js";
import { $, button, el } from "./dom.js";
import { pageFor } from "./messages.js";
import { textObject } from "./mrkdwn.js";
import { say } from "./phrases.js";
import { act, now } from "./workspace.js";

let drawn = "";

export function drawWindow() {
  const view = (now.state.windows[now.user] ?? []).at(-1);
  const key = view ? JSON.stringify([view.id, view.title, view.blocks]) : "";
  if (key === drawn) return;
  const same = view && drawn.startsWith(JSON.stringify([view.id]).slice(0, -1));
  drawn = key;
  const dialog = $("window");
  if (!view) {
    dialog.close();
    return;
  }
  const values = {};
  const focused = same ? document.activeElement.dataset?.action : null;
  const body = el("div", { class: "window-body", tabindex: "0" }, ...renderBlocks(view.blocks, pageFor({ view: view.id }, values)));
  const close = () => act({ do: "close", view: view.id });
  dialog.replaceChildren(
    el("div", { class: "window-head" }, el("h2", { id: "window-title" }, textObject(view.title)),
      button("✕", close, { class: "icon", "aria-label": say("close") })),
    body,
    el("div", { class: "window-foot" }, button(view.close ? textObject(view.close) : say("close"), close, { class: "button large" }),
      view.submit && button(textObject(view.submit), () => submit(view, values), { class: "button large primary" })));
  if (!dialog.open) dialog.showModal();
  const again = [...dialog.querySelectorAll("[data-action]")].find((n) => n.dataset.action === focused);
  (again ?? dialog.querySelector(".input input, .input textarea, .input select") ?? body).focus();
}

const HELD = ["value", "selected_option", "selected_options", "selected_user", "selected_conversation", "selected_channel", "selected_date", "selected_time"];

async function submit(view, values) {
  const missing = view.blocks.filter((b) => b.type === "input" && !b.optional).filter((b) => {
    const held = values[b.block_id]?.[b.element.action_id] ?? {};
    return !HELD.some((key) => Array.isArray(held[key]) ? held[key].length : held[key]);
  });
  let faults = Object.fromEntries(missing.map((b) => [b.block_id, say("required")]));
  if (!missing.length) faults = (await act({ do: "submit", view: view.id, values })).answer?.errors ?? {};
  for (const box of $("window").querySelectorAll("[data-block]")) {
    const fault = faults[box.dataset.block] ?? "";
    box.querySelector(".field-error").textContent = fault;
    for (const input of box.querySelectorAll("input, textarea, select")) {
      input.toggleAttribute("aria-invalid", !!fault);
      if (fault) input.setAttribute("aria-describedby", box.querySelector(".field-error").id);
    }
  }
  $("window").querySelector("[aria-invalid]")?.focus();
}

$("window").addEventListener("cancel", (event) => {
  event.preventDefault();
  const view = (now.state.windows[now.user] ?? []).at(-1);
  if (view) act({ do: "close", view: view.id });
});

function own(title, body, ...more) {
  const dialog = $("own");
  dialog.replaceChildren(
    el("div", { class: "window-head" }, el("h2", { id: "own-title" }, title), button("✕", () => dialog.close(), { class: "icon", "aria-label": say("close") })),
    el("div", { class: "window-body" }, ...body),
    el("div", { class: "window-foot" }, ...more, button(say("close"), () => dialog.close(), { class: "button large" })));
  dialog.showModal();
}

export function showJson(message) {
  const blocks = JSON.stringify({ blocks: message.blocks }, null, 2);
  const copy = button(say("copy"), async () => {
    await navigator.clipboard.writeText(blocks);
    copy.textContent = say("copied");
  }, { class: "button large primary" });
  own(say("json_title"), [el("pre", { tabindex: "0" }, JSON.stringify({ text: message.text, blocks: message.blocks }, null, 2))], copy);
}

export function showConnect() {
  const variables = "export SLACK_BOT_TOKEN=xoxb-…\nexport SLACK_APP_TOKEN=xapp-…\nmake run";
  own(say("connect"), [
    el("p", {}, say("connect_lead")),
    el("ol", { class: "steps" }, ...[1, 2, 3, 4, 5].map((n) => el("li", {}, say(`connect_${n}`), n === 4 && el("pre", { tabindex: "0" }, variables)))),
    el("p", {}, say("connect_http")),
  ]);
}
