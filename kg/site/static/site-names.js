// The names of everything, fetched once, and how a page of the site is linked to wherever the site stands.
const names = fetch(new URL("names.json", import.meta.url)).then((answer) => answer.json());

export const known = () => names;
export const page = (path) => new URL(`..${path}/`, import.meta.url).href;

export function linked(text, path) {
  const link = document.createElement("a");
  link.href = page(path);
  link.textContent = text;
  return link;
}

// A table in a region that scrolls, like those of the pages; cells are texts or nodes.
export function table(caption, columns, rows) {
  const element = (name, ...children) => {
    const made = document.createElement(name);
    made.append(...children);
    return made;
  };
  const heads = columns.map((column) => {
    const head = element("th", column);
    head.scope = "col";
    return head;
  });
  const body = element("tbody", ...rows.map((row) => element("tr", ...row.map((cell) => element("td", cell)))));
  const drawn = element("table", element("caption", caption), element("thead", element("tr", ...heads)), body);
  drawn.className = "rows";
  const region = element("div", drawn);
  region.className = "scroll";
  region.tabIndex = 0;
  region.setAttribute("role", "region");
  region.setAttribute("aria-label", caption);
  return region;
}
