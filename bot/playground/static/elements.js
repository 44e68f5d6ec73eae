// Block Kit's interactive elements → DOM. Each tells the page what a person pressed, chose or typed.
import { button, el, unknown } from "./dom.js";
import { textObject } from "./mrkdwn.js";

const TYPED = { url_text_input: "url", email_text_input: "email", number_input: "number", datepicker: "date", timepicker: "time" };
const VALUE = { datepicker: "selected_date", timepicker: "selected_time" };

// `id` is the id that the label of an input block points to.
export function element(e, block, page, id) {
  const make = {
    button: press, feedback_buttons: feedback, icon_button: icon, overflow, static_select: select, users_select: people,
    conversations_select: places, channels_select: places, radio_buttons: radios, checkboxes, external_select: external,
    plain_text_input: typed, image,
  }[e.type] ?? (TYPED[e.type] ? typed : null);
  return make ? make(e, block, page, id) : unknown(e.type);
}

function image(e) {
  return el("img", { src: e.image_url ?? e.slack_file?.url ?? "", alt: e.alt_text ?? "" });
}

function press(e, block, page) {
  return button(textObject(e.text, page.names), () => {
    if (e.url) window.open(e.url, "_blank", "noreferrer");
    page.act(e, { value: e.value }, block);
  }, { class: `button ${e.style ?? ""}`, title: e.accessibility_label, "aria-label": e.accessibility_label, "data-action": e.action_id });
}

function feedback(e, block, page) {
  const half = (side, sign) => {
    const name = e[side].accessibility_label ?? e[side].text.text;
    return button(sign, () => page.act(e, { value: e[side].value }, block),
      { class: "icon", title: name, "aria-label": name, "data-action": e.action_id, "data-side": side });
  };
  return el("span", { class: "feedback" }, half("positive_button", "👍"), half("negative_button", "👎"));
}

function icon(e, block, page) {
  const name = e.accessibility_label ?? e.text?.text;
  return button(e.icon === "trash" ? "🗑" : "•", () => page.act(e, { value: e.value }, block),
    { class: "icon", title: name, "aria-label": name, "data-action": e.action_id });
}

function overflow(e, block, page) {
  const menu = el("details", { class: "overflow" }, el("summary", { "aria-label": page.say("more"), "data-action": e.action_id }, "⋯"));
  const pick = (option) => { menu.open = false; page.act(e, { selected_option: option }, block); };
  menu.append(el("div", { class: "menu" }, ...e.options.map((o) => button(textObject(o.text, page.names), () => pick(o)))));
  menu.addEventListener("toggle", () => menu.open && menu.lastElementChild.scrollIntoView({ block: "nearest" }));
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
  return menu;
}

// What an element holds now; elements outside of input blocks are actions too.
function tell(e, block, page, value) {
  page.changed(block, e, value);
  if (block.type !== "input" || block.dispatch_action) page.act(e, value, block);
}

function choice(e, block, page, id, options, start, value) {
  const placeholder = e.placeholder?.text;
  if (start >= 0) page.changed(block, e, value(start));
  return el("select", {
    id, "aria-label": id ? null : placeholder ?? e.action_id, "data-action": e.action_id,
    onchange: (event) => event.target.value !== "" && tell(e, block, page, value(Number(event.target.value))),
  },
  start < 0 && el("option", { value: "" }, placeholder ?? "—"),
  ...options.map((label, n) => el("option", { value: String(n), selected: n === start }, label)));
}

function select(e, block, page, id) {
  const options = e.options ?? (e.option_groups ?? []).flatMap((group) => group.options);
  const start = options.findIndex((o) => o.value === e.initial_option?.value);
  return choice(e, block, page, id, options.map((o) => textObject(o.text, page.names)), start, (n) => ({ selected_option: options[n] }));
}

function people(e, block, page, id) {
  const ids = page.users;
  return choice(e, block, page, id, ids.map((u) => page.names[u]), ids.indexOf(e.initial_user), (n) => ({ selected_user: ids[n] }));
}

function places(e, block, page, id) {
  const ids = page.channels, kind = e.type === "channels_select" ? "channel" : "conversation";
  const start = e.default_to_current_conversation ? 0 : ids.indexOf(e[`initial_${kind}`]);
  return choice(e, block, page, id, ids.map((c) => `# ${page.names[c]}`), start, (n) => ({ [`selected_${kind}`]: ids[n] }));
}

function radios(e, block, page) {
  const name = `${block.block_id}-${e.action_id}`;
  if (e.initial_option) page.changed(block, e, { selected_option: e.initial_option });
  return el("div", {}, ...e.options.map((o) => el("label", { class: "check" }, el("input", {
    type: "radio", name, checked: o.value === e.initial_option?.value, "data-action": e.action_id,
    onchange: () => tell(e, block, page, { selected_option: o }),
  }), " ", textObject(o.text, page.names))));
}

function checkboxes(e, block, page) {
  const chosen = new Set((e.initial_options ?? []).map((o) => o.value));
  const value = () => ({ selected_options: e.options.filter((o) => chosen.has(o.value)) });
  page.changed(block, e, value());
  const toggle = (o, on) => { if (on) chosen.add(o.value); else chosen.delete(o.value); tell(e, block, page, value()); };
  return el("div", {}, ...e.options.map((o) => el("label", { class: "check" }, el("input", {
    type: "checkbox", checked: chosen.has(o.value), "data-action": e.action_id, onchange: (event) => toggle(o, event.target.checked),
  }), " ", textObject(o.text, page.names))));
}

function external(e, block, page, id) {
  const list = el("div", { class: "suggestions" });
  const pick = (option) => {
    box.value = textObject(option.text, page.names);
    list.replaceChildren();
    box.focus();
    tell(e, block, page, { selected_option: option });
  };
  const box = el("input", {
    id, type: "text", autocomplete: "off", placeholder: e.placeholder?.text, "aria-label": id ? null : e.placeholder?.text,
    "data-action": e.action_id,
    oninput: async () => {
      const asked = box.value;
      const found = asked.length >= (e.min_query_length ?? 3) ? await page.suggest(e, block, asked) : [];
      if (asked === box.value) list.replaceChildren(...found.map((o) => button(textObject(o.text, page.names), () => pick(o))));
    },
  });
  if (e.initial_option) {
    box.value = e.initial_option.text.text;
    page.changed(block, e, { selected_option: e.initial_option });
  }
  return el("div", { class: "external" }, box, list);
}

function typed(e, block, page, id) {
  const key = VALUE[e.type] ?? "value";
  const start = e.initial_value ?? e.initial_date ?? e.initial_time ?? "";
  const box = el(e.multiline ? "textarea" : "input", {
    id, type: e.multiline ? null : TYPED[e.type] ?? "text", rows: e.multiline ? "6" : null, maxlength: e.max_length,
    placeholder: e.placeholder?.text, "data-action": e.action_id, oninput: () => page.changed(block, e, { [key]: box.value || null }),
  });
  box.value = start;
  page.changed(block, e, { [key]: start || null });
  return box;
}
