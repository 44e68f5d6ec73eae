// Block Kit → DOM, as Slack shows it. Text goes in as text nodes only; nothing is ever parsed as HTML.

const EMOJI = { white_check_mark: "✅", warning: "⚠️", rotating_light: "🚨", information_source: "ℹ️", red_circle: "🔴",
  large_orange_circle: "🟠", large_yellow_circle: "🟡", large_green_circle: "🟢", large_blue_circle: "🔵", mag: "🔍",
  wave: "👋", thumbsup: "👍", thumbsdown: "👎", memo: "📝", lock: "🔒", bulb: "💡", wrench: "🔧", book: "📖", x: "❌" };

export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((c) => c != null));
  return node;
}

const unescape = (s) => s.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
const emoji = (s) => s.replace(/:([a-z0-9_+-]+):/g, (all, name) => EMOJI[name] ?? all);

function link(inner, names) {
  const [target, label] = inner.split(/\|(.*)/s);
  if (/^[@#!]/.test(target)) {
    const shown = target.startsWith("!date^") ? label ?? "" : target[0] + (names[target.slice(1)] ?? label ?? target.slice(1));
    return el("span", { class: "mention" }, shown);
  }
  if (!/^(https?|mailto):/.test(target)) return document.createTextNode(unescape(`<${inner}>`));
  return el("a", { href: unescape(target), target: "_blank", rel: "noreferrer noopener" }, unescape(label ?? target));
}

const SPAN = /`([^`\n]+)`|<([^<>\n]+)>|(?<![\p{L}\p{N}*])\*(?=\S)([^*\n]+?)(?<=\S)\*(?![\p{L}\p{N}*])|(?<![\p{L}\p{N}_])_(?=\S)([^_\n]+?)(?<=\S)_(?![\p{L}\p{N}_])|(?<![\p{L}\p{N}~])~(?=\S)([^~\n]+?)(?<=\S)~(?![\p{L}\p{N}~])/gu;

function inline(text, names) {
  const out = document.createDocumentFragment();
  let end = 0;
  for (const m of text.matchAll(SPAN)) {
    out.append(emoji(unescape(text.slice(end, m.index))));
    if (m[1] != null) out.append(el("code", {}, unescape(m[1])));
    else if (m[2] != null) out.append(link(m[2], names));
    else if (m[3] != null) out.append(el("strong", {}, inline(m[3], names)));
    else if (m[4] != null) out.append(el("em", {}, inline(m[4], names)));
    else out.append(el("s", {}, inline(m[5], names)));
    end = m.index + m[0].length;
  }
  out.append(emoji(unescape(text.slice(end))));
  return out;
}

export function mrkdwn(text, names = {}) {
  const out = document.createDocumentFragment();
  text.split(/```/).forEach((piece, n) => {
    if (n % 2) {
      out.append(el("pre", { tabindex: "0" }, unescape(piece.replace(/^\n|\n$/g, ""))));
      return;
    }
    if (n) piece = piece.replace(/^\n/, "");
    piece = piece.replace(/\n$/, "");
    const lines = piece.split("\n");
    lines.forEach((line, i) => {
      if (line.startsWith("&gt;")) {
        out.append(el("blockquote", {}, inline(line.slice(4).trimStart(), names)));
        return;
      }
      const bullet = /^\s*[•◦] /.test(line);
      if (bullet) out.append(el("span", { class: "bullet" }, inline(line.trim(), names)));
      else out.append(inline(line, names));
      if (i < lines.length - 1 && !bullet) out.append(el("br"));
    });
  });
  return out;
}

export const textObject = (t, names) => !t ? "" : t.type === "mrkdwn" ? mrkdwn(t.text, names) : emoji(t.text);

