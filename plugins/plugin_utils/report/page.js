// GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"use strict";
(() => {
  const byId = (id) => document.getElementById(id);
  const table = byId("table"), search = byId("search"), target = byId("target"), expand = byId("expand");
  const chips = [...document.querySelectorAll(".chip")];

  const findings = new Map();
  for (const one of JSON.parse(byId("findings").textContent)) {
    if (!findings.has(one.cell)) findings.set(one.cell, []);
    findings.get(one.cell).push(one);
  }
  const rows = [...table.tBodies[0].querySelectorAll("tr[data-row]")].map((element) => ({
    element,
    text: element.cells[0].textContent.toLowerCase(),
    states: [...element.cells].slice(1).map((cell) => cell.dataset.status),
  }));
  const titles = [...table.tHead.rows[0].cells].slice(1).map((cell) => cell.textContent);

  // Everything that comes from the report is inserted as text.
  const make = (name, style, text) => {
    const element = document.createElement(name);
    if (style) element.className = style;
    if (text !== undefined) element.textContent = text;
    return element;
  };
  const append = (parent, ...children) => {
    parent.append(...children);
    return parent;
  };

  const fieldsOf = (fields) => {
    const head = append(make("tr"), ...["Field", "Actual", "Expected", "Variable"].map((text) => make("th", "", text)));
    const body = make("tbody");
    for (const field of fields) {
      const actual = field.hidden ? "differs" : field.text ? "see below" : field.actual;
      const expected = field.hidden || field.text ? "" : field.expected;
      const cells = [["Field", "", field.path], ["Actual", "actual", actual], ["Expected", "expected", expected], ["Variable", "", field.variable]];
      const row = make("tr");
      for (const [title, style, text] of cells) {
        if (title === "Expected" && field.hidden) continue;
        const cell = append(make("td", style), make("span", "", text || "–"));
        cell.dataset.title = title;
        if (title === "Actual" && field.hidden) cell.colSpan = 2;
        row.append(cell);
      }
      body.append(row);
    }
    for (const cell of head.cells) cell.scope = "col";
    return append(make("table"), append(make("thead"), head), body);
  };
  const diffOf = (lines) => {
    const pre = make("pre");
    pre.tabIndex = 0;
    pre.setAttribute("aria-label", "Difference");
    for (const line of lines) {
      const style = /^(---|\+\+\+|@@)/.test(line) ? "hunk" : line.startsWith("-") ? "minus" : line.startsWith("+") ? "plus" : "";
      pre.append(make("span", style, line));
    }
    return pre;
  };
  const findingOf = (one) => {
    const badge = append(make("span", `cell s-${one.style}`), make("i"), one.status);
    const article = append(make("article", "finding"), append(make("h3"), badge, make("span", "", one.title)));
    for (const line of one.message) article.append(make("p", "", line));
    if (one.fields.length) article.append(fieldsOf(one.fields));
    for (const diff of one.diffs) article.append(diffOf(diff));
    if (one.adopt) article.append(append(make("p", "", "To adopt it, set in the inventory: "), make("code", "", one.adopt)));
    return article;
  };

  const detailOf = (button) => byId(`detail-${button.dataset.cell}`);
  const open = (button) => {
    const [row, column] = button.dataset.cell.split("-").map(Number);
    const line = button.closest("tr");
    const panel = append(make("div", "panel"), make("h2", "", `${line.cells[0].firstChild.textContent}, ${titles[column]}`));
    panel.append(...(findings.get(button.dataset.cell) || []).map(findingOf));
    const cell = append(make("td"), panel);
    cell.colSpan = titles.length + 1;
    const detail = append(make("tr", "detail"), cell);
    detail.id = `detail-${button.dataset.cell}`;
    let before = line;
    while (before.nextElementSibling && before.nextElementSibling.id.startsWith(`detail-${row}-`)
      && Number(before.nextElementSibling.id.split("-")[2]) < column) before = before.nextElementSibling;
    before.after(detail);
    button.setAttribute("aria-expanded", "true");
    button.setAttribute("aria-controls", detail.id);
  };
  const close = (button) => {
    detailOf(button)?.remove();
    button.setAttribute("aria-expanded", "false");
    button.removeAttribute("aria-controls");
  };
  const isOpen = (button) => button.getAttribute("aria-expanded") === "true";
  const visibleButtons = () => [...table.querySelectorAll("tr:not([hidden]) > td > button.cell")];

  const filter = () => {
    const text = search.value.trim().toLowerCase(), column = target.value;
    const wanted = chips.filter((chip) => chip.getAttribute("aria-pressed") === "true").map((chip) => chip.dataset.status);
    let shown = 0;
    for (const row of rows) {
      const states = (column === "" ? row.states : [row.states[Number(column)]]).filter(Boolean);
      const matches = row.text.includes(text) && (wanted.length ? states.some((state) => wanted.includes(state)) : column === "" || states.length > 0);
      row.element.hidden = !matches;
      for (let next = row.element.nextElementSibling; next?.classList.contains("detail"); next = next.nextElementSibling) next.hidden = !matches;
      shown += matches;
    }
    byId("shown").textContent = shown === rows.length ? `${rows.length} shown` : `${shown} of ${rows.length} shown`;
    byId("nothing").hidden = shown > 0 || !rows.length;
  };

  // The cells are reached with the arrow keys as well as with the tab key.
  const move = (button, key) => {
    const all = visibleButtons(), at = all.indexOf(button);
    if (key === "ArrowRight" || key === "ArrowLeft") return all[at + (key === "ArrowRight" ? 1 : -1)];
    const [row, column] = button.dataset.cell.split("-");
    const rest = key === "ArrowDown" ? all.slice(at + 1) : all.slice(0, at).reverse();
    const others = rest.filter((one) => one.dataset.cell.split("-")[0] !== row);
    return others.find((one) => one.dataset.cell.split("-")[1] === column) || others[0];
  };
  document.addEventListener("keydown", (event) => {
    const button = event.target.closest("button.cell");
    if (event.key === "Escape") {
      const detail = event.target.closest("tr.detail");
      const owner = detail ? table.querySelector(`[aria-controls="${detail.id}"]`) : button;
      if (owner && isOpen(owner)) {
        close(owner);
        owner.focus();
      }
    } else if (button && event.key.startsWith("Arrow")) {
      event.preventDefault();
      move(button, event.key)?.focus();
    }
  });
  table.addEventListener("click", (event) => {
    const button = event.target.closest("button.cell");
    if (button) (isOpen(button) ? close : open)(button);
  });

  const openAll = () => visibleButtons().filter((button) => !isOpen(button)).map((button) => (open(button), button));
  expand.addEventListener("click", () => {
    const all = expand.getAttribute("aria-pressed") === "true";
    if (all) visibleButtons().filter(isOpen).forEach(close); else openAll();
    expand.setAttribute("aria-pressed", String(!all));
    expand.textContent = all ? "Expand all" : "Collapse all";
  });
  let forPrint = [];
  addEventListener("beforeprint", () => { forPrint = openAll(); });
  addEventListener("afterprint", () => { forPrint.forEach(close); });

  for (const chip of chips) chip.addEventListener("click", () => {
    chip.setAttribute("aria-pressed", String(chip.getAttribute("aria-pressed") !== "true"));
    filter();
  });
  search.addEventListener("input", filter);
  target.addEventListener("change", filter);
  byId("filters").addEventListener("submit", (event) => event.preventDefault());
  byId("filters").hidden = false;
  filter();
})();
