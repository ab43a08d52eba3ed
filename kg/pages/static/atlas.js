// What makes the atlas more comfortable where scripts run; without it, nothing is missing.
import { sortable } from "./sorting.js";
import { copyable } from "./copying.js";
import { focusing } from "./focusing.js";
import { editing } from "./editing.js";

document.querySelectorAll("table.rows").forEach(sortable);
document.querySelectorAll("a.permalink").forEach(copyable);
document.querySelectorAll("svg.network").forEach(focusing);
document.querySelectorAll("textarea#query").forEach(editing);