function rich(node, names) {
  const styled = (n, child) => {
    for (const [style, tag] of [["bold", "strong"], ["italic", "em"], ["strike", "s"], ["code", "code"]])
      if (n.style?.[style]) child = el(tag, {}, child);
    return child;
  };
  switch (node.type) {
    case "rich_text": return el("div", { class: "block" }, ...node.elements.map((n) => rich(n, names)));
    case "rich_text_section": return el("div", {}, ...node.elements.map((n) => rich(n, names)));
    case "rich_text_preformatted": return el("pre", { tabindex: "0" }, ...node.elements.map((n) => n.text ?? n.url ?? ""));
    case "rich_text_quote": return el("blockquote", {}, ...node.elements.map((n) => rich(n, names)));
    case "rich_text_list": return el(node.style === "ordered" ? "ol" : "ul", {}, ...node.elements.map((n) => el("li", {}, rich(n, names))));
    case "link": return styled(node, el("a", { href: node.url, target: "_blank", rel: "noreferrer noopener" }, node.text ?? node.url));
    case "emoji": return document.createTextNode(emoji(`:${node.name}:`));
    case "user": return el("span", { class: "mention" }, "@" + (names[node.user_id] ?? node.user_id));
    default: return styled(node, document.createTextNode(node.text ?? ""));
  }
}

function cell(c, names) {
  return c?.type === "rich_text" ? rich(c, names) : c?.type === "raw_text" ? c.text : textObject(c, names);
}

// `act(element, extra, block)` is called for every press; `values(block, element, value)` for every change of an input.
export function renderBlocks(blocks, handlers) {
  return (blocks ?? []).map((block) => renderBlock(block, handlers)).filter(Boolean);
}

function renderBlock(block, h) {
  const n = h.names ?? {};
  switch (block.type) {
    case "header": return el("h3", { class: "block header" }, textObject(block.text, n));
    case "divider": return el("hr", { class: "block" });
    case "section": return el("div", { class: "block section" },
      el("div", { class: "section-text" }, block.text ? el("div", {}, textObject(block.text, n)) : null,
        block.fields ? el("div", { class: "fields" }, ...block.fields.map((f) => el("div", {}, textObject(f, n)))) : null),
      block.accessory ? el("div", { class: "accessory" }, element(block.accessory, block, h)) : null);
    case "context": return el("div", { class: "block context" },
      ...block.elements.map((e) => e.type === "image" ? picture(e) : el("span", {}, textObject(e, n))));
    case "actions":
    case "context_actions": return el("div", { class: `block ${block.type.replace("_", "-")}` }, ...block.elements.map((e) => element(e, block, h)));
    case "image": return el("figure", { class: "block" }, picture(block), block.title ? el("figcaption", {}, textObject(block.title, n)) : null);
    case "markdown": return el("div", { class: "block" }, markdown(block.text));
    case "rich_text": return rich(block, n);
    case "table": return el("div", { class: "block scroll", tabindex: "0" }, el("table", {}, ...block.rows.map((row, i) =>
      el("tr", {}, ...row.map((c) => el(i ? "td" : "th", {}, cell(c, n)))))));
    case "input": {
      const id = `f-${block.block_id}`;
      return el("div", { class: "block input", "data-block": block.block_id },
        el("label", { for: id }, textObject(block.label, n), block.optional ? el("span", { class: "optional" }, " (optional)") : null),
        element(block.element, block, h, id), block.hint ? el("p", { class: "hint" }, textObject(block.hint, n)) : null,
        el("p", { class: "field-error", role: "alert" }));
    }
    default: return el("div", { class: "block unknown" }, `[${block.type}]`);
  }
}

const picture = (i) => el("img", { src: i.image_url ?? i.slack_file?.url ?? "", alt: i.alt_text ?? "" });

