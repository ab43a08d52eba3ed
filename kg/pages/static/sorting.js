// Headings of a table become buttons that sort its rows, by number where all cells are numbers.
const number = (text) => {
  const plain = text.replace(/[,\s]/g, "").replace("\u2212", "-");
  return plain !== "" && Number.isFinite(Number(plain)) ? Number(plain) : null;
};

const compared = (one, other) => {
  if (one === other) return 0;
  if (one === "") return 1; // what is missing stands last
  if (other === "") return -1;
  const [first, second] = [number(one), number(other)];
  return first !== null && second !== null ? first - second : one.localeCompare(other, "en", { numeric: true });
};

export function sortable(table) {
  const body = table.tBodies[0];
  const heads = [...table.tHead.rows[0].cells];
  heads.forEach((head, column) => {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "sort";
    button.append(...head.childNodes);
    head.append(button);
    button.addEventListener("click", () => {
      const turned = head.getAttribute("aria-sort") === "ascending";
      heads.forEach((each) => each.removeAttribute("aria-sort"));
      head.setAttribute("aria-sort", turned ? "descending" : "ascending");
      const text = (row) => row.cells[column].textContent.trim();
      const rows = [...body.rows].sort((one, other) => compared(text(one), text(other)) * (turned ? -1 : 1));
      body.append(...rows);
    });
  });
}
