"use strict";
// Sorts and filters tables. Without the script the page shows everything, sorted by name.
(() => {
  const AT_ONCE = 500;
  const collator = new Intl.Collator(undefined, { numeric: true, sensitivity: "base" });

  const plain = (text) =>
    text.normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase().replace(/\s+/g, " ").trim();

  // What a cell is sorted by; null if it is empty, which sorts last in both directions.
  const keyOf = (row, column, isNumber) => {
    const cell = row.cells[column];
    if (!cell || cell.colSpan > 1) return null;
    if (!isNumber) return plain(cell.textContent);
    if (cell.classList.contains("p")) return Infinity;
    if (cell.classList.contains("m")) return -1;
    const found = cell.textContent.replaceAll(",", "").match(/-?\d+(\.\d+)?/);
    return found ? Number(found[0]) : null;
  };

  const compare = (one, other, sign) => {
    if (one === other) return 0;
    if (one === null) return 1;
    if (other === null) return -1;
    if (typeof one === "number") return one < other ? -sign : sign;
    return sign * collator.compare(one, other);
  };

  const element = (name, properties, ...children) => {
    const made = Object.assign(document.createElement(name), properties);
    made.append(...children);
    return made;
  };

  const enhance = (table) => {
    const body = table.tBodies[0];
    const heads = [...table.tHead.rows[0].cells];
    let rows = [...body.rows];
    for (const folded of table.closest("section").querySelectorAll("details.rows")) {
      rows.push(...folded.querySelector("tbody").rows);
      folded.remove();
    }
    const original = rows.slice();
    let limit = AT_ONCE;
    let wanted = "";
    const texts = new Map();
    const textOf = (row) => {
      if (!texts.has(row)) {
        const word = row.querySelector("td[colspan]");
        texts.set(row, plain(`${row.cells[0].textContent} ${word ? word.textContent : ""}`));
      }
      return texts.get(row);
    };

    const summary = element("span", { className: "soft" });
    summary.setAttribute("role", "status");
    const more = element("button", { type: "button", className: "more" });
    const show = () => {
      const found = wanted ? rows.filter((row) => textOf(row).includes(wanted)) : rows;
      body.replaceChildren(...found.slice(0, limit));
      const shown = Math.min(limit, found.length);
      const count = (number) => number.toLocaleString("en");
      const of = wanted ? `${count(found.length)} of ${count(rows.length)} found` : "";
      const cut = shown < found.length ? `the first ${count(shown)} are shown` : "";
      summary.textContent = [of, cut].filter(Boolean).join(", ");
      more.hidden = shown === found.length;
      more.textContent = `Show ${count(Math.min(AT_ONCE, found.length - shown))} more`;
    };
    more.addEventListener("click", () => {
      const before = body.rows.length;
      limit += AT_ONCE;
      show();
      // Who came by keyboard goes on at the first new row, also when the button is gone.
      body.rows[before]?.querySelector("a")?.focus();
    });

    const sort = (column) => {
      const head = heads[column];
      const isDown = head.getAttribute("aria-sort") === "ascending";
      for (const one of heads) if (one.hasAttribute("aria-sort")) one.setAttribute("aria-sort", "none");
      head.setAttribute("aria-sort", isDown ? "descending" : "ascending");
      const isNumber = head.dataset.sort === "number";
      const sign = isDown ? -1 : 1;
      const keys = new Map(original.map((row) => [row, keyOf(row, column, isNumber)]));
      rows = original.slice().sort((one, other) => compare(keys.get(one), keys.get(other), sign));
      show();
    };
    heads.forEach((head, column) => {
      if (!head.dataset.sort) return;
      const button = element("button", { type: "button" }, ...head.childNodes);
      button.addEventListener("click", () => sort(column));
      head.append(button);
      head.setAttribute("aria-sort", "none");
    });

    if (table.dataset.filter) {
      const input = element("input", { type: "search", autocomplete: "off" });
      input.addEventListener("input", () => { wanted = plain(input.value); limit = AT_ONCE; show(); });
      const tools = element("div", { className: "tools" },
        element("label", {}, table.dataset.filter, input), summary);
      table.parentElement.before(tools);
      table.parentElement.after(more);
      show();
    }
    // Paper has no button for more rows, so all are printed.
    let before = limit;
    window.addEventListener("beforeprint", () => { before = limit; limit = Infinity; show(); });
    window.addEventListener("afterprint", () => { limit = before; show(); });
  };

  for (const table of document.querySelectorAll("table.sortable")) enhance(table);

  // The style sheet unfolds everything on paper; this is for browsers that can't do that.
  const folded = [];
  window.addEventListener("beforeprint", () => {
    folded.push(...document.querySelectorAll("details:not([open])"));
    for (const one of folded) one.open = true;
  });
  window.addEventListener("afterprint", () => {
    for (const one of folded.splice(0)) one.open = false;
  });
})();
