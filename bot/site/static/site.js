// The search box. Served: the server's own search. Opened from disk: codes, then words over the index beside this file.
(() => {
  const box = document.getElementById("q"), out = document.getElementById("results"), { up, lang, served } = document.body.dataset;
  const index = window.HAFLAG_INDEX ?? [];
  const grams = (s) => { const t = s.toLowerCase().replace(/\s+/g, " "); const g = new Set(); for (let i = 0; i < t.length - 1; i++) g.add(t.slice(i, i + 2)); return g; };
  const prepared = index.map((row) => ({ row, grams: row.w.map(grams) }));

  function local(question) {
    const words = question.replace(/[—–]/g, "--").split(/[\s,，、/]+/);
    const codes = new Set(words.flatMap((word) => word.length === 4 ? [word.slice(0, 2), `cookie:${word.slice(2)}`] : [word, `cookie:${word}`, `timer:${word}`]));
    const exact = index.filter((row) => codes.has(row.id));
    const wanted = grams(question);
    const scored = prepared.map(({ row, grams }) => [row, Math.max(0, ...grams.map((g) => { let n = 0; for (const x of wanted) if (g.has(x)) n++; return n / (wanted.size + Math.sqrt(g.size) / 4 || 1); }))]);
    const near = scored.filter(([row, score]) => score > 0.45 && !exact.includes(row)).sort((a, b) => b[1] - a[1]).slice(0, 6).map(([row]) => row);
    return [...exact, ...near].slice(0, 6);
  }

  async function find(question) {
    if (served === undefined) return local(question);
    const response = await fetch(`${up}search?${new URLSearchParams({ q: question, lang })}`);
    return response.json();
  }

  let latest = 0;
  async function show() {
    const question = box.value.trim(), mine = ++latest;
    const rows = question.length < 1 ? null : await find(question);
    if (mine !== latest) return;
    out.replaceChildren();
    if (rows === null) return;
    for (const row of rows) {
      const a = document.createElement("a"), code = document.createElement("code");
      code.textContent = row.id.replace(/^(cookie|timer|message):/, "");
      a.href = `${up}${lang}/${row.h}`;
      a.append(code, " ", row.t);
      out.append(a);
    }
    if (!rows.length) { const p = document.createElement("p"); p.textContent = box.dataset.nothing; out.append(p); }
  }
  box.addEventListener("input", show);
  box.form.addEventListener("submit", (event) => { event.preventDefault(); out.querySelector("a")?.click(); });
  document.addEventListener("keydown", (event) => { if (event.key === "Escape") out.replaceChildren(); });
})();
