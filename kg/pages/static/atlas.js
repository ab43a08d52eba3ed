// What makes the atlas more comfortable where scripts run; without it, nothing is missing.
import { sortable } from "./sorting.js";
import { copyable } from "./copying.js";
import { focusing } from "./focusing.js";
import { editing } from "./editing.js";
import { expanding } from "./expanding.js";

function enhance(page) {
  page.querySelectorAll("table.rows").forEach(sortable);
  page.querySelectorAll("a.permalink").forEach(copyable);
  page.querySelectorAll("svg.network").forEach(focusing);
  page.querySelectorAll("textarea#query").forEach(editing);
  page.querySelectorAll("a[data-expands]").forEach((line) => expanding(line, enhance));
}

enhance(document);
