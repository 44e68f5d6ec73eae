// Building nodes. Text goes in as text nodes only: nothing that the bot or a person wrote is ever parsed as HTML.

export const $ = (id) => document.getElementById(id);

// `el("button", { class: "x", onclick: f, disabled: true }, "text", node, null)`; null and false attributes are left out.
export function el(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value === true) node.setAttribute(name, "");
    else if (value !== false && value != null) node.setAttribute(name, value);
  }
  node.append(...children.filter((child) => child != null && child !== false));
  return node;
}

export function button(label, onclick, attributes = {}) {
  return el("button", { type: "button", onclick, ...attributes }, label);
}

// Stands where a block or element is that the page cannot draw.
export const unknown = (type) => el("div", { class: "block unknown", role: "note" }, `[${type}: not drawn by the playground]`);
