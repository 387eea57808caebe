
"use strict";
// Values under the pointer, and under the arrow keys for those who have none.
for (const figure of document.querySelectorAll("figure:not(.sample)")) {
  const data = JSON.parse(figure.querySelector("script").textContent);
  const plot = figure.querySelector(".plot");
  const chart = figure.querySelector(".chart");
  const tip = document.createElement("div");
  tip.className = "tip";
  tip.hidden = true;
  tip.setAttribute("role", "status");
  chart.append(tip);
  const cursor = document.createElementNS("http://www.w3.org/2000/svg", "line");
  cursor.setAttribute("class", "cursor");
  cursor.setAttribute("y1", "0");
  cursor.setAttribute("y2", "100%");
  let at = data.x.length - 1;

  const hide = () => { tip.hidden = true; cursor.remove(); };
  const show = (index) => {
    at = Math.max(0, Math.min(data.x.length - 1, index));
    const share = (data.x[at] - data.low) / (data.high - data.low);
    cursor.setAttribute("x1", 100 * share + "%");
    cursor.setAttribute("x2", 100 * share + "%");
    plot.append(cursor);
    const head = document.createElement("strong");
    head.textContent = data.key + ": " + data.x[at];
    const table = document.createElement("table");
    for (const series of data.series) {
      if (series.values[at] === null) continue;
      const row = table.insertRow();
      const name = document.createElement("th");
      name.textContent = series.name;
      row.append(name);
      row.insertCell().textContent = series.values[at];
    }
    tip.replaceChildren(head, table);
    tip.hidden = false;
    const left = plot.getBoundingClientRect().left - chart.getBoundingClientRect().left;
    const x = left + share * plot.clientWidth;
    const right = x + 14 + tip.offsetWidth;
    tip.style.left = (right > chart.clientWidth ? Math.max(0, x - 14 - tip.offsetWidth) : x + 14) + "px";
  };
  const nearest = (event) => {
    const box = plot.getBoundingClientRect();
    const value = data.low + (event.clientX - box.left) / box.width * (data.high - data.low);
    let best = 0;
    data.x.forEach((x, i) => { if (Math.abs(data.x[best] - value) > Math.abs(x - value)) best = i; });
    show(best);
  };
  plot.setAttribute("tabindex", "0");
  plot.addEventListener("pointermove", nearest);
  plot.addEventListener("pointerdown", nearest);
  plot.addEventListener("pointerleave", hide);
  plot.addEventListener("focus", () => show(at));
  plot.addEventListener("blur", hide);
  plot.addEventListener("keydown", (event) => {
    const step = { ArrowLeft: -1, ArrowRight: 1, Home: -Infinity, End: Infinity }[event.key];
    if (event.key === "Escape") hide();
    if (step === undefined) return;
    event.preventDefault();
    show(at + step);
  });
}

// The table of sites: sorting by a click on a heading, and the search for a name.
const sites = document.querySelector("table.sites");
if (sites) {
  const body = sites.tBodies[0];
  const headings = [...sites.tHead.rows[0].cells];
  const value = (row, column) => {
    const text = row.cells[column].textContent.replaceAll(",", "");
    const number = parseFloat(text);
    return text === "–" ? -Infinity : Number.isNaN(number) || column === 0 ? text : number;
  };
  headings.forEach((heading, column) => {
    const button = document.createElement("button");
    button.textContent = heading.textContent;
    heading.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = heading.getAttribute("aria-sort") === "ascending";
      headings.forEach((other) => other.removeAttribute("aria-sort"));
      heading.setAttribute("aria-sort", down ? "descending" : "ascending");
      const compare = (a, b) => {
        const x = value(a, column), y = value(b, column);
        if (typeof x === "number" && typeof y === "number") return x === y ? 0 : x - y;
        return String(x).localeCompare(String(y), "en", { numeric: true });
      };
      const rows = [...body.rows].sort(compare);
      body.append(...(down ? rows.reverse() : rows));
    });
  });
  const filter = document.querySelector(".filter");
  if (filter) {
    filter.hidden = false;
    const input = filter.querySelector("input");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of body.rows) {
        row.hidden = !row.cells[0].textContent.toLowerCase().includes(wanted);
      }
    });
  }
}