function markdown(text) {
  // Only what answers use: headings, bold and code, list items, fences.
  const slackish = text.replace(/^#+ (.*)$/gm, "*$1*").replace(/\*\*([^*\n]+)\*\*/g, "*$1*").replace(/^[-*] /gm, "• ");
  return mrkdwn(slackish.replaceAll("&", "&amp;").replaceAll("<", "&lt;"));
}

function element(e, block, h, id) {
  const press = (extra) => h.act(e, extra, block);
  const changed = (value) => { h.values?.(block, e, value); if (block.dispatch_action || block.type !== "input") press(value); };
  const n = h.names ?? {};
  switch (e.type) {
    case "button": return el("button", { type: "button", class: `button ${e.style ?? ""}`, title: e.accessibility_label, "aria-label": e.accessibility_label,
      "data-action": e.action_id, onclick: () => { if (e.url) window.open(e.url, "_blank", "noreferrer"); press({ value: e.value }); } }, textObject(e.text, n));
    case "feedback_buttons": return el("span", { class: "feedback" }, ...["positive_button", "negative_button"].map((side) => el("button", {
      type: "button", class: "icon", "data-action": e.action_id, "data-side": side, title: e[side].accessibility_label ?? e[side].text.text, "aria-label": e[side].accessibility_label ?? e[side].text.text,
      onclick: (event) => { event.currentTarget.classList.add("pressed"); press({ value: e[side].value }); } }, side === "positive_button" ? "👍" : "👎")));
    case "icon_button": return el("button", { type: "button", class: "icon", "aria-label": e.accessibility_label ?? e.text?.text, onclick: () => press({ value: e.value }) }, e.icon === "trash" ? "🗑" : "•");
    case "overflow": return el("details", { class: "overflow" }, el("summary", { "aria-label": "More actions" }, "⋯"),
      el("div", { class: "menu", role: "menu" }, ...e.options.map((o) => el("button", { type: "button", role: "menuitem", "data-action": e.action_id,
        onclick: (event) => { event.currentTarget.closest("details").open = false; press({ selected_option: o }); } }, textObject(o.text, n)))));
    case "static_select":
    case "radio_buttons": {
      const options = e.options ?? (e.option_groups ?? []).flatMap((g) => g.options);
      const start = options.findIndex((o) => o.value === e.initial_option?.value);
      const select = el("select", { id, "data-action": e.action_id, "aria-label": id ? null : e.placeholder?.text ?? e.action_id, onchange: () => {
        const option = options[select.value]; changed({ selected_option: option }); } },
        ...(start < 0 ? [el("option", { value: "" }, textObject(e.placeholder, n) || "—")] : []),
        ...options.map((o, i) => el("option", { value: String(i), selected: i === start }, textObject(o.text, n))));
      if (start >= 0) h.values?.(block, e, { selected_option: e.initial_option });
      return select;
    }
    case "external_select": {
      const list = el("div", { class: "suggestions", role: "listbox" });
      const box = el("input", { id, type: "text", autocomplete: "off", role: "combobox", "aria-expanded": "false", placeholder: e.placeholder?.text, oninput: async () => {
        const found = box.value.length >= (e.min_query_length ?? 3) ? await h.suggest(e, block, box.value) : [];
        box.setAttribute("aria-expanded", String(found.length > 0));
        list.replaceChildren(...found.map((o) => el("button", { type: "button", role: "option", onclick: () => {
          box.value = o.text.text; list.replaceChildren(); changed({ selected_option: o }); } }, textObject(o.text, n))));
      } });
      return el("div", { class: "external" }, box, list);
    }
    case "plain_text_input": {
      const tag = e.multiline ? "textarea" : "input";
      const box = el(tag, { id, rows: e.multiline ? "5" : null, maxlength: e.max_length, placeholder: e.placeholder?.text, oninput: () => h.values?.(block, e, { value: box.value || null }) });
      box.value = e.initial_value ?? "";
      h.values?.(block, e, { value: e.initial_value ?? null });
      return box;
    }
    case "url_text_input": {
      const box = el("input", { id, type: "url", placeholder: e.placeholder?.text, oninput: () => h.values?.(block, e, { value: box.value || null }) });
      box.value = e.initial_value ?? "";
      h.values?.(block, e, { value: e.initial_value ?? null });
      return box;
    }
    case "checkboxes": {
      const chosen = new Set((e.initial_options ?? []).map((o) => o.value));
      const tell = () => ({ selected_options: e.options.filter((o) => chosen.has(o.value)) });
      h.values?.(block, e, tell());
      return el("div", {}, ...e.options.map((o) => el("label", { class: "check" }, el("input", { type: "checkbox", checked: chosen.has(o.value), onchange: (event) => {
        if (event.target.checked) chosen.add(o.value); else chosen.delete(o.value); changed(tell()); } }), " ", textObject(o.text, n))));
    }
    case "image": return picture(e);
    default: return el("span", { class: "unknown" }, `[${e.type}]`);
  }
}
